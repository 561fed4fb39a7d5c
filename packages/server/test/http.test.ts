// Owns: what every answer carries, and what the server says to what is none of its addresses.
import { readFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { errors, type Problem } from '@voila/protocol'
import { tokenErrors } from '@voila/tokens'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAudit } from '../src/backstage/audit.ts'
import { createAuthenticate } from '../src/http/authenticate.ts'
import { createCookies } from '../src/http/cookies.ts'
import { createLog, withoutSecrets } from '../src/http/log.ts'
import { createMetrics } from '../src/http/metrics.ts'
import { createOrigins } from '../src/http/origin.ts'
import { createPages } from '../src/http/pages.ts'
import { createLimiter } from '../src/http/rate.ts'
import { createHttpServer } from '../src/http/server.ts'
import { siteRoutes } from '../src/http/site-routes.ts'
import { StoreOutage } from '../src/store/outage.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { databases, type TestDatabase } from './databases.ts'
import { type Answer, cookieOf, exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from './running.ts'

let running: Running
let signer: Signer
let programId: string
beforeAll(async () => {
  running = await start()
  signer = await makeSigner(running)
  programId = await makeProgram(running, signer)
})
afterAll(() => running.close())

describe('every answer', () => {
  const addresses = [
    '/',
    '/nothing',
    '/healthz',
    '/metrics',
    '/assets/app-1a2b.js',
    '/problems/expired',
    '/api/organizations',
    '/api/nothing',
  ]
  test.each(addresses)('%s carries the headers that protect, a trace id, and no word about the software', async (path) => {
    const { headers } = await running.call(path)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('x-trace-id')).toMatch(/^[0-9a-f]{16}$/)
    expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull()
    expect(headers.get('strict-transport-security')).toBeNull()
  })

  test('trace ids are the platform’s own: nobody can put one into its log', async () => {
    const answer = await running.call<Problem>('/api/nothing', { headers: { 'request-id': 'forged', 'x-trace-id': 'forged' } })
    expect(answer.body.traceId).not.toContain('forged')
  })
})

describe('the page', () => {
  test('may run its own scripts and nobody’s else, ask its own host and no other', async () => {
    const { headers } = await running.call(`/${programId}`)
    const policy = headers.get('content-security-policy') ?? ''
    const host = `127.0.0.1:${running.platform.port}`
    for (const part of [
      "script-src 'self'",
      `connect-src 'self' ws://${host} wss://${host}`,
      "media-src 'self' blob:",
      "base-uri 'none'",
    ]) {
      expect(policy.split('; ')).toContain(part)
    }
    expect(policy).not.toContain('unsafe-eval')
    expect(headers.get('x-frame-options')).toBe('DENY')
  })

  test('a Host header that is none does not get into the policy', async () => {
    const policy = await new Promise<string>((resolve, reject) => {
      httpRequest({
        port: running.platform.port,
        host: '127.0.0.1',
        path: `/${programId}`,
        headers: { host: "x; script-src 'unsafe-inline'" },
      })
        .on('response', (response) => {
          response.resume()
          resolve(String(response.headers['content-security-policy']))
        })
        .on('error', reject)
        .end()
    })
    expect(policy).not.toContain("script-src 'unsafe-inline'")
  })
})

describe('files of the website', () => {
  test('are kept for good, since their names change with their content', async () => {
    const answer = await running.call('/assets/app-1a2b.js', { headers: { 'accept-encoding': 'identity' } })
    expect([answer.status, answer.text]).toEqual([200, 'console.log("page")'])
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(answer.headers.get('content-type')).toMatch(/javascript/)
    expect(answer.headers.get('vary')).toBe('accept-encoding')
  })

  test('go out compressed as they lie there', async () => {
    const response = await new Promise<{ encoding: string | undefined; text: string }>((resolve, reject) => {
      httpRequest({ port: running.platform.port, host: '127.0.0.1', path: '/assets/app-1a2b.js', headers: { 'accept-encoding': 'gzip' } })
        .on('response', (message) => {
          const chunks: Buffer[] = []
          message.on('data', (chunk: Buffer) => chunks.push(chunk))
          message.on('end', () =>
            resolve({ encoding: message.headers['content-encoding'], text: gunzipSync(Buffer.concat(chunks)).toString() }),
          )
        })
        .on('error', reject)
        .end()
    })
    expect(response).toEqual({ encoding: 'gzip', text: 'console.log("page")' })
  })

  test.each([
    '/assets/none.js',
    '/assets/../index.html',
    '/assets/..%2findex.html',
    '/assets/%2e%2e/secret',
    '/assets/',
    '/assets/.env',
  ])('nothing else is served: %s', async (path) => {
    const answer = await rawGet(path)
    expect(answer).toMatch(/^HTTP\/1\.1 40[0-4] /)
    expect(answer).not.toContain('console.log')
  })
})

/** A request line as it is: fetch would tidy the path up. */
function rawGet(path: string, more = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(running.platform.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += chunk))
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
    // Not `end`: a client that closes its half has gone, to Node.
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${more}Connection: close\r\n\r\n`)
  })
}

describe('what is no address', () => {
  test.each([
    '/',
    '/a/b',
    '/api',
    '/api/programs',
    '/ABCDEFGHIJKL',
    '/favicon.ico',
    '/%E0%A4%A',
  ])('%s is refused as a problem', async (path) => {
    const answer = await running.call<Problem>(path)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(405)
  })

  test('a person sees the page of the website with the refusal in it, a program a document', async () => {
    const page = await running.call('/a/b', { headers: { accept: 'text/html,*/*' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8'])
    expect(page.text).toContain('"code":"not_found"')
    const document = await running.call<Problem>('/api/b', { headers: { accept: 'text/html,*/*' } })
    expect(document.body.code).toBe('not_found')
  })

  test.each([
    ['DELETE', '/healthz', 'GET, HEAD'],
    ['PUT', '/api/organizations', 'POST, GET, HEAD'],
    ['POST', '/abcdefghijkl', 'GET, HEAD'],
    ['POST', '/api/programs/abcdefghijkl/stream', 'GET'],
  ])('%s %s is told what it may ask: %s', async (method, path, allow) => {
    const answer = await running.call<Problem>(path, { method })
    expect([answer.status, answer.body.code, answer.headers.get('allow')]).toEqual([405, 'method_not_allowed', allow])
  })

  test('every type of problem leads to a page that says it', async () => {
    for (const [code, row] of Object.entries(errors)) {
      const answer = await running.call(`/problems/${code}`)
      expect(answer.status).toBe(200)
      expect(answer.text).toContain(`<h1>${code}</h1>`)
      expect(answer.text).toContain(String(row.status))
    }
    expect((await running.call('/problems/constructor')).status).toBe(404)
  })

  test('whoever signs tokens is told there what the attendee is not', async () => {
    for (const [code, says] of Object.entries(tokenErrors)) expect((await running.call(`/problems/${code}`)).text).toContain(says)
  })
})

describe('the page of Backstage', () => {
  test.each([
    '/backstage',
    '/backstage/',
    '/backstage/sign-in',
    '/backstage/o/none/keys/new?x=1',
    '/backstage/p/abcdefghijkl/page',
  ])('is the same at %s: its script shows what belongs there', async (path) => {
    const answer = await running.call(path)
    expect([answer.status, answer.headers.get('cache-control'), answer.headers.get('x-frame-options')]).toEqual([200, 'no-store', 'DENY'])
    expect(answer.text).toContain('/assets/backstage-5e6f.js')
  })

  test('lets nothing in from elsewhere, no script but its own, and nobody frame it', async () => {
    const policy = (await running.call('/backstage')).headers.get('content-security-policy')?.split('; ') ?? []
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'none'"]),
    )
    const named = policy.flatMap((directive) => directive.split(' ').slice(1))
    expect(named.filter((source) => !/^('self'|'none'|'unsafe-inline'|data:|blob:|wss?:\/\/127\.0\.0\.1:\d+)$/.test(source))).toEqual([])
  })
})

describe('bodies', () => {
  const path = '/api/organizations'
  const post = (body: string, type: string) =>
    running.call<Problem>(path, {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${running.config.adminSecret}`, 'content-type': type },
    })

  test.each([
    ['text/plain', '{"name":"x"}'],
    ['application/x-www-form-urlencoded', 'name=x'],
    ['application/json', '{"name":'],
    ['application/json', '{"__proto__":{"name":"x"}}'],
    ['application/json', '[]'],
    ['application/json', ''],
  ])('%s %j is not taken', async (type, body) => {
    expect((await post(body, type)).body).toMatchObject({ code: 'invalid_request', status: 400 })
  })

  test.each([
    '/%00',
    '/api/organizations/%00/programs',
    '/images/x%00',
    '/media/aaaaaaaaaaaa/x%00/live.m3u8',
  ])('an address with a NUL in it is not taken: %s', async (path) => {
    expect((await running.admin<Problem>('GET', path)).status).toBe(400)
    expect((await running.call(path)).status).toBe(400)
  })

  test('a large one is refused before it is read', async () => {
    expect((await post(JSON.stringify({ name: 'x'.repeat(70_000) }), 'application/json')).body).toMatchObject({
      code: 'too_large',
      status: 413,
    })
  })

  test('what is no HTTP gets a document too', async () => {
    expect(await rawGet('/healthz', 'Broken header\r\n')).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json.*"code":"invalid_request"/s)
  })
})

describe('health and figures', () => {
  test('it lives, it is ready, and it counts without naming anybody', async () => {
    await exchange(running, programId, tokenOf(signer, programId, { sub: 'counted', given_name: 'Countess' }))
    await running.call(`/${programId}?token=broken`)
    expect((await running.call('/healthz')).status).toBe(200)
    expect((await running.call('/readyz')).status).toBe(200)
    const { text, headers } = await running.call('/metrics')
    expect(headers.get('content-type')).toMatch(/^text\/plain/)
    expect(text).toMatch(/^voila_admissions_total [1-9]/m)
    expect(text).toMatch(/^voila_refusals_total\{code="malformed"\} [1-9]/m)
    expect(text).toMatch(/^voila_http_requests_total\{method="POST",route="\/api\/programs\/:programId\/sessions",status="201"\} [1-9]/m)
    expect(text).toMatch(/^voila_sockets 0$/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m)
    expect(text).not.toMatch(new RegExp(`${programId}|Countess|${signer.kid}`))
  })
})

describe('over https', () => {
  let secure: Running
  let id: string
  beforeAll(async () => {
    secure = await start({ env: { PUBLIC_URL: 'https://live.example.com' } })
    const other = await makeSigner(secure)
    id = await makeProgram(secure, other)
    enter = () => secure.call(`/${id}?token=${tokenOf(other, id)}`)
  })
  let enter: () => Promise<Answer>
  afterAll(() => secure.close())

  test('the cookie is for this host and encrypted connections alone', async () => {
    const { cookie, attributes } = cookieOf(await enter())
    expect(cookie).toMatch(/^__Host-voila_browser=/)
    expect(attributes).toBe('Max-Age=43200; Path=/; HttpOnly; Secure; SameSite=Lax')
    const plain = cookie.replace('__Host-', '')
    expect((await secure.call(`/${id}`, { headers: { cookie } })).status).toBe(200)
    expect((await secure.call(`/${id}`, { headers: { cookie: plain } })).status).toBe(401)
    expect((await secure.call(`/${id}`, { headers: { cookie: cookie.replace('browser', 'embed') } })).status).toBe(200)
  })

  test('browsers are told to stay with https, and links say it', async () => {
    const answer = await secure.call('/healthz')
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000')
    const program = await secure.admin<{ attendeeUrl: string }>('GET', `/api/programs/${id}`)
    expect(program.body.attendeeUrl).toBe(`https://live.example.com/${id}`)
  })
})

describe('behind a proxy', () => {
  test.each([
    ['off', 'https', false],
    ['loopback', 'https', true],
    ['loopback', 'http', false],
    ['10.0.0.0/8', 'https', false],
    ['on', 'https', true],
  ])('TRUST_PROXY=%s and X-Forwarded-Proto: %s: the cookie is secure: %s', async (trust, proto, isSecure) => {
    const proxied = await start({ env: { TRUST_PROXY: trust } })
    const other = await makeSigner(proxied)
    const id = await makeProgram(proxied, other)
    const answer = await proxied.call(`/${id}?token=${tokenOf(other, id)}`, { headers: { 'x-forwarded-proto': proto } })
    expect(cookieOf(answer).cookie.startsWith('__Host-')).toBe(isSecure)
    await proxied.close()
  })
})

describe('an own origin', () => {
  const at = (publicUrl: string | undefined, allowedOrigins: string[] = []) => createOrigins({ publicUrl, allowedOrigins }).hasOwnOrigin
  test.each([
    [undefined, [], 'localhost:8080', 'http://localhost:8080', true],
    [undefined, [], '127.0.0.1:8080', 'http://127.0.0.1:8080', true],
    [undefined, [], 'localhost:8080', 'http://127.0.0.1:8080', false],
    [undefined, [], 'localhost:8080', 'http://localhost:8081', false],
    [undefined, [], 'localhost:8080', 'null', false],
    [undefined, [], 'localhost:8080', undefined, false],
    [undefined, ['https://team.example'], 'localhost:8080', 'https://team.example', true],
    ['https://live.example', [], 'live.example', 'https://live.example', true],
    ['https://live.example', [], 'live.example', 'http://live.example', false],
    ['https://live.example', [], 'live.example', 'https://live.example.evil.example', false],
    ['https://live.example', [], 'node-1:8080', 'https://live.example', true],
    ['https://live.example', [], 'localhost:8080', 'http://localhost:8080', true],
  ])('with PUBLIC_URL %s and %j, a request to %s from %s: %s', (publicUrl, allowed, host, origin, expected) => {
    expect(at(publicUrl, allowed)({ headers: { host, origin } })).toBe(expected)
  })
})

test('a limiter refuses the one who asks too often, says when he may again, and no other', () => {
  let at = 0
  const limiter = createLimiter({ burst: 2, perSecond: 1, now: () => at })
  limiter.take('a')
  limiter.take('a')
  expect(() => limiter.take('a')).toThrow(expect.objectContaining({ code: 'rate_limited', retryAfterMs: 1_000 }))
  limiter.take('b')
  at = 1_000
  limiter.take('a')
  at = 500
  expect(() => limiter.take('a')).toThrow(expect.objectContaining({ code: 'rate_limited' }))
})

describe('when the database is away', () => {
  let database: TestDatabase
  let store: Store
  let logged: string
  let app: ReturnType<typeof createHttpServer>
  const ask = async (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })

  beforeEach(async () => {
    database = await (databases[0] as (typeof databases)[number]).make()
    store = await openStore(database.where)
    logged = ''
    const config = { ...running.config, publicUrl: undefined }
    const log = createLog(config, {
      write(line) {
        logged += line
      },
    })
    const metrics = createMetrics()
    const pages = createPages({ webDir: config.webDir ?? '' })
    const cookies = createCookies(config)
    const authenticate = createAuthenticate({
      access: {
        sessionOf: () => Promise.reject(new StoreOutage('the database is closed')),
      },
      programs: { find: () => Promise.reject(new StoreOutage('the database is closed')) },
      signIn: { personOf: () => Promise.reject(new StoreOutage('the database is closed')) },
      members: { roleIn: () => Promise.reject(new StoreOutage('the database is closed')) },
      apiKeys: { use: () => Promise.reject(new StoreOutage('the database is closed')) },
      adminSecret: config.adminSecret,
      cookies,
      origins: createOrigins(config),
      now: Date.now,
    })
    app = createHttpServer({
      config,
      log,
      metrics,
      pages,
      authenticate,
      audit: createAudit({ store, now: Date.now }),
      quick: () => undefined,
      waysInto: () => ({}),
    })
    await app.register(siteRoutes({ store, metrics, pages, webDir: config.webDir ?? '', isStopping: () => false }))
    app.get('/api/programs/:programId/session', async (request) => await authenticate.readSession(request))
    app.get('/api/organizations', async () => {
      throw new Error('something with a vs_0123456789012345678901234567890123456789012 in it')
    })
    await app.ready()
  })
  afterEach(async () => {
    await app.close()
    await store.close()
    await database.drop()
  })

  test('an attendee is told to wait, never that he may not enter', async () => {
    const answer = await ask('/api/programs/abcdefghijkl/session')
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '2'])
    expect(logged).toContain('the database is away')
  })

  test('it lives and is not ready', async () => {
    expect((await ask('/readyz')).statusCode).toBe(200)
    await store.close()
    expect((await ask('/healthz')).statusCode).toBe(200)
    expect((await ask('/readyz')).statusCode).toBe(503)
  })

  test('a failure of ours is said without its reason, which is in the log under the same trace id', async () => {
    const answer = await ask('/api/organizations', { authorization: `Bearer ${running.config.adminSecret}` })
    const problem = answer.json() as Problem
    expect([answer.statusCode, problem.code]).toEqual([500, 'internal'])
    expect(answer.body).not.toContain('something')
    const line = logged.split('\n').find((text) => text.includes('"failed"')) ?? ''
    expect(JSON.parse(line)).toMatchObject({
      traceId: problem.traceId,
      error: { message: 'something with a [bearer] in it', stack: expect.any(String) },
    })
  })

  test('a route that is not in the table can’t be registered', () => {
    const other = createHttpServer({
      config: { trustProxy: false, publicUrl: undefined },
      log: createLog({ logLevel: 'silent' }),
      metrics: createMetrics(),
      pages: createPages({ webDir: running.config.webDir ?? '' }),
      authenticate: { requireTeam: async () => undefined },
      audit: { keep: async () => undefined },
      quick: () => undefined,
      waysInto: () => ({}),
    })
    expect(() => other.get('/api/backdoor', async () => 'hello')).toThrow('GET /api/backdoor is not in the route table')
  })
})

test('a folder without a website is an error that says what to do', () => {
  expect(() => createPages({ webDir: '/nowhere' })).toThrow(/npm run build/)
})

describe('the log', () => {
  const line = (text: string) => withoutSecrets(JSON.stringify({ msg: text }))
  test.each([
    ['a token', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl', 'c2lnbmF0dXJl'],
    ['a session', `vs_${'x'.repeat(43)}`, 'xxx'],
    ['an administration secret', `va_${'x'.repeat(43)}`, 'xxx'],
    ['a stream key', `abcdefghijkl-p-${'x'.repeat(22)}`, 'xxx'],
    ['a media credential', `/media/abcdefghijkl/${'x'.repeat(70)}/live.m3u8`, 'xxx'],
    ['a cookie', `voila_browser=${'x'.repeat(43)}`, 'xxx'],
    ['a query', '/abcdefghijkl?token=whatever-this-is', 'whatever'],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----', 'MIGH'],
  ])('never holds %s, whoever wrote the line', (_name, secret, part) => {
    const written = line(`before ${secret} after`)
    expect(written).not.toContain(part)
    expect(written).toContain('before')
    expect(written).toContain('after')
    expect(() => JSON.parse(written)).not.toThrow()
  })

  test('stays silent about secrets over a whole visit, and says what happened', async () => {
    const before = running.log().length
    const token = tokenOf(signer, programId, { sub: 'logged' })
    const link = await running.call(`/${programId}?token=${token}`)
    const { cookie } = cookieOf(link)
    const { session, media } = (await exchange(running, programId, token)).body
    const authorization = `Bearer ${session.token}`
    await running.call(`/api/programs/${programId}/session`, { headers: { authorization, cookie } })
    await running.call(`/${programId}?token=${token.slice(0, -6)}AAAAAA`)
    await running.call(`${media.url}?_HLS_msn=1`)
    await running.call(`/nothing/${token}?token=${token}`)
    await exchange(running, programId, `${token}x`)
    const privatePem = signer.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    await running.admin('POST', `/api/organizations/${signer.organizationId}/partner-keys`, { name: 'x', pem: privatePem })
    const { streamKey, backupStreamKey } = (
      await running.admin<Record<'streamKey' | 'backupStreamKey', string>>('GET', `/api/programs/${programId}/stream-key`)
    ).body
    await running.call(`/api/organizations`, { headers: { authorization: `Bearer ${running.config.adminSecret}x` } })
    await new Promise((resolve) => setTimeout(resolve, 200))

    const log = running.log().slice(before)
    const [, , signature = ''] = token.split('.')
    const secrets = {
      token: signature,
      payload: token.split('.')[1] ?? '',
      session: session.token,
      browser: cookie.split('=')[1] ?? '',
      credential: media.url.split('/')[3] ?? '',
      streamKey,
      backupStreamKey,
      adminSecret: running.config.adminSecret,
      secret: running.config.secret,
      privateKey: privatePem.split('\n')[1] ?? '',
    }
    for (const [name, secret] of Object.entries(secrets)) {
      expect(secret.length, name).toBeGreaterThan(20)
      expect(log, name).not.toContain(secret)
    }
    expect(log).not.toMatch(/"url"|\?token=|Amélie|amelie/)
    const lines = log
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>)
    expect(lines).toContainEqual(
      expect.objectContaining({ method: 'GET', route: '/:programId', status: 303, traceId: link.headers.get('x-trace-id') }),
    )
    expect(lines).toContainEqual(expect.objectContaining({ route: '/:programId', status: 401, code: 'signature' }))
    expect(lines).toContainEqual(expect.objectContaining({ route: '/media/:programId/*', level: 'debug' }))
  })
})

test('the page of the real website is one that a refusal can be put into', () => {
  const html = readFileSync(new URL('../../web/index.html', import.meta.url), 'utf8')
  expect(html).toContain('</head>')
  expect(html).toMatch(/<body[^>]*>/)
})

// Owns: that a node behind the proxy of deploy/ is watched over https as it is without one, and that the proxy writes down no secret.
import { readFileSync } from 'node:fs'
import { request as requestPlain } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request } from 'node:https'
import jsonwebtoken from 'jsonwebtoken'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'
import { openBrowser, untilPlaying, type Visitor, visitor } from './browser.ts'
import { type Demo, freePort, startDemo } from './demo-process.ts'
import { type ProxyKind, proxiedName, proxyPorts, type RunningProxy, startProxy } from './proxy-process.ts'

type Answer = { status: number; location: string | undefined; text: string }

/** A request as it is, over HTTP/1.1, to the proxy. */
function ask(proxy: RunningProxy, path: string, { method = 'GET', body = '', plain = false } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === '' ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
    const sent = (plain ? requestPlain : request)(
      {
        host: '127.0.0.1',
        port: plain ? proxy.ports.http : proxy.ports.https,
        servername: proxiedName,
        ca: proxy.certificate,
        path,
        method,
        headers: { host: new URL(proxy.origin).host, ...headers },
      },
      async (response) => {
        let text = ''
        for await (const chunk of response) text += chunk
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, text })
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}

/** The same over HTTP/2. */
async function askHttp2(proxy: RunningProxy, path: string): Promise<number> {
  const session = connectHttp2(proxy.origin, {
    ca: proxy.certificate,
    servername: proxiedName,
    lookup: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }] as never),
  })
  try {
    return await new Promise<number>((resolve, reject) => {
      session.once('error', reject)
      const stream = session.request({ ':path': path })
      stream.once('error', reject)
      stream.once('response', (headers) => resolve(Number(headers[':status'])))
      stream.resume().end()
    })
  } finally {
    session.close()
  }
}

/** A good token of exactly as many characters as one may have. */
function longestToken(demo: Demo, characters = 8_192): string {
  const { organizationId, programId, kid, privateKeyFile } = demo.facts
  const now = Math.floor(Date.now() / 1_000)
  const sign = (note: string): string =>
    jsonwebtoken.sign(
      {
        organization_id: organizationId,
        given_name: 'Ada',
        sub: 'ada',
        roles: [{ eventId: programId }],
        iat: now,
        exp: now + 600,
        jti: 'a',
        note,
      },
      readFileSync(privateKeyFile),
      { algorithm: 'ES256', keyid: kid },
    )
  // Three bytes of the note are four characters, and the end is found by trying.
  let note = 'n'.repeat(Math.floor(((characters - sign('').length) * 3) / 4) - 3)
  while (sign(note).length < characters) note += 'n'
  return sign(note)
}

async function say(page: Page, text: string): Promise<void> {
  const box = page.getByRole('textbox', { name: /message/i })
  await box.fill(text)
  await box.press('Enter')
}

describe.each<{ kind: ProxyKind; absent: boolean }>([
  { kind: 'nginx', absent: needs.chromium() || needs.openssl() || needs.nginx() },
  { kind: 'caddy', absent: needs.caddy() || needs.chromium() || needs.openssl() },
])('a node behind $kind', ({ kind, absent }) => {
  describe.skipIf(absent)('as deploy/ configures it', () => {
    let browser: Browser
    let demo: Demo
    let proxy: RunningProxy
    let amelie: Visitor
    let jonas: Visitor
    const secrets = new Set<string>()
    const statuses: { url: string; status: number }[] = []
    const sockets: string[] = []

    beforeAll(async () => {
      const ports = { ...(await proxyPorts()), upstream: await freePort() }
      const publicUrl = `https://${proxiedName}:${ports.https}`
      demo = await startDemo({ args: ['--port', String(ports.upstream), '--public-url', publicUrl] })
      proxy = await startProxy(kind, ports)
      browser = await openBrowser({ args: [`--host-resolver-rules=MAP ${proxiedName} 127.0.0.1`, '--ignore-certificate-errors'] })
      amelie = await visitor(browser)
      jonas = await visitor(browser)
      for (const { page } of [amelie, jonas]) {
        page.on('response', (response) => statuses.push({ url: response.url(), status: response.status() }))
        page.on('websocket', (socket) => sockets.push(socket.url()))
      }
      await amelie.page.goto(demo.facts.attendeeUrls[0])
      await jonas.page.goto(demo.facts.attendeeUrls[1])
    })
    afterAll(async () => {
      await browser?.close()
      await demo?.stop()
      await proxy?.stop()
    })

    test('a link admits, leaves the address bar, and its cookie is for this host over https alone', async () => {
      expect(amelie.page.url()).toBe(`${proxy.origin}/${demo.facts.programId}`)
      const cookies = await amelie.context.cookies()
      expect(cookies).toEqual([
        expect.objectContaining({
          name: '__Host-voila_browser',
          domain: proxiedName,
          path: '/',
          secure: true,
          httpOnly: true,
          sameSite: 'Lax',
        }),
      ])
      for (const { value } of cookies) secrets.add(value)
    })

    test('the picture moves, over HTTP/2 and with playlists that wait for their part', async () => {
      for (const { page } of [amelie, jonas]) await untilPlaying(page)
      const protocols = await amelie.page.evaluate(() => {
        const entries = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/media/'))
        // A request that was given up has none.
        return [...new Set(entries.map((entry) => (entry as PerformanceResourceTiming).nextHopProtocol).filter((name) => name !== ''))]
      })
      expect(protocols).toEqual(['h2'])
      await expect
        .poll(() => statuses.filter(({ url, status }) => url.includes('_HLS_msn=') && status === 200).length, { timeout: 20_000 })
        .toBeGreaterThan(3)
      expect(statuses.filter(({ status }) => status >= 400)).toEqual([])
    })

    test('they chat both ways, over wss', async () => {
      for (const [from, to, text] of [
        [amelie, jonas, 'Good morning from Lyon'],
        [jonas, amelie, 'Guten Morgen'],
      ] as const) {
        await say(from.page, text)
        await to.page.getByRole('log').getByText(text, { exact: true }).waitFor()
      }
      expect(sockets.map((url) => new URL(url).origin)).toEqual(sockets.map(() => proxy.origin.replace('https:', 'wss:')))
      expect(sockets.length).toBeGreaterThanOrEqual(2)
      expect([...amelie.problems, ...jonas.problems]).toEqual([])
    })

    test('an event stream is told at once, for those whose network lets no socket through', async () => {
      const first = await amelie.page.evaluate(async (programId) => {
        const response = await fetch(`/api/programs/${programId}/stream`, { signal: AbortSignal.timeout(10_000) })
        const reader = response.body?.getReader()
        const decoder = new TextDecoder()
        let text = ''
        while (!text.includes('"t":"ready"')) text += decoder.decode((await reader?.read())?.value)
        await reader?.cancel()
        return response.headers.get('content-type')
      }, demo.facts.programId)
      expect(first).toContain('text/event-stream')
    })

    test('a token of 8,192 characters passes, over HTTP/1.1 and HTTP/2, and one more is the platform’s to refuse', async () => {
      const token = longestToken(demo)
      secrets.add(token)
      expect(token).toHaveLength(8_192)
      const path = `/${demo.facts.programId}?token=${token}`
      expect(await ask(proxy, path)).toMatchObject({ status: 303, location: `/${demo.facts.programId}` })
      expect(await askHttp2(proxy, path)).toBe(303)
      const tooLong = await ask(proxy, `${path}A`)
      expect(tooLong.status).toBe(413)
      expect(tooLong.text).toContain('"code":"too_large"')
    })

    test.each([
      '/metrics',
      '/metrics/',
      '/%6detrics',
      '//metrics',
      '/./metrics',
      '/readyz',
      '/readyz/',
    ])('%s is kept inside', async (path) => {
      const { status, text } = await ask(proxy, path)
      expect(status).toBe(404)
      expect(text).not.toContain('voila_')
    })

    test('a body over 64 KiB is refused, and one below is the platform’s', async () => {
      const path = `/api/programs/${demo.facts.programId}/sessions`
      const sized = (size: number) => ask(proxy, path, { method: 'POST', body: JSON.stringify({ token: 'x'.repeat(size) }) })
      expect(await sized(60_000)).toMatchObject({ status: 413, text: expect.stringContaining('"code":"too_large"') })
      // Before version 2.7 Caddy has no status of its own for that.
      expect(kind === 'nginx' ? [413] : [413, 502]).toContain((await sized(70_000)).status)
    })

    test('plain http leads to https, without the token that it has shown to everybody on the way', async () => {
      const path = `/${demo.facts.programId}`
      expect(await ask(proxy, `${path}?token=abc`, { plain: true })).toMatchObject({ status: 301, location: `${proxy.origin}${path}` })
    })

    test('nothing of a query, a token or a credential is in what the proxy writes, also when the platform is gone', async () => {
      const [link] = demo.facts.attendeeUrls
      const token = new URL(link).searchParams.get('token') ?? ''
      for (const url of demo.facts.attendeeUrls) secrets.add(new URL(url).searchParams.get('token') ?? '')
      for (const { requests } of [amelie, jonas]) {
        for (const url of requests) {
          const [, credential] = /\/media\/[^/]+\/([^/]+)\//.exec(url) ?? []
          if (credential !== undefined) secrets.add(credential)
        }
      }
      const [credential = ''] = [...secrets].filter((secret) => secret.length < 100 && secret.length > 60)
      expect(secrets.size).toBeGreaterThan(5)
      const odd = [
        `/${demo.facts.programId}%3Ftoken=${token}`,
        `/${demo.facts.programId}/${token}`,
        `//media/${demo.facts.programId}/${credential}/live.m3u8`,
        `/media/wrong/${credential}/live.m3u8?_HLS_msn=1`,
        `/media/${demo.facts.programId}/${credential}`,
      ]
      for (const path of odd) await ask(proxy, path)
      await demo.stop()
      for (const path of [...odd, `/${demo.facts.programId}?token=${token}`]) {
        expect([404, 502]).toContain((await ask(proxy, path)).status)
      }
      await expect.poll(() => proxy.written(), { timeout: 10_000 }).toContain('502')
      const written = proxy.written()
      expect(written).toContain(`/${demo.facts.programId}`)
      expect(written).toMatch(/\/(\(credential\)|\(left out\))\/stream\.m3u8/)
      // A half of each, so that one that was cut or wrapped is found as well.
      const parts = [...secrets].flatMap((secret) => [secret.slice(0, 40), secret.slice(-30)])
      expect(parts.filter((part) => written.includes(part))).toEqual([])
      expect(written).not.toMatch(/token=|_HLS_msn|\?|%3f/i)
      expect(written).not.toContain('__Host-')
    })
  })
})

// Owns: the ways in, through the real HTTP server: who gets in, who does not, and what each is told.
import { sign } from 'node:crypto'
import { type ErrorCode, errorRow, type Problem, type SessionAnswer } from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, cookieOf, exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from './running.ts'

let running: Running
let signer: Signer
let programId: string
const now = () => Math.floor(Date.now() / 1_000)

beforeAll(async () => {
  running = await start()
  signer = await makeSigner(running)
  programId = await makeProgram(running, signer, { signInUrl: 'https://intranet.aldermoor.example/live?show=</script>' })
})
afterAll(() => running.close())

const problemOf = (answer: Answer): Problem => {
  const [, json = ''] = /<script type="application\/json" id="voila-refusal">(.*?)<\/script>/s.exec(answer.text) ?? []
  return JSON.parse(json) as Problem
}

/** Signs whatever it is given, as a customer with a broken signer would. */
function rawToken(header: unknown, payload: unknown, key = signer.privateKey): string {
  const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const input = `${part(header)}.${part(payload)}`
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
const header = () => ({ alg: 'ES256', typ: 'JWT', kid: signer.kid })
const payload = (more: object = {}) => ({
  organization_id: signer.organizationId,
  token_use: 'selfcontained-access',
  given_name: 'Jonas',
  sub: 'jonas',
  roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
  jti: 'j-1',
  iat: now(),
  nbf: now(),
  exp: now() + 600,
  ...more,
})
const without = (name: string): object => Object.fromEntries(Object.entries(payload()).filter(([key]) => key !== name))

/** Every refusal of a token, each by a token that a customer could come with. */
const badTokens: readonly (readonly [ErrorCode, () => string])[] = [
  ['too_large', () => `${tokenOf(signer, programId)}${'A'.repeat(8_192)}`],
  ['malformed', () => 'abc'],
  ['malformed', () => ''],
  ['signature_missing', () => `${tokenOf(signer, programId).split('.').slice(0, 2).join('.')}.`],
  ['encoding', () => `${tokenOf(signer, programId)}=`],
  ['header_json', () => rawToken('{"alg":"ES256","alg":"ES256"}', payload())],
  ['header_alg', () => rawToken({ ...header(), alg: 'none' }, payload())],
  ['header_crit', () => rawToken({ ...header(), crit: ['b64'] }, payload())],
  ['header_typ', () => rawToken({ ...header(), typ: 'at+jwt' }, payload())],
  ['kid_missing', () => rawToken({ alg: 'ES256', typ: 'JWT' }, payload())],
  ['kid_format', () => rawToken({ ...header(), kid: 'short' }, payload())],
  ['kid_unknown', () => rawToken({ ...header(), kid: 'pk_nobodyDeclaredThis00' }, payload())],
  ['signature_length', () => `${tokenOf(signer, programId).split('.').slice(0, 2).join('.')}.${Buffer.alloc(48, 1).toString('base64url')}`],
  ['signature', () => rawToken(header(), payload(), otherSigner.privateKey)],
  ['key_revoked', () => tokenOf(revokedSigner, programId)],
  ['payload_json', () => rawToken(header(), '{"exp":1,"exp":2}')],
  ['claim_missing', () => rawToken(header(), without('exp'))],
  ['claim_type', () => rawToken(header(), payload({ roles: 'ROLE_ATTENDEE' }))],
  ['claim_range', () => rawToken(header(), JSON.stringify(payload()).replace(/"exp":\d+/, '"exp":1e400'))],
  ['claim_length', () => rawToken(header(), payload({ given_name: 'x'.repeat(201) }))],
  ['claim_text', () => rawToken(header(), payload({ given_name: '\u200b' }))],
  ['claim_email', () => rawToken(header(), payload({ email: 'nobody' }))],
  ['expired', () => rawToken(header(), payload({ iat: now() - 500, nbf: now() - 500, exp: now() - 61 }))],
  ['not_yet_valid', () => rawToken(header(), payload({ nbf: now() + 120 }))],
  ['issued_in_future', () => rawToken(header(), payload({ iat: now() + 120, exp: now() + 900 }))],
  ['lifetime', () => rawToken(header(), payload({ iat: now() + 30, exp: now() + 10 }))],
  ['lifetime_too_long', () => rawToken(header(), payload({ exp: now() + 366 * 86_400 }))],
  ['token_use', () => rawToken(header(), payload({ token_use: 'access' }))],
  ['organization_mismatch', () => rawToken(header(), payload({ organization_id: otherSigner.organizationId }))],
  ['event_mismatch', () => tokenOf(signer, 'zzzzzzzzzzzz')],
  ['event_mismatch', () => tokenOf(otherSigner, programId)],
  ['role_not_allowed', () => tokenOf(signer, programId, { roles: [{ name: 'ROLE_MODERATOR', eventId: programId }] })],
]
let otherSigner: Signer
let revokedSigner: Signer
beforeAll(async () => {
  otherSigner = await makeSigner(running, { name: 'Somebody else' })
  revokedSigner = await makeSigner(running, { organizationId: signer.organizationId })
  await running.admin('POST', `/api/organizations/${signer.organizationId}/partner-keys/${revokedSigner.kid}/revoke`)
})

describe.each(badTokens)('a token refused with %s', (code, make) => {
  test('has the code’s status at the API, as a problem document with a trace id and no detail', async () => {
    const answer = await exchange(running, programId, make())
    expect(answer.status).toBe(errorRow(code).status)
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { traceId, signInUrl, retryAfterMs: _, ...problem } = answer.body as unknown as Problem
    expect(problem).toEqual({ type: `/problems/${code}`, title: errorRow(code).says, status: errorRow(code).status, code })
    expect(traceId).toBe(answer.headers.get('x-trace-id'))
    expect(signInUrl === undefined).toBe(errorRow(code).retry !== 'new-token')
  })

  test('has the code’s status on the page too, which shows the refusal and neither the token nor a cookie', async () => {
    const token = make()
    if (token.length > 8_192) return
    const answer = await running.call(`/${programId}?token=${encodeURIComponent(token)}`)
    expect(answer.status).toBe(errorRow(code).status)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(problemOf(answer)).toMatchObject({ code, title: errorRow(code).says })
    expect(answer.headers.getSetCookie()).toEqual([])
    for (const part of token.split('.')) if (part.length > 20) expect(answer.text).not.toContain(part)
  })
})

describe('the exchange of a token', () => {
  test('gives a session, the attendee, the program and where the picture is', async () => {
    const answer = await exchange(running, programId, tokenOf(signer, programId))
    expect(answer.status).toBe(201)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.getSetCookie()).toEqual([])
    const { session, attendee, program, media } = answer.body
    expect(session.token).toMatch(/^vs_[A-Za-z0-9_-]{43}$/)
    expect(Date.parse(session.expiresAt) - Date.now()).toBeGreaterThan(11.9 * 3_600_000)
    expect(attendee).toEqual({
      id: expect.any(String),
      displayName: 'Amélie Laurent',
      givenName: 'Amélie',
      familyName: 'Laurent',
      roles: ['ROLE_ATTENDEE'],
    })
    expect(program).toEqual({
      id: programId,
      title: 'The year ahead',
      description: '',
      state: 'live',
      startsAt: '2030-05-01T16:00:00.000Z',
      language: 'en',
      accent: null,
      coverUrl: null,
      logoUrl: null,
      guests: 'none',
      cueTiming: true,
    })
    expect(media.url).toMatch(new RegExp(`^/media/${programId}/[A-Za-z0-9_-]{70}/live\\.m3u8$`))
  })

  test('makes one attendee of one subject, however often and under whatever name he comes', async () => {
    const sub = 'one-person'
    const first = await exchange(running, programId, tokenOf(signer, programId, { sub, given_name: 'Ann' }))
    const second = await exchange(running, programId, tokenOf(signer, programId, { sub, given_name: 'Anna' }))
    expect(second.body.attendee.id).toBe(first.body.attendee.id)
    expect(second.body.attendee.givenName).toBe('Anna')
    expect(second.body.session.token).not.toBe(first.body.session.token)
  })

  test('keeps two people apart who share a jti', async () => {
    const jti = String(now())
    const one = await exchange(running, programId, tokenOf(signer, programId, { sub: 'one', jti }))
    const two = await exchange(running, programId, tokenOf(signer, programId, { sub: 'two', jti }))
    expect([one.status, two.status]).toEqual([201, 201])
    expect(one.body.attendee.id).not.toBe(two.body.attendee.id)
  })

  test.each([
    ['', 'token_missing'],
    ['{}', 'token_missing'],
    ['null', 'token_missing'],
    ['{"token":7}', 'invalid_request'],
    ['{"token":"x","more":1}', 'invalid_request'],
    ['{"token":', 'invalid_request'],
    [`{"token":"${'x'.repeat(70_000)}"}`, 'too_large'],
  ] satisfies [string, ErrorCode][])('answers the body %j.40 with %s', async (body, code) => {
    const answer = await running.call<Problem>(`/api/programs/${programId}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(answer.body).toMatchObject({ code, status: errorRow(code).status })
    expect(answer.status).toBe(errorRow(code).status)
    expect(answer.body).not.toHaveProperty('detail')
  })

  test.each(['nothing', '../../etc', 'zzzzzzzzzzzz', '%00', 'ABCDEFGHIJKL'])('says of the program %s that there is none', async (id) => {
    const answer = await exchange(running, encodeURIComponent(id), tokenOf(signer, programId))
    expect((answer.body as unknown as Problem).code).toBe('program_unknown')
    expect(answer.status).toBe(404)
  })
})

describe('a link with a token', () => {
  test('sets the browser’s cookie and leads to the address without the token', async () => {
    const answer = await running.call(`/${programId}?token=${tokenOf(signer, programId)}&utm=mail`)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`/${programId}`)
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { cookie, attributes } = cookieOf(answer)
    expect(cookie).toMatch(/^voila_browser=[A-Za-z0-9_-]{43}$/)
    expect(attributes).toBe('Max-Age=43200; Path=/; HttpOnly; SameSite=Lax')
    const page = await running.call(`/${programId}`, { headers: { cookie } })
    expect(page.status).toBe(200)
    expect(page.text).toContain('/assets/app-1a2b.js')
    expect(page.text).not.toContain('voila-refusal')
    expect(page.headers.get('cache-control')).toBe('no-store')
  })

  test('works with a slash at the end, as some servers write it', async () => {
    const answer = await running.call(`/${programId}/?token=${tokenOf(signer, programId)}`)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/${programId}`])
  })

  test('HEAD admits nobody, and says what a stranger is told', async () => {
    const before = await running.admin<{ accepted: number }>(
      'GET',
      `/api/organizations/${signer.organizationId}/partner-keys/${signer.kid}`,
    )
    const answer = await running.call(`/${programId}?token=${tokenOf(signer, programId, { sub: 'head' })}`, { method: 'HEAD' })
    expect(answer.status).toBe(401)
    expect(answer.headers.getSetCookie()).toEqual([])
    const attendees = await running.admin<{ items: unknown[] }>('GET', `/api/programs/${programId}/attendees`)
    expect(JSON.stringify(attendees.body.items)).not.toContain('head')
    expect(before.status).toBe(200)
  })

  test('two tokens in one link are damage', async () => {
    const token = tokenOf(signer, programId)
    const answer = await running.call(`/${programId}?token=${token}&token=${token}`)
    expect(answer.status).toBe(400)
  })

  test('a header section that is too large is refused before there is a request', async () => {
    const answer = await running.call<Problem>(`/${programId}?token=${'x'.repeat(20_000)}`)
    expect(answer.body).toMatchObject({ code: 'too_large', status: 413 })
  })
})

describe('one browser', () => {
  test('has a session at each of two programs, under one cookie, and neither takes the other’s place', async () => {
    const other = await makeProgram(running, signer)
    const first = await running.call(`/${programId}?token=${tokenOf(signer, programId, { sub: 'b', given_name: 'Beatrice' })}`)
    const { cookie } = cookieOf(first)
    const second = await running.call(`/${other}?token=${tokenOf(signer, other, { sub: 'c', given_name: 'Cecil' })}`, {
      headers: { cookie },
    })
    expect(cookieOf(second).cookie).toBe(cookie)
    const nameAt = async (id: string) =>
      (await running.call<SessionAnswer>(`/api/programs/${id}/session`, { headers: { cookie } })).body.attendee.givenName
    expect([await nameAt(programId), await nameAt(other)]).toEqual(['Beatrice', 'Cecil'])
  })

  test('gets the session of whoever came last', async () => {
    const { cookie } = cookieOf(await running.call(`/${programId}?token=${tokenOf(signer, programId, { sub: 'd', given_name: 'Dora' })}`))
    await running.call(`/${programId}?token=${tokenOf(signer, programId, { sub: 'e', given_name: 'Emil' })}`, { headers: { cookie } })
    const answer = await running.call<SessionAnswer>(`/api/programs/${programId}/session`, { headers: { cookie } })
    expect(answer.body.attendee.givenName).toBe('Emil')
  })

  test('without a session is told that the event is private, and where to sign in; the address of that can’t break out of the page', async () => {
    for (const cookie of ['', 'voila_browser=short', `voila_browser=${'x'.repeat(43)}`]) {
      const answer = await running.call(`/${programId}`, { headers: { cookie } })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expect(problemOf(answer)).toMatchObject({
        code: 'token_missing',
        signInUrl: 'https://intranet.aldermoor.example/live?show=</script>',
      })
      expect(answer.text).not.toContain('show=</script>')
      expect(answer.text).toContain('<noscript><main><h1>This event is private. Open it from your company’s site.</h1>')
    }
  })

  test('signs out: the page is private again, and the session’s bearer too', async () => {
    const { cookie } = cookieOf(await running.call(`/${programId}?token=${tokenOf(signer, programId, { sub: 'f' })}`))
    const path = `/api/programs/${programId}/session`
    const foreign = await running.call<Problem>(path, { method: 'DELETE', headers: { cookie, origin: 'https://elsewhere.example' } })
    expect(foreign.body.code).toBe('origin_denied')
    const without = await running.call<Problem>(path, { method: 'DELETE', headers: { cookie } })
    expect(without.body.code).toBe('origin_denied')
    const own = await running.call(path, { method: 'DELETE', headers: { cookie, origin: running.platform.url } })
    expect(own.status).toBe(204)
    expect((await running.call<Problem>(path, { headers: { cookie } })).body.code).toBe('session_missing')
  })
})

describe('a session’s bearer', () => {
  test('is nothing at another program', async () => {
    const other = await makeProgram(running, signer)
    const { session } = (await exchange(running, programId, tokenOf(signer, programId))).body
    const authorization = `Bearer ${session.token}`
    expect((await running.call(`/api/programs/${programId}/session`, { headers: { authorization } })).status).toBe(200)
    const answer = await running.call<Problem>(`/api/programs/${other}/session`, { headers: { authorization } })
    expect(answer.body.code).toBe('session_missing')
  })

  test('is asked for instead of the cookie where both come', async () => {
    const { cookie } = cookieOf(await running.call(`/${programId}?token=${tokenOf(signer, programId)}`))
    const answer = await running.call<Problem>(`/api/programs/${programId}/session`, { headers: { cookie, authorization: 'Bearer vs_no' } })
    expect(answer.body.code).toBe('session_missing')
  })

  test('may ask often, and too often is told to wait; others go on', async () => {
    const enter = async (sub: string) => (await exchange(running, programId, tokenOf(signer, programId, { sub }))).body.session.token
    const [busy, calm] = [await enter('busy'), await enter('calm')]
    const ask = (bearer: string) =>
      running.call<Problem>(`/api/programs/${programId}/session`, { headers: { authorization: `Bearer ${bearer}` } })
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(busy)))
    const refused = answers.find((answer) => answer.status === 429)
    expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThanOrEqual(60)
    expect(refused?.body.code).toBe('rate_limited')
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await ask(calm)).status).toBe(200)
  })
})

describe('the states of a program', () => {
  test.each([
    ['draft', 403, 'program_not_open'],
    ['scheduled', 201, undefined],
    ['rehearsal', 201, undefined],
    ['live', 201, undefined],
    ['ended', 201, undefined],
    ['archived', 403, 'program_archived'],
  ] as const)('%s: whoever holds a token is answered %i %s, and nobody else learns the state', async (state, status, code) => {
    const id = await makeProgram(running, signer, { state })
    const answer = await exchange(running, id, tokenOf(signer, id))
    expect(answer.status).toBe(status)
    if (code !== undefined) expect((answer.body as unknown as Problem).code).toBe(code)
    const bad = await exchange(running, id, tokenOf(otherSigner, id))
    expect((bad.body as unknown as Problem).code).toBe('event_mismatch')
    expect(problemOf(await running.call(`/${id}`)).code).toBe('token_missing')
  })

  test('whoever is in when it is put away is told so, on the page and at the API', async () => {
    const id = await makeProgram(running, signer, { state: 'scheduled' })
    const { cookie } = cookieOf(await running.call(`/${id}?token=${tokenOf(signer, id)}`))
    await running.admin('POST', `/api/programs/${id}/state`, { to: 'archived' })
    const page = await running.call(`/${id}`, { headers: { cookie } })
    expect([page.status, problemOf(page).code]).toEqual([403, 'program_archived'])
    expect((await running.call<Problem>(`/api/programs/${id}/session`, { headers: { cookie } })).body.code).toBe('program_archived')
  })
})

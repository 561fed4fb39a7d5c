// Owns: how sessions go on: by a newer token of the same attendee, and in a browser that keeps the page open, within a bound.
import type { ListAnswer, Problem, RefusalAnswer, SessionAnswer } from '@voila/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from './databases.ts'
import { type Answer, cookieOf, exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from './running.ts'

const hour = 3_600_000

describe.each(databases)('a session on $kind', ({ kind, skip }) => {
  let running: Running
  let signer: Signer
  let programId: string
  let clock = Date.now()
  beforeAll(async () => {
    if (skip()) return
    running = await start({ kind, now: () => clock, env: { SESSION_HOURS: '12', SESSION_MAX_DAYS: '1' } })
    signer = await makeSigner(running)
    programId = await makeProgram(running, signer)
  })
  afterAll(() => running?.close())

  const path = (id = programId) => `/api/programs/${id}/session`
  const token = (sub = 'ann', more: object = {}) => tokenOf(signer, programId, { sub, given_name: sub, ...more }, clock)
  const enter = async (sub?: string): Promise<string> => (await exchange(running, programId, token(sub))).body.session.token
  const renew = (bearer: string, body: object): Promise<Answer<SessionAnswer & Problem>> =>
    running.call(`${path()}/renew`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const read = (bearer: string): Promise<Answer<SessionAnswer & Problem>> =>
    running.call(path(), { headers: { authorization: `Bearer ${bearer}` } })
  const leftMs = ({ body }: Answer<SessionAnswer>) => Date.parse(body.session.expiresAt) - clock
  const refusals = async () => (await running.admin<ListAnswer<RefusalAnswer>>('GET', `/api/programs/${programId}/refusals`)).body.items

  test.skipIf(skip())(
    'goes on by a newer token as long as a new one would, under the same bearer, and with the names that it gives',
    async () => {
      const bearer = await enter()
      clock += 11 * hour
      expect(leftMs(await read(bearer))).toBe(hour)
      const renewed = await renew(bearer, { token: token('ann', { given_name: 'Annabel' }) })
      expect([renewed.status, leftMs(renewed), renewed.body.attendee.givenName]).toEqual([200, 12 * hour, 'Annabel'])
      expect(renewed.headers.getSetCookie()).toEqual([])
      clock += 11 * hour
      const later = await read(bearer)
      expect([later.status, leftMs(later), later.body.attendee.givenName]).toEqual([200, hour, 'Annabel'])
      expect(later.body.attendee.id).toBe(renewed.body.attendee.id)
    },
  )

  test.skipIf(skip())('stays as it was where the token is somebody else’s, and the organization hears of it', async () => {
    const bearer = await enter()
    clock += hour
    const answer = await renew(bearer, { token: token('eve') })
    expect([answer.status, answer.body.code]).toEqual([403, 'subject_mismatch'])
    const still = await read(bearer)
    expect([still.body.attendee.givenName, leftMs(still)]).toEqual(['ann', 11 * hour])
    await expect.poll(async () => (await refusals()).map(({ code, subject }) => `${code} ${subject}`)).toContain('subject_mismatch eve')
  })

  test.skipIf(skip()).each([
    ['event_mismatch', (): string => tokenOf(signer, 'zzzzzzzzzzzz', { sub: 'ann' }, clock)],
    ['expired', (): string => tokenOf(signer, programId, { sub: 'ann' }, clock - 2 * hour)],
    ['signature', (): string => `${token().slice(0, -4)}AAAA`],
    ['token_missing', (): undefined => undefined],
  ] as const)('stays as it was where the token is refused with %s', async (code, make) => {
    const bearer = await enter()
    clock += hour
    const given = make()
    expect((await renew(bearer, given === undefined ? {} : { token: given })).body.code).toBe(code)
    expect(leftMs(await read(bearer))).toBe(11 * hour)
  })

  test.skipIf(skip())('that has run out is not brought back', async () => {
    const bearer = await enter()
    clock += 12 * hour
    expect((await renew(bearer, { token: token() })).body.code).toBe('session_expired')
  })

  test.skipIf(skip())('belongs to the key of its last token: revoking that one ends it, and the one before no more', async () => {
    const second = await makeSigner(running, { organizationId: signer.organizationId })
    const first = await makeSigner(running, { organizationId: signer.organizationId })
    const by = ({ kid, privateKey }: Signer) => tokenOf({ ...signer, kid, privateKey }, programId, { sub: 'key-holder' }, clock)
    const bearer = (await exchange(running, programId, by(first))).body.session.token
    expect((await renew(bearer, { token: by(second) })).status).toBe(200)
    const revoke = ({ kid }: Signer) => running.admin('POST', `/api/organizations/${signer.organizationId}/partner-keys/${kid}/revoke`)
    await revoke(first)
    expect((await read(bearer)).status).toBe(200)
    await revoke(second)
    expect((await read(bearer)).body.code).toBe('session_revoked')
    expect((await renew(bearer, { token: token('key-holder') })).body.code).toBe('session_revoked')
  })

  test.skipIf(skip())(
    'at a program that ends with the token goes on as long as the newer one, which it says, and no cookie changes that',
    async () => {
      const strict = await makeProgram(running, signer)
      await running.admin('PATCH', `/api/programs/${strict}`, { atExpiry: 'end' })
      const mine = () => tokenOf(signer, strict, { sub: 'ann' }, clock)
      const leewayMs = 60_000
      const cookie = cookieOf(await running.call(`/${strict}?token=${mine()}`)).cookie
      const headers = { cookie, origin: running.platform.url, 'content-type': 'application/json' }
      const send = (body: object): Promise<Answer<SessionAnswer & Problem>> =>
        running.call(`${path(strict)}/renew`, { method: 'POST', headers, body: JSON.stringify(body) })
      const secondMs = 1_000
      clock += hour / 2
      expect(Math.abs(leftMs(await send({})) - (hour / 2 + leewayMs))).toBeLessThanOrEqual(secondMs)
      expect(Math.abs(leftMs(await send({ token: mine() })) - (hour + leewayMs))).toBeLessThanOrEqual(secondMs)
      clock += hour + leewayMs + secondMs
      expect((await send({})).body.code).toBe('expired')
    },
  )

  test.skipIf(skip())('at a program where a token lets one browser in goes on by one that nobody has used', async () => {
    const strict = await makeProgram(running, signer)
    await running.admin('PATCH', `/api/programs/${strict}`, { tokenUse: 'once' })
    const mine = (jti: string) => tokenOf(signer, strict, { sub: 'ann', jti }, clock)
    const first = mine('first')
    const bearer = (await exchange(running, strict, first)).body.session.token
    expect((await exchange(running, strict, mine('second'))).status).toBe(201)
    const send = async (token: string) =>
      (
        await running.call<Problem>(`${path(strict)}/renew`, {
          method: 'POST',
          headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
          body: JSON.stringify({ token }),
        })
      ).body.code ?? 'renewed'
    expect(await send(first)).toBe('renewed')
    expect(await send(mine('second'))).toBe('token_used')
    const third = mine('third')
    expect(await send(third)).toBe('renewed')
    expect((await exchange(running, strict, third)).body).toMatchObject({ code: 'token_used' })
  })

  test.skipIf(skip())('does not go on by a token that the team has revoked', async () => {
    const bearer = await enter('late')
    const old = token('late')
    clock += hour / 4
    const keptOut = await running.admin('POST', `/api/organizations/${signer.organizationId}/revocations`, {
      kind: 'token',
      programId,
      kid: signer.kid,
      jti: (JSON.parse(Buffer.from(old.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }).jti,
      subject: 'late',
    })
    expect(keptOut.status).toBe(201)
    expect((await renew(bearer, { token: old })).body.code).toBe('token_revoked')
    expect((await renew(bearer, { token: token('late') })).status).toBe(200)
  })

  describe('in a browser', () => {
    const enterByLink = async (): Promise<string> => cookieOf(await running.call(`/${programId}?token=${token('ben')}`)).cookie
    const prolong = (cookie: string, origin = running.platform.url): Promise<Answer<SessionAnswer & Problem>> =>
      running.call(`${path()}/renew`, { method: 'POST', headers: { cookie, origin, 'content-type': 'application/json' }, body: '{}' })

    test.skipIf(skip())('goes on without a token, cookie and all, until its bound, and not beyond', async () => {
      const cookie = await enterByLink()
      clock += 6 * hour
      const first = await prolong(cookie)
      expect([first.status, leftMs(first)]).toEqual([200, 12 * hour])
      expect(cookieOf(first).cookie).toBe(cookie)
      expect(cookieOf(first).attributes).toContain('Max-Age=43200')
      clock += 11 * hour
      expect(leftMs(await prolong(cookie))).toBe(7 * hour)
      clock += 6 * hour
      expect(leftMs(await prolong(cookie))).toBe(hour)
      clock += hour
      expect((await prolong(cookie)).body.code).toBe('session_expired')
    })

    test.skipIf(skip())('begins its bound anew by another token', async () => {
      const cookie = await enterByLink()
      clock += 6 * hour
      const headers = { cookie, origin: running.platform.url, 'content-type': 'application/json' }
      await running.call(`${path()}/renew`, { method: 'POST', headers, body: JSON.stringify({ token: token('ben') }) })
      clock += 11 * hour
      expect(leftMs(await prolong(cookie))).toBe(12 * hour)
    })

    test.skipIf(skip())('is not prolonged by another site’s page', async () => {
      const cookie = await enterByLink()
      const answer = await prolong(cookie, 'https://evil.example')
      expect([answer.status, answer.body.code]).toEqual([403, 'origin_denied'])
    })
  })
})

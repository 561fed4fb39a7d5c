// Owns: signing in to Backstage: the set-up link, passwords, second factors, cookies, and what a stranger is told.

import type { LinkMade, MeAnswer, Problem, SetupAnswer } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createOrganizations } from '../../src/backstage/organizations.ts'
import { createSignIn } from '../../src/backstage/sign-in.ts'
import { createTeam } from '../../src/backstage/team.ts'
import { isOutage, StoreOutage } from '../../src/store/outage.ts'
import { databases } from '../databases.ts'
import { type Answer, type Running, start } from '../running.ts'
import { cookiesOf, fromPage, password, type Somebody, setUp, signIn, tokenOf } from './people.ts'
import { type Mails, startMails } from './smtp.ts'
import { codeOf } from './totp.ts'

const other = 'another long password'
const minute = 60_000

describe.each(databases)('on $kind', ({ kind, skip }) => {
  describe.skipIf(skip())('signing in', () => {
    let running: Running
    let owner: Somebody
    let time: number
    const post = <Body = Problem>(path: string, body: unknown, cookie = ''): Promise<Answer<Body>> =>
      fromPage<Body>(running, { method: 'POST', path, body, cookie })

    beforeEach(async () => {
      time = Date.now()
      running = await start({ kind, now: () => time })
      owner = (await setUp(running)).owner
    })
    afterEach(() => running.close())

    test('a password signs in, signing out ends it, and a session that was ended lets nobody in', async () => {
      const answer = await signIn(running, { email: 'ADA@aldermoor.example', password })
      expect(answer.status).toBe(200)
      const cookie = cookiesOf(answer)
      const me = (): Promise<Answer<MeAnswer>> => fromPage(running, { method: 'GET', path: '/api/me', cookie })
      expect((await me()).body.user).toEqual({ id: owner.id, name: 'Ada Owner', email: 'ada@aldermoor.example', twoFactorEnabled: false })
      expect((await post('/api/auth/sign-out', {}, cookie)).status).toBe(200)
      expect((await me()).status).toBe(401)
    })

    test('sessions are listed with where they are from, and ended one by one or all but one’s own', async () => {
      const cookies = [owner.cookie]
      for (let count = 0; count < 3; count += 1) {
        cookies.push(cookiesOf(await signIn(running, { email: owner.email, password })))
      }
      type Session = { id: string; token: string; ipAddress: string }
      const list = async () =>
        (await fromPage<Session[]>(running, { method: 'GET', path: '/api/auth/list-sessions', cookie: owner.cookie })).body
      const all = await list()
      expect(all.map(({ ipAddress }) => ipAddress)).toEqual(Array(4).fill('127.0.0.1'))
      const mine = decodeURIComponent(cookies[1] ?? '')
      const token = all.find((session) => mine.includes(session.token))?.token
      expect((await post('/api/auth/revoke-session', { token }, owner.cookie)).status).toBe(200)
      const status = async (cookie: string | undefined) =>
        (await fromPage(running, { method: 'GET', path: '/api/me', cookie: cookie ?? '' })).status
      expect(await Promise.all(cookies.map(status))).toEqual([200, 401, 200, 200])
      expect((await post('/api/auth/revoke-other-sessions', {}, owner.cookie)).status).toBe(200)
      expect(await Promise.all(cookies.map(status))).toEqual([200, 401, 401, 401])
    })

    test('a stranger is not told whether an address has an account', async () => {
      const wrong = await signIn(running, { email: owner.email, password: other })
      const unknown = await signIn(running, { email: 'nobody@aldermoor.example', password: other })
      const malformed = await signIn(running, { email: 'nobody', password: other })
      for (const answer of [wrong, unknown, malformed]) {
        expect(answer.status).toBe(401)
        expect({ ...(answer.body as Problem), traceId: '' }).toEqual({ ...(wrong.body as Problem), traceId: '' })
        expect([...answer.headers.keys()]).toEqual([...wrong.headers.keys()])
      }
      expect((wrong.body as Problem).code).toBe('sign_in_failed')
    })

    test('about the same work is done for an address without an account', async () => {
      const median = async (email: string): Promise<number> => {
        const times: number[] = []
        for (let count = 0; count < 9; count += 1) {
          time += minute * 20
          // Of the processor, whatever else the machine does.
          const begun = process.cpuUsage()
          await signIn(running, { email, password: other })
          const { user, system } = process.cpuUsage(begun)
          times.push(user + system)
        }
        return times.sort((a, b) => a - b)[4] ?? 0
      }
      const [known, unknown] = [await median(owner.email), await median('nobody@aldermoor.example')]
      // A password costs tens of milliseconds; without that work an answer takes two.
      expect(unknown).toBeGreaterThan(known / 3)
      expect(known).toBeGreaterThan(unknown / 3)
    })

    test.each([
      'ada@aldermoor.example',
      'nobody@aldermoor.example',
    ])('the eleventh wrong password for %s waits, and so does a right one', async (email) => {
      const at = Date.now()
      for (let count = 0; count < 10; count += 1) expect((await signIn(running, { email, password: other })).status).toBe(401)
      const answer = await signIn(running, { email, password })
      expect([answer.status, (answer.body as Problem).code]).toEqual([429, 'rate_limited'])
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(14 * 60)
      expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(15 * 60 + (Date.now() - at) / 1_000)
      time += 15 * minute + 1
      expect((await signIn(running, { email, password })).status).toBe(email === owner.email ? 200 : 401)
    })

    test('of thirty wrong passwords at the same time ten are looked at', async () => {
      const answers = await Promise.all(Array.from({ length: 30 }, () => signIn(running, { email: owner.email, password: other })))
      const count = (status: number): number => answers.filter((answer) => answer.status === status).length
      expect([count(401), count(429)]).toEqual([10, 20])
    })

    test('a right password ends the count', async () => {
      for (let round = 0; round < 3; round += 1) {
        for (let count = 0; count < 9; count += 1) await signIn(running, { email: owner.email, password: other })
        expect((await signIn(running, { email: owner.email, password })).status).toBe(200)
      }
    })

    test('all together are held to a rate, whatever addresses they try', async () => {
      const answers = await Promise.all(
        Array.from({ length: 120 }, (_, index) => signIn(running, { email: `x${index}@aldermoor.example`, password: other })),
      )
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(20)
      time += 10_000
      expect((await signIn(running, { email: owner.email, password })).status).toBe(200)
    })

    test('whoever guesses keeps nobody out of a browser that he has signed in with before', async () => {
      const known = cookiesOf(await signIn(running, { email: owner.email, password }))
      const there = (given: object) => post('/api/auth/sign-in/email', { email: owner.email, password, ...given }, known)
      for (let count = 0; count < 11; count += 1) await signIn(running, { email: owner.email, password: other })
      expect((await signIn(running, { email: owner.email, password })).status).toBe(429)
      expect((await there({})).status).toBe(200)
      // It may not guess more often either, and counts for one address alone.
      for (let count = 0; count < 10; count += 1) expect((await there({ password: other })).status).toBe(401)
      expect((await there({})).status).toBe(429)
      for (let count = 0; count < 10; count += 1) await there({ email: 'x@aldermoor.example' })
      expect((await signIn(running, { email: 'x@aldermoor.example', password })).status).toBe(429)
    })

    test('whoever has somebody’s session cannot try his passwords without end either', async () => {
      const change = () => post('/api/auth/change-password', { currentPassword: other, newPassword: other }, owner.cookie)
      for (let count = 0; count < 10; count += 1) expect((await change()).body.code).toBe('password_wrong')
      expect((await change()).body.code).toBe('rate_limited')
    })

    test('a changed password is another, and ends all sessions but the one that changed it', async () => {
      const elsewhere = cookiesOf(await signIn(running, { email: owner.email, password }))
      const changed = await post('/api/auth/change-password', { currentPassword: password, newPassword: other }, owner.cookie)
      expect(changed.status).toBe(200)
      const status = async (cookie: string) => (await fromPage(running, { method: 'GET', path: '/api/me', cookie })).status
      expect([await status(elsewhere), await status(owner.cookie), await status(cookiesOf(changed))]).toEqual([401, 401, 200])
      expect((await signIn(running, { email: owner.email, password })).status).toBe(401)
      expect((await signIn(running, { email: owner.email, password: other })).status).toBe(200)
    })

    test.each(['short', 'x'.repeat(11), 'x'.repeat(129)])('%j is no password', async (newPassword) => {
      const answer = await post('/api/auth/change-password', { currentPassword: password, newPassword }, owner.cookie)
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_request'])
    })

    test('passwords are kept as Argon2id, second factors so that the database alone does not tell them', async () => {
      const { totpURI, backupCodes } = (
        await post<{ totpURI: string; backupCodes: string[] }>('/api/auth/two-factor/enable', { password }, owner.cookie)
      ).body
      const store = await running.database.open()
      const [account] = await store.db.selectFrom('user_accounts').select('password').execute()
      expect(account?.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      const kept = JSON.stringify(
        await store.db
          .selectFrom('user_two_factors' as 'users')
          .selectAll()
          .execute(),
      )
      expect(kept).not.toContain(backupCodes[0])
      expect(kept).not.toContain(new URL(totpURI).searchParams.get('secret'))
    })

    describe('with a second factor', () => {
      let otpauth: string
      let backupCodes: string[]
      const code = (): string => codeOf(otpauth)
      const challenge = async (): Promise<string> => cookiesOf(await signIn(running, { email: owner.email, password }))

      beforeEach(async () => {
        const enabled = await post<{ totpURI: string; backupCodes: string[] }>('/api/auth/two-factor/enable', { password }, owner.cookie)
        otpauth = enabled.body.totpURI
        backupCodes = enabled.body.backupCodes
        expect((await post('/api/auth/two-factor/verify-totp', { code: code() }, owner.cookie)).status).toBe(200)
      })

      test('a password alone signs nobody in; with the code it does', async () => {
        const answer = await signIn(running, { email: owner.email, password })
        expect(answer.body).toMatchObject({ twoFactorRedirect: true })
        const cookie = cookiesOf(answer)
        expect((await fromPage(running, { method: 'GET', path: '/api/me', cookie })).status).toBe(401)
        const verified = await post('/api/auth/two-factor/verify-totp', { code: code() }, cookie)
        expect(verified.status).toBe(200)
        const me = await fromPage<MeAnswer>(running, { method: 'GET', path: '/api/me', cookie: cookiesOf(verified) })
        expect(me.body.user.twoFactorEnabled).toBe(true)
      })

      test('a recovery code works once', async () => {
        const [recovery] = backupCodes
        const use = async () => await post('/api/auth/two-factor/verify-backup-code', { code: recovery }, await challenge())
        expect((await use()).status).toBe(200)
        const again = await use()
        expect([again.status, again.body.code]).toEqual([403, 'code_wrong'])
      })

      test('ten wrong codes lock the account, over several sign-ins, and a right one is refused then', async () => {
        for (let round = 0; round < 2; round += 1) {
          const cookie = await challenge()
          for (let count = 0; count < 5; count += 1) {
            expect((await post('/api/auth/two-factor/verify-totp', { code: '000000' }, cookie)).body.code).toBe('code_wrong')
          }
          expect((await post('/api/auth/two-factor/verify-totp', { code: '000000' }, cookie)).body.code).toMatch(
            /sign_in_required|rate_limited/,
          )
        }
        const locked = await post('/api/auth/two-factor/verify-totp', { code: code() }, await challenge())
        expect([locked.status, locked.body.code, Number(locked.headers.get('retry-after')) > 0]).toEqual([429, 'rate_limited', true])
      })

      test('whoever has lost it gets in by a link of the administration’s that takes it away', async () => {
        const link = { email: owner.email, twoFactor: 'off' }
        const { url } = (await running.admin<LinkMade>('POST', '/api/password-links', link)).body
        await post('/api/auth/reset-password', { token: tokenOf(url), newPassword: other })
        const cookie = cookiesOf(await signIn(running, { email: owner.email, password: other }))
        const me = await fromPage<MeAnswer>(running, { method: 'GET', path: '/api/me', cookie })
        expect(me.body.user.twoFactorEnabled).toBe(false)
      })

      test('it is switched off with the password alone', async () => {
        const cookie = cookiesOf(await post('/api/auth/two-factor/verify-totp', { code: code() }, await challenge()))
        expect((await post('/api/auth/two-factor/disable', { password: other }, cookie)).body.code).toBe('password_wrong')
        expect((await post('/api/auth/two-factor/disable', { password }, cookie)).status).toBe(200)
        expect((await signIn(running, { email: owner.email, password })).body).not.toMatchObject({ twoFactorRedirect: true })
      })
    })

    test('a forgotten password is replaced by a link of the administration’s, once', async () => {
      const made = await running.admin<LinkMade>('POST', '/api/password-links', { email: owner.email })
      const token = tokenOf(made.body.url)
      const reset = (newPassword: string) => post('/api/auth/reset-password', { token, newPassword })
      expect((await reset('short')).body.code).toBe('invalid_request')
      expect((await reset(other)).status).toBe(200)
      expect((await reset(password)).body.code).toBe('link_used')
      expect((await fromPage(running, { method: 'GET', path: '/api/me', cookie: owner.cookie })).status).toBe(401)
      expect((await signIn(running, { email: owner.email, password: other })).status).toBe(200)
      expect((await running.admin<Problem>('POST', '/api/password-links', { email: 'x@y.example' })).body.code).toBe('account_unknown')
    })

    test('a NUL, which no database looks for, is a mistake of whoever sends it', async () => {
      const nul = 'a\u0000b'
      const asked = [
        ['/api/auth/sign-in/email', { email: `${nul}@x.example`, password: nul }],
        ['/api/auth/revoke-session', { token: nul }],
        ['/api/auth/two-factor/verify-totp', { code: nul }],
        ['/api/auth/update-user', { name: nul }],
        ['/api/invitations/look', { token: nul }],
        ['/api/sign-in-links', { token: nul }],
      ] as const
      for (const [path, body] of asked) expect([path, (await post(path, body, owner.cookie)).status < 500]).toEqual([path, true])
    })

    test('what better-auth could do beyond that is not there', async () => {
      const paths = [
        'sign-up/email',
        'delete-user',
        'change-email',
        'sign-in/social',
        'update-session',
        'request-password-reset',
        'ok',
        'error',
      ]
      for (const path of paths) {
        expect((await post(`/api/auth/${path}`, { email: owner.email, password, name: 'x' }, owner.cookie)).status).toBe(404)
        expect((await fromPage(running, { method: 'GET', path: `/api/auth/${path}`, cookie: owner.cookie })).status).toBe(404)
      }
      const none = await post<Problem>('/api/auth/toString', {})
      expect(none.body.code).toBe('not_found')
    })

    test('no password, code, link or cookie reaches the log', async () => {
      const { totpURI } = (await post<{ totpURI: string }>('/api/auth/two-factor/enable', { password }, owner.cookie)).body
      await signIn(running, { email: owner.email, password: other })
      const { url } = (await running.admin<LinkMade>('POST', '/api/password-links', { email: owner.email })).body
      await post('/api/auth/reset-password', { token: tokenOf(url), newPassword: other })
      const secrets = [password, other, tokenOf(url), new URL(totpURI).searchParams.get('secret') ?? '', owner.cookie.split('=')[1] ?? '']
      for (const secret of secrets) expect(running.log()).not.toContain(secret)
      expect(running.log()).not.toContain(owner.email)
    })
  })

  describe.skipIf(skip())('the first owner', () => {
    let running: Running
    beforeEach(async () => {
      running = await start({ kind })
    })
    afterEach(() => running.close())

    const setUpWith = (token: string, email = 'ada@aldermoor.example') =>
      fromPage<MeAnswer & Problem>(running, {
        method: 'POST',
        path: '/api/setup',
        body: { token, name: 'Ada', email, password, organizationName: 'Aldermoor' },
      })
    const open = async () => (await running.call<SetupAnswer>('/api/setup')).body.open

    test('one link works once, also where ten follow it at the same time', async () => {
      expect(await open()).toBe(true)
      const token = tokenOf(await running.platform.setupUrl())
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => setUpWith(token, `a${index}@aldermoor.example`)))
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
      for (const { status, body } of answers) if (status !== 201) expect(body.code).toBe('link_used')
      const store = await running.database.open()
      expect(await store.db.selectFrom('users').select('id').execute()).toHaveLength(1)
      expect(await store.db.selectFrom('organizations').select('id').execute()).toHaveLength(1)
      expect(await open()).toBe(false)
    })

    test('of two links the second is worth nothing once the first was followed, also at the same time', async () => {
      const tokens = [tokenOf(await running.platform.setupUrl()), tokenOf(await running.platform.setupUrl())]
      const answers = await Promise.all(tokens.map((token, index) => setUpWith(token, `a${index}@aldermoor.example`)))
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 410])
      expect(await running.platform.setupUrl()).toBeUndefined()
      expect((await running.admin<Problem>('POST', '/api/setup-links')).body.code).toBe('conflict')
    })

    test('organizations that nobody runs yet become his too', async () => {
      await running.admin('POST', '/api/organizations', { name: 'Made before' })
      const { url } = (await running.admin<LinkMade>('POST', '/api/setup-links')).body
      const { body } = await setUpWith(tokenOf(url))
      expect(body.organizations.map(({ name, role }) => [name, role])).toEqual([
        ['Aldermoor', 'owner'],
        ['Made before', 'owner'],
      ])
    })

    test('a link that somebody made up is none, whatever else is wrong', async () => {
      expect((await setUpWith('x'.repeat(43))).body.code).toBe('link_used')
    })

    test('the link is not in the log, and not in the database', async () => {
      const token = tokenOf(await running.platform.setupUrl())
      await setUpWith(token)
      expect(running.log()).not.toContain(token)
    })
  })
})

test('an outage of the database signs nobody out', async () => {
  const running = await start()
  const { owner } = await setUp(running)
  const store = await running.database.open()
  let isAway = false
  const db = store.db.withPlugin({
    transformQuery({ node }) {
      if (isAway) throw new StoreOutage('the database is away')
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const log = { debug: () => undefined, error: () => undefined }
  const people = createSignIn({ store: { ...store, db }, config: running.config, mail: undefined, baseUrl: () => 'http://localhost', log })
  const ask = () => people.personOf({ headers: { cookie: owner.cookie } })
  expect(await ask()).toMatchObject({ id: owner.id })
  isAway = true
  const error = await ask().catch((thrown: unknown) => thrown)
  expect(isOutage(error)).toBe(true)
  await running.close()
})

test('what has run out is taken out of the database, and nothing else', async () => {
  const database = await (databases[0] as (typeof databases)[number]).make()
  const store = await database.open()
  const time = Date.now()
  const running = await start({ database })
  const { owner, organizationId } = await setUp(running)
  await owner.ask('POST', `/api/organizations/${organizationId}/invitations`, { email: 'x@y.example', role: 'producer' })
  await running.platform.signInUrl(owner.email)
  await signIn(running, { email: owner.email, password: other })
  const tables = ['user_sessions', 'one_time_links', 'invitations', 'attempts'] as const
  const counts = () => Promise.all(tables.map(async (table) => (await store.db.selectFrom(table).selectAll().execute()).length))
  const parts = { store, config: { ...running.config }, organizations: createOrganizations({ store, now: () => time }) }
  const prune = async (at: number) => {
    const log = { debug: () => undefined, warn: () => undefined, error: () => undefined }
    const origins = { requireOwnOrigin: () => undefined }
    const team = await createTeam({ ...parts, origins, baseUrl: () => '', now: () => at, log })
    await team.prune()
    await team.close()
  }
  await prune(time)
  expect(await counts()).toEqual([1, 1, 1, 1])
  await prune(time + 15 * 86_400_000)
  expect(await counts()).toEqual([0, 0, 0, 0])
  await running.close()
  await database.drop()
})

test('a link runs out after a day', async () => {
  let time = Date.now()
  const running = await start({ now: () => time })
  const token = tokenOf(await running.platform.setupUrl())
  time += 24 * 60 * minute
  const answer = await fromPage<Problem>(running, {
    method: 'POST',
    path: '/api/setup',
    body: { token, name: 'Ada', email: 'ada@aldermoor.example', password, organizationName: 'Aldermoor' },
  })
  expect(answer.body.code).toBe('link_used')
  await running.close()
})

describe('links that sign in', () => {
  let running: Running
  let owner: Somebody
  beforeAll(async () => {
    running = await start()
    owner = (await setUp(running)).owner
  })
  afterAll(() => running.close())

  test('work as often as they are followed, from our own page alone', async () => {
    const body = { token: tokenOf(await running.platform.signInUrl(owner.email)) }
    for (let count = 0; count < 2; count += 1) {
      const answer = await fromPage<MeAnswer>(running, { method: 'POST', path: '/api/sign-in-links', body })
      expect(answer.body.user.id).toBe(owner.id)
      expect((await fromPage(running, { method: 'GET', path: '/api/me', cookie: cookiesOf(answer) })).status).toBe(200)
    }
    const elsewhere = await running.call<Problem>('/api/sign-in-links', {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
      body: JSON.stringify(body),
    })
    expect(elsewhere.body.code).toBe('origin_denied')
  })

  test('are made for those alone who have an account, and none can be made up', async () => {
    expect(await running.platform.signInUrl('nobody@aldermoor.example')).toBeUndefined()
    const answer = await fromPage<Problem>(running, { method: 'POST', path: '/api/sign-in-links', body: { token: 'x'.repeat(43) } })
    expect(answer.body.code).toBe('link_used')
  })
})

describe('other pages', () => {
  test('cannot sign anybody in or out, nor set up', async () => {
    const running = await start()
    const { owner } = await setUp(running)
    const paths = ['sign-in/email', 'sign-out', 'change-password', 'two-factor/verify-totp', 'reset-password'].map(
      (name) => `/api/auth/${name}`,
    )
    for (const path of [...paths, '/api/setup', '/api/sign-in-links', '/api/invitations/accept']) {
      for (const origin of ['https://evil.example', 'null', undefined]) {
        const answer = await running.call<Problem>(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', cookie: owner.cookie, ...(origin === undefined ? {} : { origin }) },
          body: JSON.stringify({ email: owner.email, password }),
        })
        expect([path, answer.body.code]).toEqual([path, 'origin_denied'])
        expect(answer.headers.getSetCookie()).toEqual([])
      }
    }
    await running.close()
  })
})

describe('the cookie', () => {
  const attributesOf = async (env: Record<string, string>, origin: string) => {
    const running = await start({ env })
    const { hostname } = new URL(origin)
    const made = await running.call('/api/setup', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin,
        ...(env.TRUST_PROXY === undefined ? {} : { 'x-forwarded-proto': 'https', 'x-forwarded-host': hostname }),
      },
      body: JSON.stringify({
        token: tokenOf(await running.platform.setupUrl()),
        name: 'Ada',
        email: 'ada@aldermoor.example',
        password,
        organizationName: 'Aldermoor',
      }),
    })
    const me = await running.call('/api/me', { headers: { cookie: cookiesOf(made) } })
    const plain = await running.call('/api/me', { headers: { cookie: cookiesOf(made).replace('__Host-', '') } })
    await running.close()
    return { set: made.headers.getSetCookie()[0] ?? '', me: me.status, plain: plain.status }
  }

  test('is Secure and held to the host where people come by https', async () => {
    const { set, me, plain } = await attributesOf({ PUBLIC_URL: 'https://live.example.com' }, 'https://live.example.com')
    expect(set).toMatch(/^__Host-voila\.session_token=/)
    for (const attribute of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) expect(set.split('; ')).toContain(attribute)
    expect(set).not.toMatch(/Domain/i)
    expect([me, plain]).toEqual([200, 401])
  })

  test('is plain on http, and still HttpOnly and Lax', async () => {
    const { set, me } = await attributesOf({ ALLOWED_ORIGINS: 'http://localhost:1' }, 'http://localhost:1')
    expect(set).toMatch(/^voila\.session_token=/)
    expect(set.split('; ')).not.toContain('Secure')
    for (const attribute of ['HttpOnly', 'SameSite=Lax']) expect(set.split('; ')).toContain(attribute)
    expect(me).toBe(200)
  })
})

describe('with a mail server', () => {
  let mails: Mails
  let running: Running
  let owner: Somebody
  beforeAll(async () => {
    mails = await startMails()
    running = await start({ env: { SMTP_URL: mails.url, MAIL_FROM: 'Voilà <live@aldermoor.example>' } })
    owner = (await setUp(running)).owner
  })
  afterAll(async () => {
    await running.close()
    await mails.close()
  })
  const request = (email: string) =>
    fromPage<Problem>(running, { method: 'POST', path: '/api/auth/request-password-reset', body: { email } })

  test('a link for a new password is mailed to whoever has an account, and the answer does not tell', async () => {
    expect((await running.call<SetupAnswer>('/api/setup')).body).toEqual({ open: false, mail: true })
    const [known, unknown] = [await request(owner.email), await request('nobody@aldermoor.example')]
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text])
    await expect.poll(() => mails.received.length).toBe(1)
    expect(mails.received[0]?.to).toBe(owner.email)
    const token = /\/backstage\/reset-password#token=(\S+)/.exec(mails.received[0]?.text ?? '')?.[1] ?? ''
    const reset = await fromPage(running, { method: 'POST', path: '/api/auth/reset-password', body: { token, newPassword: other } })
    expect(reset.status).toBe(200)
    expect((await signIn(running, { email: owner.email, password: other })).status).toBe(200)
    expect(running.log()).not.toContain(token)
  })

  test('nobody’s letter box is filled', async () => {
    const answers = []
    for (let count = 0; count < 12; count += 1) answers.push(await request('full@aldermoor.example'))
    expect(answers.at(-1)?.body.code).toBe('rate_limited')
  })
})

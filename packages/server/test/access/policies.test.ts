// Owns: what a program's policies promise at each way in, by the page and by the embedded player, on both databases.
import type { AdmissionAnswer, DoorFacts, Problem, ProgramPatch, RefusalAnswer } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { databases } from '../databases.ts'
import { Client, until } from '../live/client.ts'
import { type Answer, cookieOf, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

type Policy = z.infer<typeof ProgramPatch>
type Entered = Partial<AdmissionAnswer> & Partial<Problem>

/** The ways into a program for a person: the link of our own page, the same with a page that posts it, and the embedded player. */
const ways = ['page', 'embed'] as const
type Way = (typeof ways)[number]

/** Somebody's browser: it has one cookie, and in an iframe none. */
type Browser = { cookie?: string }

for (const { kind, skip } of databases) {
  describe.skipIf(skip())(`policies on ${kind}`, () => {
    let running: Running
    let signer: Signer
    let clock: number
    let clients: Client[] = []

    beforeAll(async () => {
      clock = Date.now()
      running = await start({ kind, now: () => clock })
      signer = await makeSigner(running)
    })
    afterEach(async () => {
      await Promise.all(clients.map((client) => client.cut()))
      clients = []
    })
    afterAll(() => running.close())

    const pathTo = (id: string, rest = '') => `/api/programs/${id}${rest}`
    async function program(policy: Policy = {}, state: 'scheduled' | 'live' = 'live'): Promise<string> {
      const id = await makeProgram(running, signer, { state })
      const patched = await running.admin('PATCH', pathTo(id), policy)
      expect(patched.status, patched.text).toBe(200)
      return id
    }
    const token = (id: string, claims: Parameters<typeof tokenOf>[2] = {}, at = clock) => tokenOf(signer, id, claims, at)
    const bad = (id: string) => token(id, {}, clock - 86_400_000)

    /** What a page's script or the player sends. */
    async function enter(way: Way, id: string, body: { token?: string; name?: string }, browser: Browser = {}): Promise<Answer<Entered>> {
      const answer = await running.call<Entered>(pathTo(id, way === 'page' ? '/session' : '/sessions'), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(way === 'page' ? { origin: running.platform.url } : {}),
          ...(way === 'page' && browser.cookie !== undefined ? { cookie: browser.cookie } : {}),
        },
        body: JSON.stringify(body),
      })
      if (way === 'page' && answer.status === 201) browser.cookie = cookieOf(answer).cookie
      return answer
    }
    const follow = (id: string, query = '', browser: Browser = {}) =>
      running.call(`/${id}${query}`, { headers: browser.cookie === undefined ? {} : { cookie: browser.cookie } })
    const factsIn = ({ text }: Answer): DoorFacts => JSON.parse(/id="voila-door">([^<]+)</.exec(text)?.[1] ?? 'null') as DoorFacts
    const problemIn = ({ text }: Answer): Problem => JSON.parse(/id="voila-refusal">([^<]+)</.exec(text)?.[1] ?? 'null') as Problem
    const outcome = ({ status, body }: Answer<Entered>): string => (status === 201 ? 'in' : `${status} ${body.code}`)

    async function connect(id: string, answer: Answer<Entered>, browser: Browser = {}): Promise<Client> {
      const session = answer.body.session?.token
      const client = new Client({
        ...(session === undefined ? {} : { session }),
        headers: { origin: running.platform.url, ...(browser.cookie === undefined ? {} : { cookie: browser.cookie }) },
      } as ConstructorParameters<typeof Client>[0])
      clients.push(client)
      await client.connect(`${running.platform.url.replace('http', 'ws')}${pathTo(id, '/socket')}`)
      return client
    }

    // Access times what somebody brings: who is let in, as whom, and what is said of a token that counts for nothing.
    const openings: { policy: Policy; brings: 'nothing' | 'a good token' | 'a bad token'; name?: string; expected: object }[] = [
      { policy: {}, brings: 'nothing', expected: { code: 'token_missing' } },
      { policy: {}, brings: 'a good token', expected: { attendee: { displayName: 'Amélie Laurent' } } },
      { policy: {}, brings: 'a bad token', expected: { code: 'expired' } },
      { policy: { access: 'public' }, brings: 'nothing', expected: { code: 'name_needed' } },
      {
        policy: { access: 'public' },
        brings: 'nothing',
        name: ' Bo\u202e  B ',
        expected: { attendee: { displayName: 'Bo B', guest: true } },
      },
      { policy: { access: 'public' }, brings: 'nothing', name: 'Alder-Moor', expected: { code: 'name_taken' } },
      { policy: { access: 'public' }, brings: 'a good token', expected: { attendee: { displayName: 'Amélie Laurent' } } },
      { policy: { access: 'public' }, brings: 'a bad token', expected: { code: 'name_needed', tokenRefused: 'expired' } },
      {
        policy: { access: 'public' },
        brings: 'a bad token',
        name: 'Bo',
        expected: { attendee: { displayName: 'Bo', guest: true }, tokenRefused: 'expired' },
      },
      {
        policy: { access: 'public', anonymous: 'watch' },
        brings: 'nothing',
        expected: { attendee: { displayName: 'Guest', guest: true } },
      },
      {
        policy: { access: 'public', anonymous: 'watch' },
        brings: 'a bad token',
        expected: { attendee: { guest: true }, tokenRefused: 'expired' },
      },
      {
        policy: { access: 'public', anonymous: 'watch', partnerKeys: false },
        brings: 'a good token',
        expected: { attendee: { guest: true }, tokenRefused: 'keys_off' },
      },
    ]
    const cases = openings.flatMap((each) =>
      ways.map((way) => ({ ...each, way, words: JSON.stringify(each.policy), named: each.name ?? 'no name' })),
    )
    test.each(cases)('by the $way of $words with $brings and $named', async ({ way, policy, brings, name, expected }) => {
      const id = await program(policy)
      const given = brings === 'nothing' ? {} : { token: brings === 'a good token' ? token(id) : bad(id) }
      const answer = await enter(way, id, { ...given, ...(name === undefined ? {} : { name }) })
      expect(answer.body).toMatchObject(expected)
      if (brings !== 'a bad token') return
      const { items } = (await running.admin<{ items: RefusalAnswer[] }>('GET', pathTo(id, '/refusals'))).body
      const written = async () => (await running.admin<{ items: RefusalAnswer[] }>('GET', pathTo(id, '/refusals'))).body.items
      if (items.length === 0) await until('the refusal is written', async () => (await written()).length > 0)
      expect((await written())[0]).toMatchObject({ code: 'expired' })
    })

    test('the address of a public program shows the door, and says why a token counted for nothing', async () => {
      const id = await program({ access: 'public', signInUrl: 'https://intranet.example.com/show' })
      expect([(await follow(id)).status, factsIn(await follow(id))]).toEqual([
        200,
        { guests: 'name', signInUrl: 'https://intranet.example.com/show' },
      ])
      const refused = await follow(id, `?token=${bad(id)}`)
      expect(refused.headers.get('cache-control')).toBe('no-store')
      expect(factsIn(refused)).toMatchObject({ guests: 'name', tokenRefused: 'expired' })
      expect((await follow(id, `?token=${token(id)}`)).status).toBe(303)
      expect(problemIn(await follow(await program())).code).toBe('token_missing')
    })

    test('our own page alone makes a browser enter', async () => {
      const id = await program({ access: 'public' })
      for (const origin of ['https://elsewhere.example', 'null']) {
        const answer = await running.call<Problem>(pathTo(id, '/session'), {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin },
          body: JSON.stringify({ name: 'Bo' }),
        })
        expect([answer.body.code, answer.headers.getSetCookie()]).toEqual(['origin_denied', []])
      }
    })

    test('a guest is marked to the others, and is the same in the same browser', async () => {
      const id = await program({ access: 'public' })
      const browser: Browser = {}
      const first = await enter('page', id, { name: 'Bo' }, browser)
      const again = await enter('page', id, { name: 'Bo again' }, browser)
      expect(again.body.attendee?.id).toBe(first.body.attendee?.id)
      const client = await connect(id, await enter('embed', id, { name: 'Cy' }))
      expect(client.replica.readies[0]?.self.attendee).toMatchObject({ displayName: 'Cy', guest: true })
    })

    test('guests who watch take no part; guests with a name do, until the program says otherwise', async () => {
      const id = await program({ access: 'public' })
      const { body } = await enter('embed', id, { name: 'Bo' })
      const say = () =>
        running.call<Problem>(pathTo(id, '/commands'), {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${body.session?.token}` },
          body: JSON.stringify({ id: crypto.randomUUID(), activity: 'chat', command: { type: 'post', text: 'Hello' } }),
        })
      expect((await say()).status).toBe(200)
      await running.admin('PATCH', pathTo(id), { anonymous: 'watch' })
      expect((await say()).body.code).toBe('watch_only')
    })

    test('guests go when a program turns private, and people with tokens stay', async () => {
      const id = await program({ access: 'public' })
      const guest = await connect(id, await enter('embed', id, { name: 'Bo' }))
      const person = await connect(id, await enter('embed', id, { token: token(id) }))
      await running.admin('PATCH', pathTo(id), { access: 'private' })
      await until('the guest is out', () => guest.closed !== undefined)
      expect(guest.closed).toMatchObject({ code: 4403, reason: 'session_revoked' })
      expect(person.closed).toBeUndefined()
    })

    test.each(ways)('once: by the %s a token lets one browser in, and that one again', async (way) => {
      const id = await program({ tokenUse: 'once' })
      const [mine, other]: Browser[] = [{}, {}]
      const once = token(id, { sub: `once-${way}` })
      expect(outcome(await enter(way, id, { token: once }, mine))).toBe('in')
      // A player in an iframe keeps its session; it has no cookie to be known by.
      expect(outcome(await enter(way, id, { token: once }, mine))).toBe(way === 'page' ? 'in' : '403 token_used')
      expect(outcome(await enter('page', id, { token: once }, other))).toBe('403 token_used')
      expect(outcome(await enter('embed', id, { token: once }))).toBe('403 token_used')
      expect(outcome(await enter(way, id, { token: token(id, { sub: `once-${way}` }) }, other))).toBe('in')
    })

    test('once: looking at the link burns nothing, whoever looks, and the page keeps the token to itself', async () => {
      const id = await program({ tokenUse: 'once' })
      const link = `?token=${token(id)}`
      for (let look = 0; look < 3; look += 1) {
        const page = await follow(id, link)
        expect([page.status, page.headers.get('cache-control'), page.headers.get('referrer-policy')]).toEqual([
          200,
          'no-store',
          'no-referrer',
        ])
        expect(page.headers.getSetCookie()).toEqual([])
        expect(factsIn(page)).toEqual({ guests: 'none', exchanges: true })
        expect(page.text).not.toContain('eyJ')
      }
      expect(outcome(await enter('page', id, { token: link.slice('?token='.length) }))).toBe('in')
    })

    test('once: a token that is refused is not burnt', async () => {
      const id = await program({ tokenUse: 'once', doorsMinutes: 10 }, 'scheduled')
      const once = token(id)
      expect(outcome(await enter('page', id, { token: once }))).toBe('403 doors_closed')
      await running.admin('PATCH', pathTo(id), { doorsMinutes: null, concurrency: 'refuse' })
      const browser: Browser = {}
      const first = await enter('page', id, { token: token(id) }, browser)
      const client = await connect(id, first, browser)
      await until(
        'he is there',
        async () => (await running.admin<{ items: unknown[] }>('GET', pathTo(id, '/audience'))).body.items.length === 1,
      )
      expect(outcome(await enter('page', id, { token: once }))).toBe('409 already_here')
      await client.cut()
      expect(outcome(await enter('page', id, { token: once }))).toBe('in')
    })

    test.each(ways)('newest: by the %s the place where somebody came last is the one, and the other is told', async (way) => {
      const id = await program({ concurrency: 'newest' })
      const [one, two]: Browser[] = [{}, {}]
      const first = await connect(id, await enter(way, id, { token: token(id) }, one), one)
      const second = await connect(id, await enter(way, id, { token: token(id) }, two), two)
      await until('the first is out', () => first.closed !== undefined)
      expect(first.closed).toMatchObject({ code: 4409, reason: 'session_replaced' })
      expect(second.closed).toBeUndefined()
      const someoneElse = await enter(way, id, { token: token(id, { sub: 'else' }) })
      expect(outcome(someoneElse)).toBe('in')
      expect(second.closed).toBeUndefined()
    })

    test.each(ways)('refuse: by the %s nobody takes a second place, and whoever reloads keeps his', async (way) => {
      const id = await program({ concurrency: 'refuse' })
      const [one, two]: Browser[] = [{}, {}]
      const first = await enter(way, id, { token: token(id) }, one)
      const client = await connect(id, first, one)
      await until(
        'he is there',
        async () => (await running.admin<{ items: unknown[] }>('GET', pathTo(id, '/audience'))).body.items.length === 1,
      )
      expect(outcome(await enter(way, id, { token: token(id) }, two))).toBe('409 already_here')
      expect(client.closed).toBeUndefined()
      // A reload: away, and back within a moment by a new exchange.
      await client.cut()
      expect(outcome(await enter(way, id, { token: token(id) }, one))).toBe('in')
    })

    test('unlimited: the same person in two places, both stay', async () => {
      const id = await program()
      const first = await connect(id, await enter('embed', id, { token: token(id) }))
      const second = await connect(id, await enter('embed', id, { token: token(id) }))
      expect([first.closed, second.closed]).toEqual([undefined, undefined])
    })

    test.each(['keep', 'end'] as const)('at the end of the token: %s', async (atExpiry) => {
      const id = await program({ atExpiry })
      const entered = await enter('embed', id, { token: token(id) })
      const client = await connect(id, entered)
      const session = () =>
        running.call<Problem>(pathTo(id, '/session'), { headers: { authorization: `Bearer ${entered.body.session?.token}` } })
      clock += 3_600_000 + 61_000
      if (atExpiry === 'keep') {
        expect((await session()).status).toBe(200)
        expect(client.closed).toBeUndefined()
        return
      }
      await until('the socket ends', () => client.closed !== undefined)
      expect(client.closed).toMatchObject({ code: 4419, reason: 'expired' })
      expect((await session()).body.code).toBe('expired')
    })

    test('an address of the picture lasts no longer than the token where the program ends with it', async () => {
      const id = await program({ atExpiry: 'end' })
      const entered = await enter('embed', id, { token: token(id) })
      clock += 3_600_000 + 30_000
      const { body } = await running.call<{ expiresAt: string }>(pathTo(id, '/media'), {
        method: 'POST',
        headers: { authorization: `Bearer ${entered.body.session?.token}` },
      })
      expect(Date.parse(body.expiresAt)).toBeLessThanOrEqual(clock + 31_000)
    })

    test.each(ways)('doors: by the %s nobody is in before they open, everybody is told when, and then they are', async (way) => {
      const startsAt = new Date(Math.ceil(clock / 1_000) * 1_000 + 3_600_000).toISOString()
      const id = await program({ startsAt, doorsMinutes: 15 }, 'scheduled')
      const opensAt = new Date(Date.parse(startsAt) - 900_000).toISOString()
      const early = await enter(way, id, { token: token(id) })
      expect(early.body).toMatchObject({ code: 'doors_closed', opensAt })
      const page = await follow(id, `?token=${token(id)}`)
      expect([page.status, problemIn(page)]).toMatchObject([403, { code: 'doors_closed', opensAt }])
      // Nobody without a good token learns when.
      expect((await enter(way, id, { token: bad(id) })).body).toMatchObject({ code: 'expired' })
      clock = Date.parse(opensAt)
      expect(outcome(await enter(way, id, { token: token(id) }))).toBe('in')
    })

    test('doors: whoever is in goes when they are closed after him, and a program that is live has none', async () => {
      const startsAt = new Date(clock + 3_600_000).toISOString()
      const id = await program({ startsAt }, 'scheduled')
      const client = await connect(id, await enter('embed', id, { token: token(id) }))
      await running.admin('PATCH', pathTo(id), { doorsMinutes: 5 })
      await until('he is out', () => client.closed !== undefined)
      expect(client.closed).toMatchObject({ reason: 'doors_closed' })
      await running.admin('POST', pathTo(id, '/state'), { to: 'live' })
      expect(outcome(await enter('embed', id, { token: token(id) }))).toBe('in')
    })

    test('the pages of the organization may embed each of its programs, beside those of the program', async () => {
      const id = await program({ embedOrigins: ['https://one.example'] })
      const other = await makeSigner(running, { name: 'Elsewhere' })
      const otherId = await makeProgram(running, other)
      await running.admin('PATCH', `/api/organizations/${signer.organizationId}`, { embedOrigins: ['https://all.example'] })
      const ancestors = async (program: string) =>
        /frame-ancestors ([^;]+)/.exec((await running.call(`/embed/${program}`)).headers.get('content-security-policy') ?? '')?.[1]
      expect(await ancestors(id)).toBe('https://all.example https://one.example')
      expect(await ancestors(otherId)).toBe("'none'")
    })
  })
}

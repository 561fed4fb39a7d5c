// Owns: a show from a producer's seat: who is there, the curve, what he takes away, the checklist, and what keys may; over real sockets.
import type {
  AudienceAnswer,
  AudienceCurve,
  ChecklistAnswer,
  ListAnswer,
  PartnerKeyAnswer,
  Problem,
  Program,
  RefusalAnswer,
} from '@voila/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../databases.ts'
import { Client, until } from '../live/client.ts'
import { exchange, makeProgram, makeSigner, type Running, type Signer, start, tokenOf } from '../running.ts'

for (const { kind, skip } of databases) {
  describe.skipIf(skip())(`a show on ${kind}`, () => {
    let running: Running
    let signer: Signer
    let clients: Client[] = []
    const clock = { shiftMs: 0 }

    beforeAll(async () => {
      running = await start({ kind, now: () => Date.now() + clock.shiftMs })
      signer = await makeSigner(running)
    })
    afterEach(async () => {
      await Promise.all(clients.map((client) => client.cut()))
      clients = []
    })
    afterAll(() => running.close())

    const pathTo = (id: string, rest = '') => `/api/programs/${id}${rest}`
    const people = {
      amelie: { sub: 'amelie', given_name: 'Amélie', family_name: 'Laurent', email: 'amelie@aldermoor.example', sharePersonalData: true },
      jonas: { sub: 'jonas', given_name: 'Jonas', family_name: 'Weber', email: 'jonas@aldermoor.example', sharePersonalData: false },
      formula: { sub: 'formula', given_name: '=HYPERLINK("http://x")', email: '+1@aldermoor.example', sharePersonalData: true },
    }
    async function enter(id: string, who: keyof typeof people): Promise<Client> {
      const { body } = await exchange(running, id, tokenOf(signer, id, people[who]))
      const client = new Client({ session: body.session.token })
      clients.push(client)
      await client.connect(`${running.platform.url.replace('http', 'ws')}${pathTo(id, '/socket')}`)
      return client
    }
    const audience = async (id: string, query = '') =>
      (await running.admin<ListAnswer<AudienceAnswer>>('GET', pathTo(id, `/audience${query}`))).body.items

    test('the audience is who is at a socket: listed, counted, searched, sent away, and in the file afterwards', async () => {
      const id = await makeProgram(running, signer, { title: 'Réunion, générale' })
      await running.admin('PATCH', pathTo(id), { timeZone: 'Europe/Paris' })
      await Promise.all([enter(id, 'amelie'), enter(id, 'amelie'), enter(id, 'jonas')])
      await until('three sockets of two people are listed', async () => (await audience(id)).length === 2)
      const listed = await audience(id)
      expect(listed.map(({ displayName }) => displayName).sort()).toEqual([
        expect.stringMatching(/^Amélie Laurent$/),
        expect.stringMatching(/^Attendee /),
      ])
      expect(listed.find(({ givenName }) => givenName === 'Amélie')).toMatchObject({ sessions: 2, email: 'amelie@aldermoor.example' })
      expect(JSON.stringify(listed)).not.toMatch(/Jonas|Weber|jonas/)
      expect(await audience(id, '?search=laurent')).toHaveLength(1)
      expect(await audience(id, '?search=weber')).toEqual([])
      expect((await running.admin<Program>('GET', pathTo(id))).body.viewers).toBe(2)
      const [inList] = (await running.admin<ListAnswer<Program>>('GET', `/api/organizations/${signer.organizationId}/programs`)).body.items
      expect(inList).toMatchObject({ id, viewers: 2, live: false })
      const curve = (await running.admin<AudienceCurve>('GET', pathTo(id, '/audience/curve'))).body
      expect(curve).toMatchObject({ now: 2, total: 2 })

      const [amelie] = await audience(id, '?search=laurent')
      clock.shiftMs += 120_000
      expect((await running.admin('POST', pathTo(id, `/attendees/${amelie?.id}/revoke`))).status).toBe(204)
      await until('her sockets end, with the code of an ended visit', () =>
        clients.slice(0, 2).every((client) => client.closed?.code === 4403),
      )
      await until('she is there no more', async () => (await audience(id)).length === 1)

      const csv = await running.admin('GET', pathTo(id, '/audience.csv'))
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
      expect(decodeURIComponent(/filename\*=UTF-8''(.+)$/.exec(csv.headers.get('content-disposition') ?? '')?.[1] ?? '')).toBe(
        'Réunion, générale - audience.csv',
      )
      const [head, ...lines] = csv.text.replace('\ufeff', '').trim().split('\n')
      expect(head).toBe('name,e-mail,from (Europe/Paris),to (Europe/Paris),minutes')
      expect(lines).toHaveLength(2)
      expect(lines.find((line) => line.startsWith('Amélie'))).toMatch(
        /^Amélie Laurent,amelie@aldermoor\.example,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,2(\.\d)?$/,
      )
      expect(lines.find((line) => line.startsWith('Attendee '))).toMatch(/^Attendee [0-9A-F]{8},,/)
      expect(csv.text).not.toMatch(/Jonas|Weber|jonas/)
    })

    test('no cell of the file is a formula', async () => {
      const id = await makeProgram(running, signer)
      await enter(id, 'formula')
      await until('he is listed', async () => (await audience(id)).length === 1)
      const { text } = await running.admin('GET', pathTo(id, '/audience.csv'))
      const [, line = ''] = text.trim().split('\n')
      expect(line).toMatch(/^"'=HYPERLINK\(""http:\/\/x""\) Laurent",'\+1@aldermoor\.example,\d/)
    })

    test('when a program is deleted its sockets end for good, and say that there is no such program', async () => {
      const id = await makeProgram(running, signer)
      const client = await enter(id, 'amelie')
      await running.admin('POST', pathTo(id, '/state'), { to: 'ended' })
      expect((await running.admin('DELETE', pathTo(id))).status).toBe(204)
      await until('the socket ends', () => client.closed !== undefined)
      expect(client.closed).toMatchObject({ code: 4403, reason: 'program_unknown' })
    })

    test('the look of a program reaches those who are there as it changes', async () => {
      const id = await makeProgram(running, signer)
      const client = await enter(id, 'amelie')
      await running.admin('PATCH', pathTo(id), { accent: '#0a7f5a' })
      await until(
        'the accent is told',
        () => (client.replica.latest.get('program')?.value as { accent?: string } | undefined)?.accent === '#0a7f5a',
      )
    })

    describe('the checklist', () => {
      test('ticks itself, a step at a time, by what happens', async () => {
        const fresh = await running.admin<{ id: string }>('POST', '/api/organizations', { name: 'New' })
        const organizationId = fresh.body.id
        const read = async () => (await running.admin<ChecklistAnswer>('GET', `/api/organizations/${organizationId}/checklist`)).body
        const ticked = async () =>
          Object.entries(await read())
            .filter(([, done]) => done)
            .map(([step]) => step)
        expect(await ticked()).toEqual([])
        const own = await makeSigner(running, { organizationId })
        expect(await ticked()).toEqual(['key'])
        const id = await makeProgram(running, own, { state: 'draft' })
        expect(await ticked()).toEqual(['key', 'program'])
        await running.admin('PATCH', pathTo(id), { embedOrigins: ['https://intranet.example'] })
        expect(await ticked()).toEqual(['key', 'program', 'access'])
        for (const to of ['scheduled', 'live']) await running.admin('POST', pathTo(id, '/state'), { to })
        const { body } = await exchange(running, id, tokenOf(own, id))
        await until('the token is counted', async () => (await read()).token)
        expect(await ticked()).toEqual(['key', 'program', 'access', 'token'])
        const client = new Client({ session: body.session.token })
        clients.push(client)
        await client.connect(`${running.platform.url.replace('http', 'ws')}${pathTo(id, '/socket')}`)
        await until('the visit is written', async () => (await read()).watch)
        expect(await ticked()).toEqual(['key', 'program', 'access', 'token', 'watch'])
      })
    })

    describe('partner keys', () => {
      const keyPath = (kid: string) => `/api/organizations/${signer.organizationId}/partner-keys/${kid}`
      const show = async (kid: string) => (await running.admin<PartnerKeyAnswer>('GET', keyPath(kid))).body

      test('get another name and other roles, from the next admission on', async () => {
        const id = await makeProgram(running, signer)
        const own = await makeSigner(running, { organizationId: signer.organizationId })
        const moderator = { sub: 'mod', roles: [{ name: 'ROLE_MODERATOR', eventId: id }] }
        expect((await exchange(running, id, tokenOf(own, id, moderator))).status).toBe(403)
        const patched = await running.admin<PartnerKeyAnswer>('PATCH', keyPath(own.kid), {
          name: 'Portal',
          allowedRoles: ['ROLE_ATTENDEE', 'ROLE_MODERATOR', 'ROLE_MODERATOR'],
        })
        expect(patched.body).toMatchObject({ name: 'Portal', allowedRoles: ['ROLE_ATTENDEE', 'ROLE_MODERATOR'], kid: own.kid })
        expect((await exchange(running, id, tokenOf(own, id, moderator))).status).toBe(201)
        await running.admin('PATCH', keyPath(own.kid), { allowedRoles: ['ROLE_ATTENDEE'] })
        const refused = await exchange(running, id, tokenOf(own, id, moderator))
        expect((refused.body as unknown as Problem).code).toBe('role_not_allowed')
        expect(await show(own.kid)).toMatchObject({ name: 'Portal', state: 'active' })
        expect((await running.admin<Problem>('PATCH', keyPath('pk_0000000000000000000000'), { name: 'x' })).body.code).toBe('key_unknown')
        for (const wrong of [{ pem: 'x' }, { allowedRoles: [] }, { name: ' ' }]) {
          expect((await running.admin<Problem>('PATCH', keyPath(own.kid), wrong)).body.code).toBe('invalid_request')
        }
      })

      test('tell how they were used in the last day, and how many sessions revoking them would end', async () => {
        const id = await makeProgram(running, signer)
        const own = await makeSigner(running, { organizationId: signer.organizationId })
        for (const sub of ['a', 'b', 'c']) await exchange(running, id, tokenOf(own, id, { sub }, Date.now() + clock.shiftMs))
        await exchange(running, id, tokenOf(own, 'zzzzzzzzzzzz', {}, Date.now() + clock.shiftMs))
        await until('the flush', async () => (await show(own.kid)).accepted === 3)
        expect(await show(own.kid)).toMatchObject({ accepted: 3, refused: 1, lastDay: { accepted: 3, refused: 1 }, openSessions: 3 })
        const list = await running.admin<ListAnswer<PartnerKeyAnswer>>('GET', `/api/organizations/${signer.organizationId}/partner-keys`)
        expect(list.body.items.find(({ kid }) => kid === own.kid)).toMatchObject({ lastDay: { accepted: 3, refused: 1 }, openSessions: 3 })
        clock.shiftMs += 25 * 3_600_000
        await exchange(running, id, tokenOf(own, id, { sub: 'd' }, Date.now() + clock.shiftMs))
        await until('the flush', async () => (await show(own.kid)).accepted === 4)
        // The first three are over, as sessions too.
        expect(await show(own.kid)).toMatchObject({ refused: 1, lastDay: { accepted: 1, refused: 0 }, openSessions: 1 })
        expect((await running.admin<PartnerKeyAnswer>('POST', `${keyPath(own.kid)}/revoke`)).body).toMatchObject({ openSessions: 0 })
      })

      test('switched off at a program, none admits; who is in stays, and nothing of a token is written down', async () => {
        const id = await makeProgram(running, signer)
        const at = () => Date.now() + clock.shiftMs
        const inside = (await exchange(running, id, tokenOf(signer, id, { sub: 'early' }, at()))).body.session.token
        await running.admin('PATCH', pathTo(id), { partnerKeys: false })
        for (const token of [tokenOf(signer, id, { sub: 'late' }, at()), 'nonsense']) {
          const refused = await exchange(running, id, token)
          expect([refused.status, (refused.body as unknown as Problem).code]).toEqual([403, 'keys_off'])
        }
        expect((await running.call(`/${id}?token=${tokenOf(signer, id, {}, at())}`)).status).toBe(403)
        const session = await running.call(pathTo(id, '/session'), { headers: { authorization: `Bearer ${inside}` } })
        expect(session.status).toBe(200)
        const refusals = async () => (await running.admin<ListAnswer<RefusalAnswer>>('GET', pathTo(id, '/refusals'))).body.items
        await until('the refusals are written', async () => (await refusals()).length === 3)
        expect(await refusals()).toContainEqual({
          at: expect.any(String),
          code: 'keys_off',
          claim: null,
          kid: null,
          programId: id,
          subject: null,
        })
        await running.admin('PATCH', pathTo(id), { partnerKeys: true })
        expect((await exchange(running, id, tokenOf(signer, id, { sub: 'late' }, at()))).status).toBe(201)
      })
    })
  })
}

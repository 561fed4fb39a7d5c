// Owns: what is promised of admission, keys, sessions and people, on both databases, and between two nodes.
import { createPrivateKey, randomUUID } from 'node:crypto'
import type { Refusal } from '@voila/protocol'
import { type AttendeeClaims, generateKeyPair, signToken } from '@voila/tokens'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Access, createAccess } from '../src/access/access.ts'
import { createOrganizations } from '../src/backstage/organizations.ts'
import { createPrograms, type Programs } from '../src/backstage/programs.ts'
import { createOutgoing } from '../src/http/outgoing.ts'
import type { Store } from '../src/store/store.ts'
import { databases, type TestDatabase } from './databases.ts'

type Node = { store: Store; programs: Programs; access: Access; close(): Promise<void> }

const page = { limit: 100, after: undefined }
const pairs = [generateKeyPair(), generateKeyPair()] as const
/** Parsed once: thousands of tokens are signed with them. */
const parsed = new Map(pairs.map(({ privateKey }) => [privateKey, createPrivateKey(privateKey)]))

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`access on ${kind}`, () => {
    let database: TestDatabase
    let node: Node
    let clock: number
    let organizationId: string
    let programId: string
    let kid: string
    const now = () => clock

    async function open(): Promise<Node> {
      const store = await database.open()
      const programs = createPrograms({ store, now })
      await programs.refresh()
      const access = await createAccess({
        store,
        programs,
        outgoing: createOutgoing({ privateHosts: [], ca: undefined }),
        sessionSeconds: 3_600,
        sessionMaxSeconds: 86_400,
        now,
        log: { warn: () => undefined },
      })
      return {
        store,
        programs,
        access,
        async close() {
          await access.close()
          programs.close()
        },
      }
    }

    function token(
      claims: Partial<AttendeeClaims> = {},
      signer: { kid: string; privateKey: string } = { kid, privateKey: pairs[0].privateKey },
    ): string {
      return signToken(
        { organization_id: organizationId, given_name: 'Ann', family_name: 'Lee', sub: 'ann', roles: [{ eventId: programId }], ...claims },
        {
          kid: signer.kid,
          privateKey: parsed.get(signer.privateKey) ?? signer.privateKey,
          expiresInSeconds: 600,
          now: Math.floor(clock / 1_000),
        },
      )
    }
    const admit = (claims: Partial<AttendeeClaims> = {}, on = node) => on.access.admit({ programId, token: token(claims) })
    const codeOf = (promise: Promise<unknown>): Promise<string> =>
      promise.then(
        () => 'admitted',
        (error: Refusal) => error.code ?? String(error),
      )

    beforeEach(async () => {
      clock = Date.now()
      database = await make()
      node = await open()
      organizationId = (await createOrganizations({ store: node.store, now }).create({ name: 'Aldermoor' })).id
      kid = (await node.access.partnerKeys.declare(organizationId, { name: 'Intranet', pem: pairs[0].publicKey })).kid
      programId = (await node.programs.create(organizationId, { title: 'Show', startsAt: '2030-01-01T00:00:00Z' })).id
      await node.programs.setState(programId, 'scheduled')
    })
    afterEach(async () => {
      await node.close()
      await database.drop()
    })

    test('2,000 admissions at once all succeed, each is durable when it is answered, and none is lost', { timeout: 90_000 }, async () => {
      const tokens = Array.from({ length: 2_000 }, (_, index) => token({ sub: `person-${index % 1_500}`, given_name: `P${index}` }))
      const answers = await Promise.all(tokens.map((each) => node.access.admit({ programId, token: each })))
      expect(new Set(answers.map(({ token: bearer }) => bearer)).size).toBe(2_000)
      const count = async (table: 'sessions' | 'attendees') =>
        (
          await node.store.db
            .selectFrom(table)
            .select((eb) => eb.fn.countAll<number>().as('count'))
            .executeTakeFirstOrThrow()
        ).count
      expect([await count('sessions'), await count('attendees')]).toEqual([2_000, 1_500])
      const last = answers.at(-1)
      await node.close()
      node = await open()
      const again = await node.access.sessionOf({ programId, bearer: last?.token })
      expect(again).toEqual(last?.session)
    })

    test('a session lasts its time whatever the token’s exp, and no longer', async () => {
      const { session, token: bearer } = await admit()
      expect(session.expiresAt).toBe(clock + 3_600_000)
      clock += 3_599_000
      expect((await node.access.sessionOf({ programId, bearer })).id).toBe(session.id)
      clock += 1_000
      expect(await codeOf(node.access.sessionOf({ programId, bearer }))).toBe('session_expired')
      expect(await codeOf(node.access.admit({ programId, token: token() }))).toBe('admitted')
    })

    test('revoking a key ends its sessions at once, and only its own', async () => {
      const other = await node.access.partnerKeys.declare(organizationId, { name: 'Other', pem: pairs[1].publicKey })
      const byOther = await node.access.admit({
        programId,
        token: token({ sub: 'bo' }, { kid: other.kid, privateKey: pairs[1].privateKey }),
      })
      const [one, two] = [await admit({ sub: 'one' }), await admit({ sub: 'two' })]
      const heard: string[][] = []
      node.access.onRevoked((ids) => heard.push([...ids].sort()))
      const key = await node.access.partnerKeys.revoke({ organizationId, kid })
      expect(key.state).toBe('revoked')
      expect(heard).toEqual([[one.session.id, two.session.id].sort()])
      expect(node.access.isRevoked(one.session.id)).toBe(true)
      expect(node.access.isRevoked(byOther.session.id)).toBe(false)
      expect(await codeOf(node.access.sessionOf({ programId, bearer: one.token }))).toBe('session_revoked')
      expect(await codeOf(node.access.sessionOf({ programId, bearer: byOther.token }))).toBe('admitted')
      expect(await codeOf(admit())).toBe('key_revoked')
    })

    test('a key that was revoked elsewhere admits nobody, though this node has not heard of it', async () => {
      await sql`update partner_keys set state = 'revoked' where kid = ${kid}`.execute(node.store.db)
      expect(await codeOf(admit())).toBe('key_revoked')
      expect(await node.store.db.selectFrom('sessions').selectAll().execute()).toEqual([])
    })

    test('what is revoked is remembered until it has expired, over a restart too', async () => {
      const { session } = await admit()
      await node.access.partnerKeys.revoke({ organizationId, kid })
      await node.close()
      node = await open()
      expect(node.access.isRevoked(session.id)).toBe(true)
      clock += 3_600_001
      await node.access.refresh()
      expect(node.access.isRevoked(session.id)).toBe(false)
    })

    test('a retiring key admits until its time, and its sessions go on', async () => {
      const { token: bearer } = await admit()
      const key = await node.access.partnerKeys.retire({ organizationId, kid }, { until: clock + 60_000 })
      expect(key).toMatchObject({ state: 'retiring', retireAt: new Date(clock + 60_000).toISOString() })
      expect(await codeOf(admit())).toBe('admitted')
      clock += 62_000
      expect(await codeOf(admit())).toBe('key_expired')
      expect(await codeOf(node.access.sessionOf({ programId, bearer }))).toBe('admitted')
      expect(await node.access.partnerKeys.show({ organizationId, kid })).toMatchObject({ state: 'expired' })
    })

    test('a key admits for its days', async () => {
      expect((await node.access.partnerKeys.show({ organizationId, kid })).notAfter).toBe(new Date(clock + 365 * 86_400_000).toISOString())
      clock += 365 * 86_400_000 + 1_000
      expect(await codeOf(admit())).toBe('key_expired')
    })

    test('a key is declared once in an organization, revoked or not; another organization may have it too', async () => {
      const again = () => codeOf(node.access.partnerKeys.declare(organizationId, { name: 'Again', pem: pairs[0].publicKey }))
      expect(await again()).toBe('key_taken')
      await node.access.partnerKeys.revoke({ organizationId, kid })
      expect(await again()).toBe('key_taken')
      const { id } = await createOrganizations({ store: node.store, now }).create({ name: 'Subsidiary' })
      expect((await node.access.partnerKeys.declare(id, { name: 'Same', pem: pairs[0].publicKey })).kid).not.toBe(kid)
    })

    test('a revoked key can’t be retired, and an organization can’t touch another’s', async () => {
      await node.access.partnerKeys.revoke({ organizationId, kid })
      expect(await codeOf(node.access.partnerKeys.retire({ organizationId, kid }, { until: clock }))).toBe('conflict')
      const { id } = await createOrganizations({ store: node.store, now }).create({ name: 'Other' })
      expect(await codeOf(node.access.partnerKeys.revoke({ organizationId: id, kid }))).toBe('key_unknown')
    })

    test('a private key is refused and leaves no trace', async () => {
      const error = await node.access.partnerKeys
        .declare(organizationId, { name: 'Oops', pem: pairs[1].privateKey })
        .catch((reason: unknown) => reason as Refusal)
      expect(error).toMatchObject({ code: 'private_key' })
      expect(JSON.stringify(error)).not.toContain('PRIVATE')
      expect((error as Refusal).cause).toBeUndefined()
    })

    test('a browser has one session at each program; whose it is is decided by its id alone', async () => {
      const browser = 'b'.repeat(43)
      const other = (await node.programs.create(organizationId, { title: 'Other', startsAt: '2030-01-01T00:00:00Z' })).id
      await node.programs.setState(other, 'scheduled')
      const first = await node.access.admit({ programId, token: token(), browser })
      const second = await node.access.admit({ programId: other, token: token({ roles: [{ eventId: other }] }), browser })
      expect((await node.access.sessionOf({ programId, browser })).id).toBe(first.session.id)
      expect((await node.access.sessionOf({ programId: other, browser })).id).toBe(second.session.id)
      expect(await codeOf(node.access.sessionOf({ programId, browser: 'c'.repeat(43) }))).toBe('session_missing')
      expect(await codeOf(node.access.sessionOf({ programId }))).toBe('session_missing')
    })

    test('the database holds neither the bearer nor the browser’s id', async () => {
      const browser = 'b'.repeat(43)
      const { token: bearer } = await node.access.admit({ programId, token: token(), browser })
      const rows = [
        await node.store.db.selectFrom('sessions').selectAll().execute(),
        await node.store.db.selectFrom('browser_sessions').selectAll().execute(),
      ]
      expect(JSON.stringify(rows)).not.toContain(bearer.slice(3))
      expect(JSON.stringify(rows)).not.toContain(browser)
    })

    test('a subject that PostgreSQL can’t keep is one person all the same', async () => {
      const [one, two] = [await admit({ sub: 'with a \0 in it' }), await admit({ sub: 'with a \0 in it' })]
      expect(one.session.attendee.id).toBe(two.session.attendee.id)
      expect((await admit({ sub: 'with a ' })).session.attendee.id).not.toBe(one.session.attendee.id)
    })

    test('a moderator’s role is in the session where the key may give it', async () => {
      const roles = [{ name: 'ROLE_MODERATOR', eventId: programId }]
      expect(await codeOf(node.access.admit({ programId, token: token({ roles }) }))).toBe('role_not_allowed')
      const strong = await node.access.partnerKeys.declare(organizationId, {
        name: 'Strong',
        pem: pairs[1].publicKey,
        allowedRoles: ['ROLE_ATTENDEE', 'ROLE_MODERATOR'],
      })
      const { session } = await node.access.admit({
        programId,
        token: token({ sub: 'mo', roles }, { kid: strong.kid, privateKey: pairs[1].privateKey }),
      })
      expect(session).toMatchObject({ moderates: true, roles: ['ROLE_MODERATOR'] })
      const people = await node.access.people([session.attendee.id], programId)
      expect(people.get(session.attendee.id)).toEqual({ id: session.attendee.id, displayName: 'Ann Lee', team: true })
    })

    test('names show in activities and follow the last token; those who are nobody are left out', async () => {
      const { session } = await admit({ sharePersonalData: false })
      const { id } = session.attendee
      expect([...(await node.access.people([id, id, randomUUID(), 'team'])).values()]).toEqual([{ id, displayName: 'Ann Lee' }])
      await admit({ given_name: 'Anna', family_name: undefined })
      expect((await node.access.people([id])).get(id)?.displayName).toBe('Anna')
      await admit({ given_name: 'Anne', sub: 'somebody-else' })
      expect((await node.access.people([id])).get(id)?.displayName).toBe('Anna')
    })

    test('what the organizer takes away has a stable pseudonym and no address, unless the last token shares', async () => {
      const email = 'ann@aldermoor.example'
      const list = async () => (await node.access.attendees.list(programId, page)).items
      await admit({ email, sharePersonalData: false })
      const [hidden] = await list()
      expect(hidden).toMatchObject({ displayName: expect.stringMatching(/^Attendee [0-9A-F]{8}$/), familyName: null, email: null })
      await admit({ email, sharePersonalData: true })
      expect(await list()).toMatchObject([{ id: hidden?.id, displayName: 'Ann Lee', givenName: 'Ann', familyName: 'Lee', email }])
      await admit({ email })
      expect(await list()).toEqual([expect.objectContaining({ displayName: hidden?.displayName, email: null })])
    })

    test('an attendee’s sessions are ended one person at a time', async () => {
      const [ann, bo] = [await admit({ sub: 'ann' }), await admit({ sub: 'bo' })]
      await node.access.attendees.endVisit({ programId, attendeeId: ann.session.attendee.id })
      expect(await codeOf(node.access.sessionOf({ programId, bearer: ann.token }))).toBe('session_revoked')
      expect(await codeOf(node.access.sessionOf({ programId, bearer: bo.token }))).toBe('admitted')
      expect(await codeOf(node.access.attendees.requireThere({ programId, attendeeId: randomUUID() }))).toBe('attendee_unknown')
    })

    test('refusals are there for the organization within a second, with who it was only where the signature held', async () => {
      const expired = token({ sub: 'late', exp: Math.floor(clock / 1_000) + 1 })
      clock += 120_000
      await codeOf(node.access.admit({ programId, token: expired }))
      await codeOf(node.access.admit({ programId, token: `${token({ sub: 'forger' }).slice(0, -8)}AAAAAAAA` }))
      await codeOf(
        node.access.admit({ programId, token: token({}, { kid: 'pk_unknownunknownunknown0', privateKey: pairs[1].privateKey }) }),
      )
      await admit()
      await node.access.refusals.flush()
      const { items } = await node.access.refusals.ofKey({ organizationId, kid }, page)
      expect(items.map(({ code, subject }) => [code, subject])).toEqual([
        ['signature', null],
        ['expired', 'late'],
      ])
      const all = await node.access.refusals.ofProgram(programId, page)
      expect(all.items.map((row) => [row.code, row.kid])).toEqual([
        ['kid_unknown', 'pk_unknownunknownunknown0'],
        ['signature', kid],
        ['expired', kid],
      ])
      expect(JSON.stringify(all)).not.toContain(expired.split('.')[2])
      expect(await node.access.partnerKeys.show({ organizationId, kid })).toMatchObject({
        accepted: 1,
        refused: 2,
        lastUsedAt: new Date(clock).toISOString(),
      })
    })

    test('another organization’s key is refused, its organization hears of it, and the program’s learns nobody’s name', async () => {
      const stranger = await createOrganizations({ store: node.store, now }).create({ name: 'Stranger' })
      const key = await node.access.partnerKeys.declare(stranger.id, { name: 'k', pem: pairs[1].publicKey })
      const foreign = token({ organization_id: stranger.id, sub: 'private person' }, { kid: key.kid, privateKey: pairs[1].privateKey })
      expect(await codeOf(node.access.admit({ programId, token: foreign }))).toBe('event_mismatch')
      await node.access.refusals.flush()
      const theirs = await node.access.refusals.ofKey({ organizationId: stranger.id, kid: key.kid }, page)
      expect(theirs.items.map((row) => row.code)).toEqual(['event_mismatch'])
      const ours = await node.access.refusals.ofProgram(programId, page)
      expect(JSON.stringify(ours)).not.toContain('private person')
    })

    test('a flood of refusals is counted, and kept in part', async () => {
      for (let index = 0; index < 300; index += 1) await codeOf(node.access.admit({ programId, token: `${token().slice(0, -4)}AAAA` }))
      await node.access.refusals.flush()
      expect((await node.access.refusals.ofProgram(programId, page)).items.length).toBeLessThanOrEqual(20)
      expect((await node.access.partnerKeys.show({ organizationId, kid })).refused).toBe(300)
    })

    test('sessions leave the database a day after their end', async () => {
      await node.access.admit({ programId, token: token(), browser: 'b'.repeat(43) })
      clock += 3_600_000 + 86_400_000 + 1
      await admit()
      await node.access.prune()
      expect((await node.store.db.selectFrom('sessions').select('id').execute()).length).toBe(1)
      expect(await node.store.db.selectFrom('browser_sessions').selectAll().execute()).toEqual([])
    })

    if (kind === 'sqlite') return
    describe('with a second node', () => {
      let second: Node
      beforeEach(async () => {
        second = await open()
      })
      afterEach(() => second.close())

      test('a key and a program that were made here admit there at once', async () => {
        const key = await node.access.partnerKeys.declare(organizationId, { name: 'New', pem: pairs[1].publicKey })
        const made = await node.programs.create(organizationId, { title: 'New', startsAt: '2030-01-01T00:00:00Z' })
        await node.programs.setState(made.id, 'scheduled')
        const fresh = token({ roles: [{ eventId: made.id }] }, { kid: key.kid, privateKey: pairs[1].privateKey })
        await expect(second.access.admit({ programId: made.id, token: fresh })).resolves.toMatchObject({ session: { programId: made.id } })
      })

      test('a key that is revoked here admits nobody there, and its sessions are over there within a second or two', async () => {
        const { session, token: bearer } = await admit({}, second)
        const heard: string[] = []
        second.access.onRevoked((ids) => heard.push(...ids))
        await node.access.partnerKeys.revoke({ organizationId, kid })
        expect(await codeOf(admit({}, second))).toBe('key_revoked')
        expect(await codeOf(second.access.sessionOf({ programId, bearer }))).toBe('session_revoked')
        await vi.waitFor(() => expect(heard).toEqual([session.id]), { timeout: 15_000 })
        expect(second.access.isRevoked(session.id)).toBe(true)
      })

      test('a state that is changed here holds there within a second or two', async () => {
        await node.programs.setState(programId, 'archived')
        await vi.waitFor(() => expect(second.programs.get(programId)?.state).toBe('archived'), { timeout: 15_000 })
        expect(await codeOf(admit({}, second))).toBe('program_archived')
      })

      test('both admit the same thousand people at once, and nobody is there twice or left out', { timeout: 90_000 }, async () => {
        const everybody = Array.from({ length: 1_000 }, (_, index) => `person-${index}`)
        const backwards = [...everybody].reverse()
        const answers = await Promise.all([
          ...everybody.map((sub) => admit({ sub }, node)),
          ...backwards.map((sub) => admit({ sub }, second)),
        ])
        expect(answers).toHaveLength(2_000)
        expect((await node.store.db.selectFrom('attendees').select('id').execute()).length).toBe(1_000)
      })
    })
  })
}

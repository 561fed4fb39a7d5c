// Owns: what is promised of who is there and who watched: pages, search, what is never told; on both databases.
import type { AudienceAnswer } from '@voila/protocol'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAudience, type Watched } from '../../src/backstage/audience.ts'
import { readPage } from '../../src/store/page.ts'
import type { VisitTable } from '../../src/store/schema.ts'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { planOf, slow } from '../plans.ts'
import { type Hall, idOf, openHall, openNode, sessionOf, type TestNode } from './attendance.ts'

const start = 1_800_000_000_000

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`the audience on ${kind}`, () => {
    let database: TestDatabase
    let store: Store
    let hall: Hall
    let node: TestNode
    let clock = start
    const now = () => clock

    beforeEach(async () => {
      clock = start
      database = await make()
      store = await database.open()
      hall = await openHall(store, { now, watching: () => node.nodes })
      node = await openNode(store, { nodeId: 'one', programs: hall.programs, now })
      await hall.move('scheduled', 'live')
    })
    afterEach(async () => {
      await node.close()
      await hall.close()
      await database.drop()
    })

    const session = (index: number, other?: string) => sessionOf(hall.programId, index, other)
    /** Every page, until there is none. `between`: happens after each. */
    async function everybody(
      options: { search?: string; limit?: number; between?(page: number): Promise<void> } = {},
    ): Promise<AudienceAnswer[]> {
      const { search, limit = 100, between } = options
      const found: AudienceAnswer[] = []
      let cursor: string | null = null
      for (let page = 0; page === 0 || cursor !== null; page += 1) {
        const query: unknown = cursor === null ? { limit } : { limit, cursor }
        const answer = await hall.audience.list(hall.programId, readPage(query), { search })
        found.push(...answer.items)
        cursor = answer.nextCursor
        await between?.(page)
      }
      return found
    }
    const names = async (search?: string) => (await everybody(search === undefined ? {} : { search })).map((each) => each.displayName)

    describe('who is there now', () => {
      test('a thousand come page by page, none twice and none left out, while others come and go', async () => {
        await hall.invite(Array.from({ length: 1_010 }, (_, index) => ({ name: `Ann${index} Lee` })))
        const regulars = Array.from({ length: 1_000 }, (_, index) => session(index + 1))
        node.here = [...regulars, session(1_001), session(1, 'again')]
        await node.exchange()
        const found = await everybody({
          limit: 97,
          async between(page) {
            // The last leaves, and others come that have been known for longer or shorter than those shown so far.
            node.here = [...regulars, session(1_002 + (page % 9))]
            clock += 1_000
            await node.exchange()
          },
        })
        const ids = found.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids).toEqual([...ids].sort())
        expect(ids).toEqual(expect.arrayContaining(regulars.map(({ attendee }) => attendee.id)))
        expect(found[0]).toMatchObject({ id: idOf(1), sessions: 2, since: new Date(start).toISOString() })
        expect(found[1]).toMatchObject({ id: idOf(2), sessions: 1 })
      })

      test('whoever has left is not there, nor anybody of a node that is gone', async () => {
        await hall.invite([{ name: 'Ann Lee' }, { name: 'Bo Ray' }])
        node.here = [session(1), session(2)]
        await node.exchange()
        node.here = [session(2)]
        await node.exchange()
        expect(await names()).toEqual(['Bo Ray'])
        await store.db
          .insertInto('visits')
          .values(visitOf({ index: 1, node_id: 'dead', to_at: null }))
          .execute()
        expect(await names()).toEqual(['Bo Ray'])
      })

      test('a page is read by the index of open visits, and the names of one page by theirs', async () => {
        await hall.invite(Array.from({ length: 2_000 }, (_, index) => ({ name: `Ann${index} Lee` })))
        // Most of what is known is over.
        const over = Array.from({ length: 8_000 }, (_, index) => visitOf({ index: index % 2_000, id: `over-${index}`, to_at: start }))
        for (let from = 0; from < over.length; from += 500)
          await store.db
            .insertInto('visits')
            .values(over.slice(from, from + 500))
            .execute()
        node.here = Array.from({ length: 500 }, (_, index) => session(index + 1))
        await node.exchange()
        await sql`analyze`.execute(store.db)
        const named: string[] = []
        const ask = (watched: Store) =>
          createAudience({
            store: watched,
            nodes: node.nodes,
            now,
            attendees: {
              async named(_programId, ids) {
                named.push(...ids)
                return new Map()
              },
            },
          }).list(hall.programId, readPage({ limit: 50, cursor: Buffer.from(`0.${idOf(10)}`).toString('base64url') }))
        const plan = await planOf(store, ask)
        expect(plan).toContain('visits_open')
        expect(plan).not.toMatch(slow)
      })
    })

    describe('a search', () => {
      beforeEach(async () => {
        await hall.invite([
          { name: 'Amélie Laurent', email: 'amelie@aldermoor.example' },
          { name: 'Jonas Weber', email: 'jonas@aldermoor.example', shares: false },
          { name: '=SUM(A1) Formula' },
        ])
        node.here = [session(1), session(2), session(3)]
        await node.exchange()
      })

      test('finds by a part of a name or address of those who share them, without regard to case and accents', async () => {
        expect(await names('AMELIE LAU')).toEqual(['Amélie Laurent'])
        expect(await names('amelie@alder')).toEqual(['Amélie Laurent'])
        expect(await names('sum(')).toEqual(['=SUM(A1) Formula'])
        expect(await names('  ')).toHaveLength(3)
        expect(await names('zoe')).toEqual([])
        expect(await names('%')).toEqual([])
      })

      test('finds nobody by what he does not share, but by his pseudonym', async () => {
        for (const secret of ['Jonas', 'Weber', 'jonas@']) expect(await names(secret)).toEqual([])
        const [, jonas] = await everybody()
        expect(jonas).toMatchObject({ displayName: expect.stringMatching(/^Attendee [0-9A-F]{8}$/), email: null, familyName: null })
        const { displayName } = jonas as AudienceAnswer
        expect(await names(displayName.slice(9))).toEqual([displayName])
        expect(await names('attendee')).toEqual([displayName])
      })

      test('goes on from page to page over many who do not match', async () => {
        await hall.invite(
          Array.from({ length: 1_500 }, (_, index) => ({ name: index % 300 === 7 ? `Rare${index} Bird` : `Common${index} Sparrow` })),
        )
        node.here = Array.from({ length: 1_503 }, (_, index) => session(index + 1))
        await node.exchange()
        const found = await everybody({ search: 'bird', limit: 2 })
        expect(found.map(({ givenName }) => givenName)).toEqual(['Rare7', 'Rare307', 'Rare607', 'Rare907', 'Rare1207'])
      })
    })

    /** A visit as another node may have left it. Times are seconds from the start. */
    function visitOf(given: {
      index: number
      from?: number
      to_at?: number | null
      id?: string
      node_id?: string
      watching?: 0 | 1
    }): VisitTable {
      const { index, from = 0, to_at = null, node_id = 'one', watching = 1, id = `${index}-${from}-${node_id}` } = given
      return {
        id,
        program_id: hall.programId,
        attendee_id: idOf(index),
        session_id: `session-${index}`,
        node_id,
        watching,
        from_at: start + from * 1_000,
        to_at,
      }
    }

    describe('who watched', () => {
      async function watched(): Promise<[string, number, number][]> {
        const found: Watched[] = []
        for await (const page of hall.audience.watched(hall.programId)) found.push(...page)
        return found.map(({ attendee, fromMs, toMs }) => [attendee.displayName, (fromMs - start) / 1_000, (toMs - start) / 1_000])
      }
      const stay = (index: number, from: number, to: number | null, more: Partial<Parameters<typeof visitOf>[0]> = {}) =>
        visitOf({ index, from, to_at: to === null ? null : start + to * 1_000, ...more })

      test('one line for a continuous visit: over reconnects of up to a minute, two devices and two nodes', async () => {
        await hall.invite([{ name: 'Ann Lee' }, { name: 'Bo Ray' }])
        const visits = [
          stay(1, 0, 100),
          stay(1, 160, 200),
          stay(1, 150, 190, { node_id: 'two' }),
          stay(1, 170, 180, { id: 'inside' }),
          stay(1, 261, 300),
          stay(2, 50, 60),
        ]
        await store.db.insertInto('visits').values(visits).execute()
        expect(await watched()).toEqual([
          ['Ann Lee', 0, 200],
          ['Ann Lee', 261, 300],
          ['Bo Ray', 50, 60],
        ])
      })

      test('waiting is no watching; who is there still is there until now; who was on a node that died was there until its last sign', async () => {
        await hall.invite([{ name: 'Ann Lee' }, { name: 'Bo Ray' }, { name: 'Cy Fox' }])
        const visits = [stay(1, 0, 100, { watching: 0 }), stay(2, 10, null), stay(3, 20, null, { node_id: 'dead' })]
        await store.db.insertInto('visits').values(visits).execute()
        await store.db
          .insertInto('nodes')
          .values({ id: 'dead', at: start + 25_000 })
          .execute()
        clock += 120_000
        expect(await watched()).toEqual([
          ['Bo Ray', 10, 120],
          ['Cy Fox', 20, 25],
        ])
      })

      test('a thousand visits come whole, whatever the pages that they are read in', async () => {
        await hall.invite(Array.from({ length: 401 }, (_, index) => ({ name: `Ann${index} Lee` })))
        // Three stays each, of which the last two are one visit.
        const visits = Array.from({ length: 401 }, (_, index) => [
          stay(index + 1, 0, 10),
          stay(index + 1, 100, 110),
          stay(index + 1, 120, 130),
        ]).flat()
        for (let from = 0; from < visits.length; from += 500)
          await store.db
            .insertInto('visits')
            .values(visits.slice(from, from + 500))
            .execute()
        const found = await watched()
        expect(found).toHaveLength(802)
        expect(found.map(([name]) => name)).toEqual(
          Array.from({ length: 401 }, (_, index) => [`Ann${index} Lee`, `Ann${index} Lee`]).flat(),
        )
        expect(new Set(found.map(([, from, to]) => `${from}-${to}`))).toEqual(new Set(['0-10', '100-130']))
      })
    })
  })
}

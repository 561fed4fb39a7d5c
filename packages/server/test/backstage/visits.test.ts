// Owns: what is promised of how stays become durable: once a session, in batches, over outages and the death of nodes; on both databases.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { VisitTable } from '../../src/store/schema.ts'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { faultyStore } from '../live/stores.ts'
import { type Hall, openHall, openNode, sessionOf, type TestNode } from './attendance.ts'

const start = 1_800_000_000_000

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`visits on ${kind}`, () => {
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
    const rows = () => store.db.selectFrom('visits').selectAll().orderBy('from_at').orderBy('id').execute()
    const stays = (of: readonly VisitTable[]) =>
      of.map(({ session_id, watching, from_at, to_at }) => [session_id, watching, from_at - start, to_at === null ? null : to_at - start])
    async function after(ms: number, here?: TestNode['here']): Promise<void> {
      clock += ms
      if (here !== undefined) node.here = here
      await node.exchange()
    }

    test('a session counts once, with however many sockets, from the second in which it comes to that in which it goes', async () => {
      await after(0, [session(1), session(1), session(1, 'b'), session(2)])
      await after(5_000, [session(1), session(2)])
      await after(1_000, [session(1, 'b'), session(2), session(2)])
      expect(stays(await rows())).toEqual([
        ['session-1', 1, 0, 6_000],
        ['session-1b', 1, 0, 5_000],
        ['session-2', 1, 0, null],
        ['session-1b', 1, 6_000, null],
      ])
    })

    test('waiting and watching are told apart: a visit ends where the program goes live or ends, and another begins', async () => {
      const id = hall.programId
      await hall.move('ended', 'live')
      await hall.programs.setState(id, 'ended')
      await after(0, [session(1)])
      await hall.programs.setState(id, 'live')
      await after(10_000)
      await hall.programs.setState(id, 'ended')
      await after(10_000)
      expect(stays(await rows())).toEqual([
        ['session-1', 0, 0, 10_000],
        ['session-1', 1, 10_000, 20_000],
        ['session-1', 0, 20_000, null],
      ])
    })

    test('whoever is there while a rehearsal runs waits, and watches nothing', async () => {
      const other = await hall.programs.create((await hall.programs.read(hall.programId)).organization_id, {
        title: 'Other',
        startsAt: '2030-01-01T00:00:00Z',
      })
      await hall.programs.setState(other.id, 'scheduled')
      await hall.programs.setState(other.id, 'rehearsal')
      await after(0, [sessionOf(other.id, 1)])
      expect(stays(await rows())).toEqual([['session-1', 0, 0, null]])
    })

    test('ten thousand who come at once are written in twenty statements, and no more than one while nothing changes', async () => {
      let statements = 0
      const counting = {
        ...store,
        db: store.db.withPlugin({
          transformQuery({ node: query }) {
            statements += 1
            return query
          },
          transformResult: async ({ result }) => result,
        }),
      }
      const busy = await openNode(counting, { nodeId: 'busy', programs: hall.programs, now })
      statements = 0
      busy.here = Array.from({ length: 10_000 }, (_, index) => session(index))
      await busy.exchange()
      expect(statements).toBe(20)
      await busy.exchange()
      await busy.beat()
      // One says that the node is there, one asks for the others: nobody's visit is touched.
      expect(statements).toBe(22)
      busy.here = []
      await busy.exchange()
      expect(statements).toBe(42)
      const open = await store.db.selectFrom('visits').select('id').where('to_at', 'is', null).execute()
      expect(open).toEqual([])
      await busy.close()
    })

    test('what happens while the database is away is written afterwards, with its own times', async () => {
      const faulty = faultyStore(store)
      const away = await openNode(faulty, { nodeId: 'away', programs: hall.programs, now })
      away.here = [session(1)]
      await away.exchange()
      faulty.mode = 'away'
      clock += 10_000
      away.here = [session(2)]
      await away.exchange()
      clock += 10_000
      away.here = []
      await away.exchange()
      expect(away.errors).toHaveLength(2)
      faulty.mode = 'well'
      clock += 10_000
      await away.exchange()
      expect(stays(await rows())).toEqual([
        ['session-1', 1, 0, 10_000],
        ['session-2', 1, 10_000, 20_000],
      ])
      await away.close()
    })

    test('a node that stops closes what is open, and says goodbye', async () => {
      await after(0, [session(1), session(2)])
      clock += 7_000
      await node.close()
      expect(stays(await rows())).toEqual([
        ['session-1', 1, 0, 7_000],
        ['session-2', 1, 0, 7_000],
      ])
      expect(await store.db.selectFrom('nodes').selectAll().execute()).toEqual([])
    })

    if (kind === 'sqlite')
      test('a process that was killed is settled by the next one, at its last sign of life', async () => {
        await after(0, [session(1)])
        clock += 10_000
        await node.beat()
        clock += 5_000
        const next = await openNode(store, { nodeId: 'two', programs: hall.programs, now })
        expect(stays(await rows())).toEqual([['session-1', 1, 0, 10_000]])
        await next.close()
      })

    if (kind === 'postgres')
      test('a node that dies is there for ninety seconds more, and settled by another then', async () => {
        await after(0, [session(1)])
        const other = await openNode(store, { nodeId: 'two', programs: hall.programs, now })
        clock += 89_000
        await other.beat()
        expect(other.nodes.there()).toEqual(['two', 'one'])
        expect(other.nodes.isThere('one')).toBe(true)
        expect(stays(await rows())).toEqual([['session-1', 1, 0, null]])
        clock += 2_000
        // From memory, before the database is asked.
        expect(other.nodes.isThere('one')).toBe(false)
        await other.beat()
        expect(stays(await rows())).toEqual([['session-1', 1, 0, 0]])
        expect(other.nodes.there()).toEqual(['two'])
        await other.close()
      })

    if (kind === 'postgres')
      test('a node that was taken for gone and is not begins anew, and nobody is counted twice', async () => {
        await after(0, [session(1)])
        const other = await openNode(store, { nodeId: 'two', programs: hall.programs, now })
        clock += 100_000
        await other.beat()
        await node.beat()
        await after(1_000)
        expect(stays(await rows())).toEqual([
          ['session-1', 1, 0, 0],
          ['session-1', 1, 101_000, null],
        ])
        await other.beat()
        expect(other.nodes.there().sort()).toEqual(['one', 'two'])
        await other.close()
      })
  })
}

// Owns: what is promised of the curve of viewers: one count a time from however many nodes, few points, every peak; on both databases.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Curve, createCurve } from '../../src/backstage/curve.ts'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { type Hall, idOf, openHall } from './attendance.ts'

const start = 1_800_000_000_000

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`the curve on ${kind}`, () => {
    let database: TestDatabase
    let store: Store
    let hall: Hall
    let curves: Curve[]
    let counts = new Map<string, number>()
    let clock = start
    const now = () => clock

    beforeEach(async () => {
      clock = start
      counts = new Map()
      database = await make()
      store = await database.open()
      hall = await openHall(store, {
        now,
        watching: () => {
          throw new Error('nobody asks')
        },
      })
      const { programs } = hall
      const open = () => createCurve({ store, programs, countsOf: async () => counts, now, onError: () => undefined })
      curves = [open(), open()]
    })
    afterEach(async () => {
      for (const curve of curves) curve.close()
      await hall.close()
      await database.drop()
    })

    const read = async () => await (curves[0] as Curve).read(hall.programId)
    async function sample(count: number, ms = 10_000): Promise<void> {
      counts = count === 0 ? new Map() : new Map([[hall.programId, count]])
      await Promise.all(curves.map((curve) => curve.sample()))
      clock += ms
    }
    const points = async () => (await read()).points.map(({ at, count }) => [(Date.parse(at) - start) / 1_000, count])

    test('two nodes write one count for every ten seconds of a live show, and none before and after', async () => {
      expect(await read()).toEqual({ points: [], now: 0, peak: 0, total: 0 })
      await sample(5)
      await hall.move('scheduled')
      await sample(6)
      await hall.move('live')
      await sample(7)
      await sample(8, 4_000)
      await sample(9, 6_000)
      await sample(0)
      await hall.move('ended')
      await sample(4)
      expect(await points()).toEqual([
        [20, 7],
        [30, 8],
        [40, 0],
      ])
      expect(await read()).toMatchObject({ now: 4, peak: 8 })
    })

    test('a long show has at most six hundred points, the first and the highest among them', async () => {
      const rows = Array.from({ length: 6_000 }, (_, index) => ({
        program_id: hall.programId,
        at: start + index * 10_000,
        count: index === 4_321 ? 999 : index % 50,
      }))
      for (let from = 0; from < rows.length; from += 500)
        await store.db
          .insertInto('viewer_counts')
          .values(rows.slice(from, from + 500))
          .execute()
      const curve = await read()
      expect(curve.points).toHaveLength(600)
      expect(curve.points[0]?.at).toBe(new Date(start).toISOString())
      expect(curve.points.map(({ at }) => Date.parse(at))).toEqual(Array.from({ length: 600 }, (_, index) => start + index * 100_000))
      expect(Math.max(...curve.points.map(({ count }) => count))).toBe(999)
      expect(curve.peak).toBe(999)
    })

    test('one count more than fits makes points of two counts each', async () => {
      const rows = Array.from({ length: 601 }, (_, index) => ({ program_id: hall.programId, at: start + index * 10_000, count: index }))
      await store.db.insertInto('viewer_counts').values(rows).execute()
      const { points: few } = await read()
      expect(few).toHaveLength(301)
      expect(few.slice(0, 2).map(({ count }) => count)).toEqual([1, 3])
      expect(few.at(-1)?.count).toBe(600)
    })

    test('the total counts different people who watched, however often', async () => {
      const visit = (index: number, id: string, watching: 0 | 1 = 1) => ({
        id,
        program_id: hall.programId,
        attendee_id: idOf(index),
        session_id: id,
        node_id: 'one',
        watching,
        from_at: start,
        to_at: start + 1,
      })
      await store.db
        .insertInto('visits')
        .values([visit(1, 'a'), visit(1, 'b'), visit(2, 'c'), visit(3, 'd', 0)])
        .execute()
      expect((await read()).total).toBe(2)
    })

    test('however many look, it is drawn once in five seconds; who is there now is always of now', async () => {
      await hall.move('scheduled', 'live')
      counts = new Map([[hall.programId, 3]])
      expect(await read()).toMatchObject({ points: [], now: 3 })
      await sample(4, 0)
      clock += 4_999
      expect(await read()).toMatchObject({ points: [], now: 4 })
      clock += 1
      expect(await read()).toMatchObject({ points: [{ count: 4 }], now: 4 })
    })

    test('the highest is never less than what is there now', async () => {
      counts = new Map([[hall.programId, 12]])
      expect(await read()).toMatchObject({ now: 12, peak: 12, points: [] })
    })
  })
}

// Owns: how many watched when: one count for every ten seconds of a live show, and the curve that is drawn of them.
import type { AudienceCurve } from '@voila/protocol'
import { sql } from 'kysely'
import type { Store } from '../store/store.ts'
import type { Programs } from './programs.ts'

export type Curve = ReturnType<typeof createCurve>

export const sampleMs = 10_000
const maxPoints = 600
/** What is drawn is drawn again after so long, however many look at it. */
const drawnMs = 5_000
const rowsAtOnce = 500

/**
 * Counts the attendees of every live program; whichever node is first at a time writes for all.
 *
 * @param options.countsOf  attendees over all nodes; who is not named has none
 */
export function createCurve(options: {
  store: Pick<Store, 'db'>
  programs: Pick<Programs, 'live'>
  countsOf(programIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  now(): number
  onError(error: unknown): void
}) {
  const { store, programs, countsOf, now } = options

  async function sample(): Promise<void> {
    const at = Math.floor(now() / sampleMs) * sampleMs
    const ids = programs.live().map(({ id }) => id)
    for (let start = 0; start < ids.length; start += rowsAtOnce) {
      const some = ids.slice(start, start + rowsAtOnce)
      const counts = await countsOf(some)
      await store.db
        .insertInto('viewer_counts')
        .values(some.map((id) => ({ program_id: id, at, count: counts.get(id) ?? 0 })))
        .onConflict((conflict) => conflict.columns(['program_id', 'at']).doNothing())
        .execute()
    }
  }
  /** At most 600 points; where there are more counts, a point is the highest of its while, so that no peak is lost. */
  async function draw(programId: string): Promise<Drawn> {
    const counts = store.db.selectFrom('viewer_counts').where('program_id', '=', programId)
    const ends = await counts
      .select((eb) => [eb.fn.min('at').as('first'), eb.fn.max('at').as('last'), eb.fn.max('count').as('peak')])
      .executeTakeFirstOrThrow()
    const { count: total } = await store.db
      .selectFrom('visits')
      .select((eb) => eb.fn.count<number>('attendee_id').distinct().as('count'))
      .where('program_id', '=', programId)
      .where('watching', '=', 1)
      .executeTakeFirstOrThrow()
    const first = Number(ends.first ?? 0)
    const span = Number(ends.last ?? 0) - first
    // Whole multiples of the sampling, so that every point stands for as many counts.
    const stepMs = Math.max(1, Math.ceil((span / sampleMs + 1) / maxPoints)) * sampleMs
    const step = sql`(at - ${sql.lit(first)}) / ${sql.lit(stepMs)}`
    const rows =
      ends.first === null
        ? []
        : await counts
            .select((eb) => [eb.fn.min('at').as('at'), eb.fn.max('count').as('count')])
            .groupBy(step)
            .orderBy('at')
            .execute()
    return {
      points: rows.map(({ at, count }) => ({ at: new Date(Number(at)).toISOString(), count: Number(count) })),
      peak: Number(ends.peak ?? 0),
      total: Number(total),
    }
  }

  type Drawn = Omit<AudienceCurve, 'now'>
  const drawn = new Map<string, { until: number; curve: Promise<Drawn> }>()

  function drawnOf(programId: string): Promise<Drawn> {
    const at = now()
    const known = drawn.get(programId)
    if (known !== undefined && known.until > at) return known.curve
    for (const [id, { until }] of drawn) if (until <= at) drawn.delete(id)
    const curve = draw(programId)
    drawn.set(programId, { until: at + drawnMs, curve })
    curve.catch(() => drawn.delete(programId))
    return curve
  }

  const timer = setInterval(() => void sample().catch(options.onError), sampleMs).unref()

  return {
    sample,
    close: (): void => clearInterval(timer),

    /** The highest is never less than what is there now; the rest may be five seconds old. */
    async read(programId: string): Promise<AudienceCurve> {
      const { points, peak, total } = await drawnOf(programId)
      const present = (await countsOf([programId])).get(programId) ?? 0
      return { points, now: present, peak: Math.max(present, peak), total }
    },
  }
}

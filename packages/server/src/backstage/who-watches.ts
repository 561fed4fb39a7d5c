// Owns: the parts put together that know who is at programs: nodes, visits, counts, the audience.
import type { Access } from '../access/access.ts'
import type { Session } from '../access/sessions.ts'
import { createNodes } from '../store/nodes.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { createAudience } from './audience.ts'
import { createCurve } from './curve.ts'
import type { Moment } from './program-answers.ts'
import type { Programs } from './programs.ts'
import { createPurge } from './purge.ts'
import { closeVisitsOf, createVisits } from './visits.ts'

/** What live/ knows of those who are there. */
type Attendance = {
  /** The attendees' sessions that are at a program on this node; one may come several times. */
  present(): Iterable<Session>
  /** Attendees over all nodes; who is not named has none. */
  audienceCounts(programIds: readonly string[]): Promise<ReadonlyMap<string, number>>
}

/** Says that this node is there, and settles what nodes that are gone have left behind, before it returns. */
export async function createWhoWatches(parts: {
  store: Store
  programs: Programs
  access: Pick<Access, 'attendees'>
  live: Attendance
  nodeId: string
  now(): number
  log: { warn(details: object, message: string): void }
}) {
  const { store, programs, live, nodeId, now, log } = parts
  const onError = (error: unknown): void => log.warn({ error }, 'who watches could not be written')
  const visits = createVisits({ store, nodeId, programs, present: live.present, now, onError })
  const nodes = await createNodes({ store, nodeId, now, onGone: closeVisitsOf, onTakenForGone: visits.beginAnew, onError })
  const curve = createCurve({ store, programs, countsOf: live.audienceCounts, now, onError })
  const purge = createPurge({ store, now, onError })

  /** Memory only: whether a feed comes to some node that runs. */
  const isFed = ({ feed_node }: ProgramRow): boolean => feed_node !== null && nodes.isThere(feed_node)

  return {
    curve,
    audience: createAudience({ store, nodes, attendees: parts.access.attendees, now }),

    /** What is so of these programs at this moment. */
    async momentsOf(rows: readonly ProgramRow[]): Promise<(row: ProgramRow) => Moment> {
      const counts = await live.audienceCounts(rows.map(({ id }) => id))
      return (row) => ({ viewers: counts.get(row.id) ?? 0, live: isFed(row) })
    },
    isFed,

    async close(): Promise<void> {
      curve.close()
      purge.close()
      await visits.close()
      await nodes.close()
    },
  }
}

// Owns: what becomes of a deleted program: everything that belongs to it goes, a piece at a time, once every node has heard.
import type { Store } from '../store/store.ts'

const everyMs = 10_000
/** Nodes hear of a deletion within a second or two, and what they had begun is over by then. */
const settledMs = 10_000
const entriesAtOnce = 5_000

/** All that names a program beside its log; which session a browser has goes with the session. */
const tables = [
  'images',
  'prepared',
  'screen_links',
  'sessions',
  'attendee_programs',
  'refusals',
  'visits',
  'viewer_counts',
  'node_presence',
  'program_counters',
  'program_runs',
] as const

export function createPurge({
  store,
  now,
  onError,
}: {
  store: Pick<Store, 'db' | 'transaction'>
  now(): number
  onError(error: unknown): void
}) {
  /** So that a log of hundreds of thousands of entries keeps nobody waiting. */
  async function deleteLog(programId: string): Promise<void> {
    for (;;) {
      const some = store.db
        .selectFrom('program_log')
        .select('seq')
        .where('program_id', '=', programId)
        .orderBy('run')
        .orderBy('seq')
        .limit(entriesAtOnce)
      const [deleted] = await store.db.deleteFrom('program_log').where('program_id', '=', programId).where('seq', 'in', some).execute()
      if ((deleted?.numDeletedRows ?? 0n) === 0n) return
    }
  }

  async function purge(): Promise<void> {
    const gone = await store.db
      .selectFrom('programs')
      .select('id')
      .where('deleted_at', '<=', now() - settledMs)
      .execute()
    for (const { id } of gone) {
      await deleteLog(id)
      await store.transaction(async (tx) => {
        for (const table of tables) await tx.deleteFrom(table).where('program_id', '=', id).execute()
        await tx.deleteFrom('programs').where('id', '=', id).execute()
      })
    }
  }
  const timer = setInterval(() => void purge().catch(onError), everyMs).unref()

  return {
    purge,
    close: (): void => clearInterval(timer),
  }
}

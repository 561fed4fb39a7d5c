// Owns: how many attendees are at a program, over all nodes. Counts alone: never who comes and goes.
import type { Store } from '../store/store.ts'

/** A node says again what it said, for those who have just started. */
const repeatMs = 10_000
/** What a node said counts for so long; then it is gone, whatever the reason. */
const staleMs = 30_000

/**
 * @param options.local  attendees on this node, for every program that has some
 */
export function createPresence(options: {
  store: Pick<Store, 'db' | 'kind'>
  nodeId: string
  now(): number
  local(): ReadonlyMap<string, number>
}) {
  const { store, nodeId, now } = options
  const alone = store.kind === 'sqlite'
  const told = new Map<string, { count: number; at: number }>()
  let elsewhere: ReadonlyMap<string, number> = new Map()

  async function tell(local: ReadonlyMap<string, number>): Promise<void> {
    const at = now()
    const due = [...local].filter(([programId, count]) => {
      const last = told.get(programId)
      return last?.count !== count || at - last.at >= repeatMs
    })
    if (due.length > 0) {
      await store.db
        .insertInto('node_presence')
        .values(due.map(([programId, count]) => ({ node_id: nodeId, program_id: programId, count, at })))
        .onConflict((conflict) =>
          conflict.columns(['program_id', 'node_id']).doUpdateSet((eb) => ({ count: eb.ref('excluded.count'), at: eb.ref('excluded.at') })),
        )
        .execute()
    }
    for (const [programId, count] of due) told.set(programId, { count, at })
    const left = [...told.keys()].filter((programId) => !local.has(programId))
    if (left.length === 0) return
    await store.db.deleteFrom('node_presence').where('node_id', '=', nodeId).where('program_id', 'in', left).execute()
    for (const programId of left) told.delete(programId)
  }

  /** What the other nodes say of these programs. */
  async function ask(programIds: readonly string[]): Promise<Map<string, number>> {
    if (alone || programIds.length === 0) return new Map()
    const rows = await store.db
      .selectFrom('node_presence')
      .select((eb) => ['program_id', eb.fn.sum<number | string>('count').as('count')])
      .where('program_id', 'in', programIds)
      .where('node_id', '!=', nodeId)
      .where('at', '>', now() - staleMs)
      .groupBy('program_id')
      .execute()
    return new Map(rows.map((row) => [row.program_id, Number(row.count)]))
  }

  return {
    /** Attendees at a program that somebody on this node is at. */
    count: (programId: string): number => (options.local().get(programId) ?? 0) + (elsewhere.get(programId) ?? 0),
    /** Attendees at any programs; those at which nobody is are left out. */
    async counts(programIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
      const [local, others] = [options.local(), await ask(programIds)]
      const sums = programIds.map((id) => [id, (local.get(id) ?? 0) + (others.get(id) ?? 0)] as const)
      return new Map(sums.filter(([, count]) => count > 0))
    },
    /** Says what has changed here and hears the other nodes; on SQLite there are none. */
    async exchange(): Promise<void> {
      if (alone) return
      const local = options.local()
      await tell(local)
      elsewhere = await ask([...local.keys()])
    },
    /** Takes back what this node has said. */
    async close(): Promise<void> {
      if (!alone && told.size > 0) await store.db.deleteFrom('node_presence').where('node_id', '=', nodeId).execute()
    },
  }
}

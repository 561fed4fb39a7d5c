// Owns: which server processes run: each says so, and one that has not for a while is gone.
import type { Transaction } from 'kysely'
import type { Schema, Store } from './store.ts'

export type Nodes = Awaited<ReturnType<typeof createNodes>>

const beatMs = 10_000
/** What a node said counts for so long; then it is gone, whatever the reason. */
export const goneMs = 90_000

/**
 * Says that this node is there, before it returns and from then on.
 *
 * @param options.onGone          settles what a node left behind, in the transaction that forgets it; `at` (Unix milliseconds) is its last
 *                                sign of life
 * @param options.onTakenForGone  this node said nothing for so long that another has settled what it left
 */
export async function createNodes(options: {
  store: Pick<Store, 'db' | 'kind' | 'transaction'>
  nodeId: string
  now(): number
  onGone(tx: Transaction<Schema>, gone: { nodeId: string; at: number }): Promise<void>
  onTakenForGone(): void
  onError(error: unknown): void
}) {
  const { store, nodeId, now } = options
  let others: ReadonlyMap<string, number> = new Map()

  // SQLite has one process: whoever else stands there has died.
  const isGone = (at: number): boolean => store.kind === 'sqlite' || at <= now() - goneMs

  async function beat(): Promise<void> {
    const [said] = await store.db.updateTable('nodes').set({ at: now() }).where('id', '=', nodeId).execute()
    if (said?.numUpdatedRows === 0n) {
      await store.db.insertInto('nodes').values({ id: nodeId, at: now() }).execute()
      options.onTakenForGone()
    }
    const rows = await store.db.selectFrom('nodes').selectAll().where('id', '!=', nodeId).execute()
    others = new Map(rows.filter(({ at }) => !isGone(at)).map(({ id, at }) => [id, at]))
    for (const row of rows.filter(({ at }) => isGone(at))) await forget(row)
  }

  /** Whoever deletes the row settles the rest. A node that says something meanwhile waits, and finds that it was taken for gone. */
  async function forget({ id, at }: { id: string; at: number }): Promise<void> {
    await store.transaction(async (tx) => {
      const [deleted] = await tx.deleteFrom('nodes').where('id', '=', id).where('at', '=', at).execute()
      if (deleted?.numDeletedRows === 1n) await options.onGone(tx, { nodeId: id, at })
    })
  }

  await store.db.insertInto('nodes').values({ id: nodeId, at: now() }).execute()
  await beat()
  const timer = setInterval(() => void beat().catch(options.onError), beatMs).unref()

  return {
    nodeId,
    /** Memory only: whether a node runs, as far as this one has heard within ten seconds. */
    isThere: (id: string): boolean => id === nodeId || !isGone(others.get(id) ?? 0),
    /** Memory only: the nodes that run, this one among them. */
    there: (): string[] => [nodeId, ...[...others].filter(([, at]) => !isGone(at)).map(([id]) => id)],
    beat,
    /** Says goodbye; what this node left behind must be settled before. */
    async close(): Promise<void> {
      clearInterval(timer)
      await store.db.deleteFrom('nodes').where('id', '=', nodeId).execute().catch(options.onError)
    },
  }
}

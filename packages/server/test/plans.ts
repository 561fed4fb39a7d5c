// Owns: how a database would read what is asked of it, to show that an index serves.
import { CompiledQuery, createQueryId, type RootOperationNode } from 'kysely'
import type { Store } from '../src/store/store.ts'

/** The plan of the last query of `ask`, which is given a store to ask. */
export async function planOf(store: Store, ask: (store: Store) => Promise<unknown>): Promise<string> {
  let last: RootOperationNode | undefined
  const db = store.db.withPlugin({
    transformQuery({ node }) {
      last = node
      return node
    },
    transformResult: async ({ result }) => result,
  })
  await ask({ ...store, db })
  if (last === undefined) throw new Error('nothing was asked')
  const { sql, parameters } = store.db.getExecutor().compileQuery(last, createQueryId())
  const explain = store.kind === 'sqlite' ? 'explain query plan' : 'explain'
  const { rows } = await store.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(`${explain} ${sql}`, [...parameters]))
  return rows.map((row) => String(row.detail ?? row['QUERY PLAN'])).join('\n')
}

/** Rows are sorted, or a table is read from one end to the other. */
export const slow = /TEMP B-TREE FOR (ORDER|GROUP)|\bSort\b|Seq Scan|SCAN \w+$/m

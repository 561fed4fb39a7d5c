// Owns: reading one activity of a run from its log, for whoever takes it away when nobody is at the program.
import type { Store } from '../store/store.ts'
import { createLogTable, type RunKey } from './log-table.ts'
import type { AnyActivity } from './rules.ts'

/** The state that an activity's entries add up to, page by page; undefined where there is no such run. */
export async function foldedState(store: Store, key: RunKey, activity: AnyActivity): Promise<unknown> {
  const table = createLogTable(store)
  if ((await table.head(store.db, key)) === undefined) return undefined
  const state = activity.initial()
  let seq = 0
  for (let more = true; more; ) {
    const page = await table.page(store.db, key, seq)
    for (const { entry } of page.rows) {
      seq = entry.seq
      if (entry.activity === activity.name) activity.apply(state, entry)
    }
    more = page.more
  }
  return state
}

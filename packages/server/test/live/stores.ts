// Owns: stores that go wrong in the ways real ones do.
import type { Store } from '../../src/store/store.ts'

export type FaultyStore = Store & {
  /** Of the next transactions. before: rolled back; after: committed, but the answer is lost. away: nothing answers, reading neither. */
  mode: 'well' | 'before' | 'after' | 'away'
  /** When set, a transaction waits for it before it commits. */
  gate: Promise<void> | undefined
}

const beginnings = ['selectFrom', 'insertInto', 'updateTable', 'deleteFrom']

export function faultyStore(store: Store): FaultyStore {
  const faulty: FaultyStore = {
    ...store,
    mode: 'well',
    gate: undefined,
    db: new Proxy(store.db, {
      get(target, key) {
        if (faulty.mode === 'away' && beginnings.includes(String(key))) throw new Error('the database is away')
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    }),
    async transaction(work) {
      if (faulty.mode === 'away') throw new Error('the database is away')
      const result = await store.transaction(async (tx) => {
        const done = await work(tx)
        await faulty.gate
        if (faulty.mode === 'before') throw new Error('the disk is full')
        return done
      })
      if (faulty.mode === 'after') throw new Error('the connection was lost')
      return result
    },
  }
  return faulty
}

/** A store whose wakes reach nobody. */
export function deafStore(store: Store): Store {
  return { ...store, wake: () => undefined, onWake: () => () => undefined }
}

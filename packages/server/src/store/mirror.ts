// Owns: what a node keeps in memory of a small table, so that hot paths never ask the database.
import type { Store } from './store.ts'

export type Mirror<Key, Row> = {
  get(key: Key): Row | undefined
  all(): IterableIterator<Row>
  /** A row that this node just wrote or read: applies at once, unless a later one is held. */
  put(row: Row): void
  /** Hears every row that is new or later than the one held, from wherever it came. Returns unsubscribe. */
  onChange(listener: (row: Row) => void): () => void
  /** Reads what changed since the last time. @throws the store's error; what is held stays */
  refresh(): Promise<void>
  /** When the last successful reading began (Unix milliseconds), 0 before the first. */
  freshAt(): number
  /** Stops polling. */
  close(): void
}

/** Rows are read again for so long: clocks of nodes differ, and a row is stamped before its transaction commits. */
const overlapMs = 10_000

/**
 * Follows a table by polling what changed, and at once when another node wakes the topic.
 *
 * A poll that fails empties nothing: an outage of the database neither lets anybody in nor throws anybody out.
 *
 * @param options.load        all rows with changed_at >= since
 * @param options.changedAt   grows with every change of a row
 * @param options.keep        false forgets a row (asked at each poll)
 */
export function createMirror<Key, Row>(options: {
  store: Pick<Store, 'onWake'>
  load(since: number): Promise<readonly Row[]>
  key(row: Row): Key
  changedAt(row: Row): number
  keep?(row: Row, now: number): boolean
  everyMs: number
  topic: string
  now?(): number
  onError?(error: unknown): void
}): Mirror<Key, Row> {
  const now = options.now ?? Date.now
  const rows = new Map<Key, Row>()
  const listeners = new Set<(row: Row) => void>()
  let readAt = 0
  let running: Promise<void> | undefined
  let again: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function put(row: Row): void {
    const key = options.key(row)
    const held = rows.get(key)
    if (held !== undefined && options.changedAt(held) >= options.changedAt(row)) return
    rows.set(key, row)
    for (const listener of listeners) listener(row)
  }

  async function read(): Promise<void> {
    const startedAt = now()
    for (const row of await options.load(Math.max(0, readAt - overlapMs))) put(row)
    readAt = startedAt
    if (options.keep === undefined) return
    for (const [key, row] of rows) if (!options.keep(row, startedAt)) rows.delete(key)
  }

  /** One reading at a time; who asks during one gets the next, since the present one may have missed what he knows of. */
  function refresh(): Promise<void> {
    if (running === undefined) {
      running = read().finally(() => {
        running = undefined
      })
      return running
    }
    again ??= running
      .catch(() => undefined)
      .then(() => {
        again = undefined
        return refresh()
      })
    return again
  }

  function poll(): void {
    if (closed) return
    refresh()
      .catch((error: unknown) => {
        if (!closed) options.onError?.(error)
      })
      .finally(() => {
        if (!closed) timer = setTimeout(poll, options.everyMs).unref()
      })
  }
  timer = setTimeout(poll, options.everyMs).unref()

  const unsubscribe = options.store.onWake((topic) => {
    if (topic === options.topic) refresh().catch((error: unknown) => options.onError?.(error))
  })

  return {
    get: (key) => rows.get(key),
    all: () => rows.values(),
    put,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refresh,
    freshAt: () => readAt,
    close() {
      closed = true
      clearTimeout(timer)
      unsubscribe()
    },
  }
}

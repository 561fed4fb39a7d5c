// Owns: the one way to the database, whichever it is.
import { Kysely, type Transaction } from 'kysely'
import { migrate } from './migrations.ts'
import { openPostgres } from './postgres.ts'
import type { Schema } from './schema.ts'
import { sqliteDialect } from './sqlite.ts'

export type { Schema } from './schema.ts'

export type Store = {
  readonly kind: 'sqlite' | 'postgres'
  readonly db: Kysely<Schema>
  /**
   * One transaction (SQLite: BEGIN IMMEDIATE; PostgreSQL: read committed). Nothing but queries on `tx` is awaited inside: on SQLite a
   * query on `db` would wait for the transaction's end, and the transaction for it.
   */
  transaction<T>(work: (tx: Transaction<Schema>) => Promise<T>): Promise<T>
  /** Tells the other nodes that something of this topic (no spaces) changed: NOTIFY on PostgreSQL; nothing on SQLite, which has one process. */
  wake(topic: string): void
  /** Hears other nodes' wakes. May miss some: whoever listens polls as well. Returns unsubscribe. */
  onWake(listener: (topic: string) => void): () => void
  /** Waits for what runs, then closes; a second call does nothing. */
  close(): Promise<void>
}

const poolSize = 10

/**
 * Opens the database and brings its tables up to date.
 *
 * @param options.databaseUrl  `postgres://…`; absent means SQLite in the data folder
 * @throws StoreOutage or the driver's error when it cannot be opened
 */
export async function openStore(options: { databaseUrl?: string | undefined; dataDir: string }): Promise<Store> {
  const postgres = options.databaseUrl === undefined ? undefined : openPostgres({ databaseUrl: options.databaseUrl, poolSize })
  const kind = postgres === undefined ? 'sqlite' : 'postgres'
  const db = new Kysely<Schema>({ dialect: postgres?.dialect ?? sqliteDialect({ dataDir: options.dataDir }) })
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    await postgres?.close()
    await db.destroy()
  }
  const store: Store = {
    kind,
    db,
    transaction: (work) => db.transaction().execute(work),
    wake: (topic) => postgres?.wake(topic),
    onWake: (listener) => postgres?.onWake(listener) ?? (() => undefined),
    close: () => (closing ??= close()),
  }
  try {
    await migrate(db, kind)
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}

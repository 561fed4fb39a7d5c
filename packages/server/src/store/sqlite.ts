// Owns: how Kysely reaches the SQLite thread: one connection, lent to one query or transaction at a time, in order of asking.
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { makeFolder } from './folder.ts'
import { StoreOutage } from './outage.ts'
import type { WorkerAnswer, WorkerRequest } from './sqlite-worker.ts'

type Waiting = { resolve(answer: Extract<WorkerAnswer, { rows: unknown }>): void; reject(error: Error): void }

// Node 20 runs no .ts in a worker, so the sources too use the built file.
const workerFile = new URL(import.meta.url.endsWith('.ts') ? '../../dist/store/sqlite-worker.js' : './sqlite-worker.js', import.meta.url)

class SqliteError extends Error {
  readonly code: string | undefined
  constructor(failed: { message: string; code: string | undefined }) {
    super(failed.message)
    this.name = 'SqliteError'
    this.code = failed.code
  }
}

function startThread(file: string) {
  const worker = new Worker(workerFile, { workerData: { file }, name: 'sqlite' })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let gone: StoreOutage | undefined

  function fail(error: StoreOutage): void {
    gone ??= error
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
  }
  worker.on('message', (answer: WorkerAnswer) => {
    const asked = waiting.get(answer.id)
    waiting.delete(answer.id)
    // An idle database must not keep a finished process alive; a running query must.
    if (waiting.size === 0) worker.unref()
    if ('failed' in answer) asked?.reject(new SqliteError(answer.failed))
    else asked?.resolve(answer)
  })
  worker.on('error', (error) => fail(new StoreOutage(`the database thread failed: ${error.message}`, { cause: error })))
  worker.on('exit', () => fail(new StoreOutage('the database is closed')))

  return {
    ask(request: Omit<WorkerRequest, 'id'>): Promise<Extract<WorkerAnswer, { rows: unknown }>> {
      if (gone !== undefined) return Promise.reject(gone)
      lastId += 1
      const id = lastId
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        worker.ref()
        worker.postMessage({ ...request, id } satisfies WorkerRequest)
      })
    },
  }
}

type Thread = ReturnType<typeof startThread>

function connectionOf(thread: Thread): DatabaseConnection {
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const { rows, changes } = await thread.ask({ sql, parameters })
      return { rows: rows as Row[], numAffectedRows: BigInt(changes) }
    },
    // biome-ignore lint/correctness/useYield: Kysely's interface asks for a generator; nothing here streams.
    async *streamQuery() {
      throw new Error('streaming is not supported')
    },
  }
}

/** Lends one thing to one borrower at a time, first come, first served. */
function createTurnstile() {
  const queue: (() => void)[] = []
  let taken = false
  return {
    take(): Promise<void> {
      if (!taken) {
        taken = true
        return Promise.resolve()
      }
      return new Promise((resolve) => queue.push(resolve))
    },
    give(): void {
      const next = queue.shift()
      if (next === undefined) taken = false
      else next()
    },
  }
}

function createDriver(file: string): Driver {
  const turnstile = createTurnstile()
  let thread: Thread | undefined
  let connection: DatabaseConnection | undefined
  return {
    async init() {
      thread = startThread(file)
      connection = connectionOf(thread)
    },
    async acquireConnection() {
      if (connection === undefined) throw new StoreOutage('the database is closed')
      await turnstile.take()
      return connection
    },
    async releaseConnection() {
      turnstile.give()
    },
    // IMMEDIATE: a transaction that reads and then writes must not find out at the write that it may not.
    beginTransaction: async (connection) => void (await connection.executeQuery(CompiledQuery.raw('begin immediate'))),
    commitTransaction: async (connection) => void (await connection.executeQuery(CompiledQuery.raw('commit'))),
    rollbackTransaction: async (connection) => void (await connection.executeQuery(CompiledQuery.raw('rollback'))),
    async destroy() {
      await turnstile.take()
      await thread?.ask({}).catch(() => undefined)
      connection = undefined
      turnstile.give()
    },
  }
}

/** A Kysely dialect over `voila.sqlite` in the data folder; both are made, for their owner alone, where they are missing. */
export function sqliteDialect(options: { dataDir: string }): Dialect {
  makeFolder(options.dataDir)
  const file = join(options.dataDir, 'voila.sqlite')
  // SQLite would make it readable for everybody; its companions take their mode from it.
  closeSync(openSync(file, 'a', 0o600))
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(file),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

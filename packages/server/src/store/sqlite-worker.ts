// Owns: the one SQLite connection, in a thread of its own, so that an fsync never stalls the media on the main one.
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'libsql'

/** `id` comes back with the answer; `sql` absent asks to close. */
export type WorkerRequest = { id: number; sql?: string; parameters?: readonly unknown[] }
export type WorkerAnswer =
  | { id: number; rows: Record<string, unknown>[]; changes: number }
  | { id: number; failed: { message: string; code: string | undefined } }

// Batches insert in many sizes, each a statement of its own.
const keptStatements = 200

const port = parentPort
if (port === null) throw new Error('this file runs as a worker alone')

const { file } = workerData as { file: string }
const database = new Database(file, { timeout: 5_000 })
for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON', 'busy_timeout = 5000', 'temp_store = MEMORY']) {
  database.exec(`PRAGMA ${pragma}`)
}

const statements = new Map<string, Database.Statement>()

function prepared(sql: string): Database.Statement {
  const known = statements.get(sql)
  if (known !== undefined) {
    statements.delete(sql)
    statements.set(sql, known)
    return known
  }
  const statement = database.prepare(sql)
  statements.set(sql, statement)
  const [oldest] = statements.keys()
  if (statements.size > keptStatements && oldest !== undefined) statements.delete(oldest)
  return statement
}

/** libsql aborts the whole process on a boolean and cuts text at a NUL: nothing gets past here that it cannot take. */
function bindable(value: unknown): string | number | bigint | Uint8Array | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === null || typeof value === 'bigint' || value instanceof Uint8Array) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string' && !value.includes('\0')) return value
  throw new TypeError(`a query parameter is ${typeof value === 'string' ? 'text with a NUL' : typeof value}`)
}

function answer({ id, sql, parameters = [] }: WorkerRequest): WorkerAnswer {
  if (sql === undefined) {
    statements.clear()
    database.exec('PRAGMA optimize')
    database.close()
    return { id, rows: [], changes: 0 }
  }
  const values = parameters.map(bindable)
  const statement = prepared(sql)
  if (statement.reader) return { id, rows: statement.all(values) as Record<string, unknown>[], changes: 0 }
  return { id, rows: [], changes: statement.run(values).changes }
}

port.on('message', (request: WorkerRequest) => {
  try {
    port.postMessage(answer(request))
  } catch (error) {
    statements.delete(request.sql ?? '')
    const { message, code } = error as { message: string; code?: string }
    port.postMessage({ id: request.id, failed: { message, code } } satisfies WorkerAnswer)
  }
  if (request.sql === undefined) port.close()
})

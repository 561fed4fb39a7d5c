// Owns: which failures mean that the database is away, rather than that the query was wrong.

/** The database is not there, or no longer. Becomes 503 `unavailable`, never 401 or 403. */
export class StoreOutage extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreOutage'
  }
}

const codes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'EADDRNOTAVAIL',
])
// PostgreSQL: class 08 connection, 53 resources, 57 the server stops or is starting, 25006 a standby, 58 the system beneath it.
// SQLite: what the disk does to it. 40001 and 40P01 are the caller's, to repeat.
const pattern = /^(08\w{3}|53\w{3}|57P\d\d|57014|25006|58\w{3}|SQLITE_(BUSY|FULL|IOERR|CANTOPEN|READONLY|NOMEM|LOCKED)\w*)$/
// pg has no codes for these.
const messages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)/

/** Whether an error, or what caused it, is the database's absence. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof StoreOutage) return true
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && (codes.has(code) || pattern.test(code))) return true
  if (messages.test(error.message)) return true
  // A connection tried on several addresses fails as an AggregateError without a message of its own.
  if (error instanceof AggregateError) return error.errors.some(isOutage)
  return isOutage(error.cause)
}

/** Whether a unique constraint refused the query. */
export function isDuplicate(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}

// Owns: the connections to PostgreSQL: a pool for queries, and one that listens for other nodes.
import { randomUUID } from 'node:crypto'
import { type Dialect, PostgresDialect } from 'kysely'
import pg from 'pg'

export type Postgres = {
  readonly dialect: Dialect
  /** Tells the other nodes; lost where the database is away, since whoever listens polls as well. */
  wake(topic: string): void
  onWake(listener: (topic: string) => void): () => void
  close(): Promise<void>
}

const int8 = 20
const listenAgainMs = 1_000
const statementTimeoutMs = 30_000

/** int8 as a number: times and counters stay far below 2^53. On this pool alone, not for every user of pg in the process. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}

/** Opens a pool; nothing is connected before the first query. */
export function openPostgres(options: { databaseUrl: string; poolSize: number }): Postgres {
  const connection = { connectionString: options.databaseUrl, types, keepAlive: true, application_name: 'voila' }
  const pool = new pg.Pool({
    ...connection,
    max: options.poolSize,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
  })
  // Without a listener a dropped connection ends the process; the query on it rejects anyway.
  const ignore = (): void => undefined
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))

  const self = randomUUID()
  const listeners = new Set<(topic: string) => void>()
  let channel: string | undefined
  let listening: pg.Client | undefined
  let again: NodeJS.Timeout | undefined
  let closed = false

  /** One channel per schema: installations and tests that share a database do not wake each other. */
  async function channelName(client: Pick<pg.Pool, 'query'>): Promise<string> {
    if (channel === undefined) {
      const { rows } = await client.query<{ name: string }>(`select 'voila_' || md5(current_schema()) as name`)
      channel = rows[0]?.name ?? 'voila'
    }
    return channel
  }

  function hear({ payload }: pg.Notification): void {
    const [node, topic] = (payload ?? '').split(' ', 2)
    if (node === self || topic === undefined) return
    for (const listener of listeners) listener(topic)
  }

  async function listen(): Promise<void> {
    const client = new pg.Client(connection)
    listening = client
    const retry = (): void => {
      if (listening !== client) return
      listening = undefined
      client.end().catch(ignore)
      if (!closed) again = setTimeout(() => void listen(), listenAgainMs).unref()
    }
    client.on('error', retry)
    client.on('end', retry)
    client.on('notification', hear)
    try {
      await client.connect()
      await client.query(`listen ${await channelName(client)}`)
    } catch {
      retry()
    }
  }

  return {
    dialect: new PostgresDialect({ pool }),
    wake(topic) {
      if (closed) return
      channelName(pool)
        .then((name) => pool.query('select pg_notify($1, $2)', [name, `${self} ${topic}`]))
        .catch(ignore)
    },
    onWake(listener) {
      if (listeners.size === 0 && listening === undefined && again === undefined && !closed) void listen()
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      closed = true
      clearTimeout(again)
      const client = listening
      listening = undefined
      await client?.end().catch(ignore)
    },
  }
}

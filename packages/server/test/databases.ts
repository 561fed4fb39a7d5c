// Owns: a database of its own for each test, on each of the two kinds, gone afterwards.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { needs, postgresUrl } from '../../../test/require.ts'
import { openStore, type Store } from '../src/store/store.ts'

export type TestDatabase = {
  /** What openStore takes; several stores on one of PostgreSQL are several nodes. */
  readonly where: { databaseUrl?: string; dataDir: string }
  open(): Promise<Store>
  /** Closes every store opened here and removes the database. */
  drop(): Promise<void>
}

async function make(kind: 'sqlite' | 'postgres'): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'voila-test-'))
  const schema = `voila_test_${randomBytes(8).toString('hex')}`
  const url = new URL(postgresUrl)
  url.searchParams.set('options', `-c search_path=${schema}`)
  const query = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: postgresUrl })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  if (kind === 'postgres') await query(`create schema ${schema}`)

  const where = kind === 'postgres' ? { databaseUrl: url.href, dataDir } : { dataDir }
  const opened: Store[] = []
  return {
    where,
    async open() {
      const store = await openStore(where)
      opened.push(store)
      return store
    },
    async drop() {
      for (const store of opened) await store.close()
      if (kind === 'postgres') await query(`drop schema ${schema} cascade`)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** For `describe.each(databases)('… on $kind', …)` with `describe.skipIf(skip())` inside. */
export const databases = [
  { kind: 'sqlite' as const, skip: () => false, make: () => make('sqlite') },
  { kind: 'postgres' as const, skip: needs.postgres, make: () => make('postgres') },
]

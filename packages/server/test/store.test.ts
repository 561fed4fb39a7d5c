// Owns: the contract that both databases keep.
import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { needs } from '../../../test/require.ts'
import { isDuplicate, isOutage } from '../src/store/outage.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { databases, type TestDatabase } from './databases.ts'

const organization = (id: string) => ({ id, name: `Name of ${id}`, created_at: 1_700_000_000_000 })

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`the store on ${kind}`, () => {
    let database: TestDatabase
    let store: Store
    beforeEach(async () => {
      database = await make()
      store = await database.open()
    })
    afterEach(() => database.drop())

    const names = async (): Promise<string[]> =>
      (await store.db.selectFrom('organizations').select('name').orderBy('id').execute()).map((row) => row.name)

    test('gives numbers as numbers, text as it was, and null as null', async () => {
      await store.db.insertInto('organizations').values({ id: 'o', name: 'Société “Ωmega” 🎬', created_at: 1_784_567_890_123 }).execute()
      await store.db
        .insertInto('refusals')
        .values({ id: 'r', at: 1, organization_id: 'o', program_id: 'p', kid: null, code: 'expired', claim: null, subject: null })
        .execute()
      expect(await store.db.selectFrom('organizations').select(['id', 'name', 'created_at']).execute()).toEqual([
        { id: 'o', name: 'Société “Ωmega” 🎬', created_at: 1_784_567_890_123 },
      ])
      const row = await store.db
        .selectFrom('refusals')
        .select((eb) => ['kid', eb.fn.countAll<number>().as('count')])
        .groupBy('kid')
        .executeTakeFirst()
      expect(row).toEqual({ kid: null, count: 1 })
    })

    test('reports how many rows a change touched', async () => {
      await store.db
        .insertInto('organizations')
        .values([organization('a'), organization('b')])
        .execute()
      const result = await store.db.updateTable('organizations').set({ name: 'x' }).where('id', '=', 'a').executeTakeFirst()
      expect(result.numUpdatedRows).toBe(1n)
    })

    test('returns what an upsert left behind', async () => {
      const upsert = (name: string) =>
        store.db
          .insertInto('organizations')
          .values({ ...organization('o'), name })
          .onConflict((conflict) => conflict.column('id').doUpdateSet((eb) => ({ name: eb.ref('excluded.name') })))
          .returning('name')
          .executeTakeFirstOrThrow()
      expect(await upsert('first')).toEqual({ name: 'first' })
      expect(await upsert('second')).toEqual({ name: 'second' })
    })

    test('a transaction that throws leaves nothing', async () => {
      const failing = store.transaction(async (tx) => {
        await tx.insertInto('organizations').values(organization('o')).execute()
        throw new Error('changed its mind')
      })
      await expect(failing).rejects.toThrow('changed its mind')
      expect(await names()).toEqual([])
      await store.db.insertInto('organizations').values(organization('p')).execute()
      expect(await names()).toEqual(['Name of p'])
    })

    test('nobody sees a transaction before it commits', async () => {
      let seen: Promise<string[]> | undefined
      await store.transaction(async (tx) => {
        await tx.insertInto('organizations').values(organization('o')).execute()
        if (kind === 'postgres') expect(await names()).toEqual([])
        else seen = names()
      })
      // SQLite has one connection: whoever asks during a transaction is answered after it.
      expect((await seen) ?? (await names())).toEqual(['Name of o'])
    })

    test('a hundred transactions at once lose no increment', async () => {
      await store.db.insertInto('organizations').values(organization('o')).execute()
      await store.db
        .insertInto('programs')
        .values({
          ...{ id: 'p', organization_id: 'o', title: 't', description: '', language: 'en', starts_at: 0, state: 'draft', state_since: 0 },
          ...{ sign_in_url: null, run: 1, created_at: 0, changed_at: 0 },
        })
        .execute()
      await store.db.insertInto('program_runs').values({ program_id: 'p', run: 1, kind: 'live' }).execute()
      const append = () =>
        store.transaction(async (tx) => {
          const head = tx.selectFrom('program_runs').select('seq').where('program_id', '=', 'p').where('run', '=', 1)
          const { seq } = await (kind === 'postgres' ? head.forUpdate() : head).executeTakeFirstOrThrow()
          await tx
            .updateTable('program_runs')
            .set({ seq: seq + 1 })
            .where('program_id', '=', 'p')
            .where('run', '=', 1)
            .execute()
          await tx
            .insertInto('program_log')
            .values({ program_id: 'p', run: 1, seq: seq + 1, at: 1, activity: 'a', type: 't', actor_id: 'x', body: '{}', command_id: null })
            .execute()
        })
      await Promise.all(Array.from({ length: 100 }, append))
      const log = await store.db.selectFrom('program_log').select('seq').orderBy('seq').execute()
      expect(log.map((row) => row.seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    })

    test('a unique constraint is told apart from other failures', async () => {
      await store.db.insertInto('organizations').values(organization('o')).execute()
      const again = await store.db
        .insertInto('organizations')
        .values(organization('o'))
        .execute()
        .catch((error: unknown) => error)
      expect(isDuplicate(again)).toBe(true)
      expect(isOutage(again)).toBe(false)
      const wrong = await sql`select nothing from nowhere`.execute(store.db).catch((error: unknown) => error)
      expect(wrong).toBeInstanceOf(Error)
      expect(isDuplicate(wrong)).toBe(false)
      expect(isOutage(wrong)).toBe(false)
    })

    test('a foreign key holds', async () => {
      const orphan = store.db.insertInto('program_runs').values({ program_id: 'nowhere', run: 1, kind: 'live' }).execute()
      await expect(orphan).rejects.toThrow(/foreign key/i)
    })

    test('a parameter that neither database keeps whole is refused, and the connection goes on', async () => {
      const insert = (name: unknown) =>
        store.db
          .insertInto('organizations')
          .values({ ...organization(randomUUID()), name: name as string })
          .execute()
      await expect(insert('cut \0 here')).rejects.toThrow()
      await insert('whole')
      expect(await names()).toEqual(['whole'])
    })

    test('keeps what it holds over closing and opening, and migrates once', async () => {
      await store.db.insertInto('organizations').values(organization('o')).execute()
      await store.close()
      store = await database.open()
      expect(await names()).toEqual(['Name of o'])
      const { rows } = await sql<{ name: string }>`select name from migrations`.execute(store.db)
      expect(new Set(rows.map((row) => row.name)).size).toBe(rows.length)
    })

    test('refuses a database that a newer version has written', async () => {
      await sql`insert into migrations (name, at) values ('9999-future', 1)`.execute(store.db)
      await expect(openStore(database.where)).rejects.toThrow(/newer version/)
    })

    test('a query after close is an outage, not a wrong query', async () => {
      await store.close()
      const late = await names().catch((error: unknown) => error)
      expect(late).toBeInstanceOf(Error)
      await store.close()
    })
  })
}

describe('SQLite alone', () => {
  test('commits are on the disk before they are answered, in a file that only its owner reads', async () => {
    const [sqlite] = databases
    const database = await (sqlite as (typeof databases)[number]).make()
    const store = await database.open()
    const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(store.db)
    expect(rows).toEqual([{ synchronous: 2 }])
    const { rows: modes } = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(store.db)
    expect(modes).toEqual([{ journal_mode: 'wal' }])
    for (const name of ['voila.sqlite', 'voila.sqlite-wal']) {
      expect((await stat(join(database.where.dataDir, name))).mode & 0o777).toBe(0o600)
    }
    await store.close()
    expect((await readFile(join(database.where.dataDir, 'voila.sqlite'))).subarray(0, 15).toString()).toBe('SQLite format 3')
    await database.drop()
  })

  test.each(['/dev/null/nowhere', '/proc/nowhere/deep'])('the folder %s, which cannot be made, is an error of opening', async (dataDir) => {
    await expect(openStore({ dataDir })).rejects.toThrow()
  })
})

describe.skipIf(needs.postgres())('PostgreSQL alone', () => {
  test('a wake reaches the other nodes of the same database, and neither oneself nor another database', async () => {
    const [, postgres] = databases
    const [one, other] = await Promise.all([postgres?.make(), postgres?.make()])
    if (one === undefined || other === undefined) throw new Error('no PostgreSQL')
    const [a, b, stranger] = [await one.open(), await one.open(), await other.open()]
    const heard: string[] = []
    a.onWake((topic) => heard.push(`a:${topic}`))
    b.onWake((topic) => heard.push(`b:${topic}`))
    stranger.onWake((topic) => heard.push(`stranger:${topic}`))
    // A wake may be lost while a listener connects: that is the contract, so it is repeated here.
    await vi.waitFor(
      () => {
        a.wake('programs')
        expect(heard).toContain('b:programs')
      },
      { timeout: 15_000, interval: 200 },
    )
    expect(heard.filter((text) => !text.startsWith('b:'))).toEqual([])
    await one.drop()
    await other.drop()
  })

  test('a database that is not there is an outage', async () => {
    const error = await openStore({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none', dataDir: '/nowhere' }).catch(
      (reason: unknown) => reason,
    )
    expect(isOutage(error)).toBe(true)
  })

  test('a connection that the server cuts is an outage for its query, and the pool goes on', async () => {
    const database = await databases[1]?.make()
    if (database === undefined) throw new Error('no PostgreSQL')
    const store = await database.open()
    const cut = await sql`select pg_terminate_backend(pg_backend_pid())`.execute(store.db).catch((error: unknown) => error)
    expect(isOutage(cut)).toBe(true)
    const goesOn = async () => expect((await sql<{ one: number }>`select 1 as one`.execute(store.db)).rows).toEqual([{ one: 1 }])
    await vi.waitFor(goesOn, { timeout: 10_000 })
    await database.drop()
  })
})

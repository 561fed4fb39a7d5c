// Owns: the statements on a run's head row, its log and its counters.
import type { Counter, Entry } from '@voila/protocol'
import { type Kysely, sql, type Transaction } from 'kysely'
import { jsonRows } from '../store/json-rows.ts'
import type { Schema, Store } from '../store/store.ts'

export type RunKey = { readonly programId: string; readonly run: number }
export type Head = { readonly seq: number; readonly at: number; readonly erasures: number }
/** An entry with the id of its command, which is on the first entry of a command alone. */
export type LogRow = { readonly entry: Entry; readonly commandId: string | null }

type Reading = Kysely<Schema>
type Writing = Transaction<Schema>

const pageEntries = 2_000

/**
 * A text is counted like an increment, under its key and itself: as a set with counts, in no order that could tell who wrote when.
 */
function counterRow(counter: Counter): { key: string; add: number } {
  return 'text' in counter ? { key: `${counter.key}\n${counter.text}`, add: 1 } : counter
}

export function createLogTable(store: Pick<Store, 'db' | 'kind'>) {
  const postgres = store.kind === 'postgres'
  const { from, whole, text } = jsonRows(store.kind)

  return {
    /** The head row, or undefined when there is no such run. */
    head(db: Reading, { programId, run }: RunKey): Promise<Head | undefined> {
      return db
        .selectFrom('program_runs')
        .select(['seq', 'at', 'erasures'])
        .where('program_id', '=', programId)
        .where('run', '=', run)
        .executeTakeFirst()
    },

    /** The head row, locked until the transaction ends: batches of all nodes on this run follow one another. */
    lockHead(tx: Writing, { programId, run }: RunKey): Promise<Head | undefined> {
      const query = tx
        .selectFrom('program_runs')
        .select(['seq', 'at', 'erasures'])
        .where('program_id', '=', programId)
        .where('run', '=', run)
      // SQLite's BEGIN IMMEDIATE is lock enough.
      return (postgres ? query.forUpdate() : query).executeTakeFirst()
    },

    /** The heads of many runs in one query. */
    async heads(programIds: readonly string[]): Promise<(RunKey & Head)[]> {
      if (programIds.length === 0) return []
      const rows = await store.db
        .selectFrom('program_runs')
        .select(['program_id', 'run', 'seq', 'at', 'erasures'])
        .where('program_id', 'in', programIds)
        .execute()
      return rows.map(({ program_id, ...row }) => ({ programId: program_id, ...row }))
    },

    /** Entries after `seq` in order, at most one page of them; fewer than `pageEntries` are the last. */
    async page(db: Reading, { programId, run }: RunKey, seq: number): Promise<{ rows: LogRow[]; more: boolean }> {
      const rows = await db
        .selectFrom('program_log')
        .select(['seq', 'at', 'activity', 'type', 'actor_id', 'body', 'command_id'])
        .where('program_id', '=', programId)
        .where('run', '=', run)
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(pageEntries)
        .execute()
      return {
        rows: rows.map(({ actor_id: actorId, body, command_id: commandId, seq, at, activity, type }) => ({
          entry: { seq, at, activity, type, actorId, body: JSON.parse(body) as unknown },
          commandId,
        })),
        more: rows.length === pageEntries,
      }
    },

    /** Writes the rows and moves the head, in a transaction that has locked it. */
    async append(tx: Writing, { programId, run }: RunKey, rows: readonly LogRow[], counters: readonly Counter[]): Promise<void> {
      const last = rows.at(-1)
      if (last === undefined) return
      const values = rows.map(({ entry, commandId }) => [
        entry.seq,
        entry.at,
        entry.activity,
        entry.type,
        entry.actorId,
        JSON.stringify(entry.body),
        commandId,
      ])
      await sql`
        insert into program_log (program_id, run, seq, at, activity, type, actor_id, body, command_id)
        select ${programId}, ${postgres ? sql`${run}::bigint` : run}, ${whole(0)}, ${whole(1)}, ${text(2)}, ${text(3)}, ${text(4)},
          ${text(5)}, ${text(6)} from ${from(JSON.stringify(values))}`.execute(tx)
      const sums = new Map<string, number>()
      for (const { key, add } of counters.map(counterRow)) sums.set(key, (sums.get(key) ?? 0) + add)
      if (sums.size > 0) {
        await tx
          .insertInto('program_counters')
          // By key, as the order in which they came could tell who wrote what.
          .values([...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ program_id: programId, run, key, value })))
          .onConflict((conflict) =>
            conflict
              .columns(['program_id', 'run', 'key'])
              .doUpdateSet((eb) => ({ value: eb('program_counters.value', '+', eb.ref('excluded.value')) })),
          )
          .execute()
      }
      await tx
        .updateTable('program_runs')
        .set({ seq: last.entry.seq, at: last.entry.at })
        .where('program_id', '=', programId)
        .where('run', '=', run)
        .execute()
    },
  }
}

export type LogTable = ReturnType<typeof createLogTable>

// Owns: how many rows reach the database as one parameter, so that a statement is compiled and prepared once for any number of them.
import { type CompiledQuery, type Insertable, type RawBuilder, sql } from 'kysely'
import type { Schema } from './schema.ts'
import type { Store } from './store.ts'

/** The rows of a JSON array of arrays, and their values by index. */
export function jsonRows(kind: Store['kind']) {
  const postgres = kind === 'postgres'
  return {
    from: (json: string): RawBuilder<unknown> =>
      postgres ? sql`json_array_elements(${json}::json) as given(value)` : sql`json_each(${json}) as given`,
    whole: (index: number): RawBuilder<unknown> =>
      postgres ? sql`(given.value ->> ${sql.lit(index)})::bigint` : sql`given.value ->> ${sql.lit(index)}`,
    text: (index: number): RawBuilder<unknown> => sql`given.value ->> ${sql.lit(index)}`,
  }
}

/**
 * A statement that inserts any number of rows.
 *
 * @param options.text   the columns that are given, by their type
 * @param options.after  `on conflict`, `returning`
 */
export function inserter<Table extends keyof Schema, Answer = unknown>(
  { db, kind }: Pick<Store, 'db' | 'kind'>,
  options: {
    into: Table
    text: readonly (keyof Insertable<Schema[Table]> & string)[]
    whole: readonly (keyof Insertable<Schema[Table]> & string)[]
    after?: RawBuilder<unknown>
  },
): (rows: readonly Insertable<Schema[Table]>[]) => CompiledQuery<Answer> {
  const { from, whole, text } = jsonRows(kind)
  const columns = [...options.text, ...options.whole]
  const values = columns.map((_, index) => (index < options.text.length ? text(index) : whole(index)))
  // WHERE, or SQLite takes ON for that of a join.
  const insert = sql<Answer>`insert into ${sql.table(options.into)} (${sql.join(columns.map((name) => sql.ref(name)))})
    select ${sql.join(values)} from ${from('')} where true ${options.after ?? sql``}`
  const compiled = insert.compile(db)
  return (rows) => ({ ...compiled, parameters: [JSON.stringify(rows.map((row) => columns.map((name) => row[name] ?? null)))] })
}

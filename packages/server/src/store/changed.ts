// Owns: the stamp by which mirrors see that a row is later than the one they hold.
import { type RawBuilder, sql } from 'kysely'

/**
 * For `changed_at` in an update: now, but always later than before, whatever the clocks of two nodes say.
 *
 * @param column  with its table where an insert becomes an update, which knows two rows
 */
export function laterThanBefore(now: number, column = 'changed_at'): RawBuilder<number> {
  const before = sql.ref<number>(column)
  return sql<number>`case when ${before} >= ${now} then ${before} + 1 else ${now} end`
}

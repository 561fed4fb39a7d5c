// Owns: the stamp by which mirrors see that a row is later than the one they hold.
import { type RawBuilder, sql } from 'kysely'

/** For `changed_at` in an update: now, but always later than before, whatever the clocks of two nodes say. */
export function laterThanBefore(now: number): RawBuilder<number> {
  return sql<number>`case when changed_at >= ${now} then changed_at + 1 else ${now} end`
}

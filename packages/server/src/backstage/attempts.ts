// Owns: how often something that can be guessed may be tried: counted before it is looked at, in the database, so over all nodes.
import { createHash } from 'node:crypto'
import { Refusal } from '@voila/protocol'
import { sql } from 'kysely'
import type { Store } from '../store/store.ts'

export type Attempts = ReturnType<typeof createAttempts>

const windowMs = 15 * 60_000
const maxAttempts = 10

export function createAttempts({ store, now }: { store: Store; now(): number }) {
  const keyOf = (what: string): string => createHash('sha256').update(what).digest('base64url')

  return {
    /** Forgets what counts no more. */
    async prune(): Promise<void> {
      await store.db
        .deleteFrom('attempts')
        .where('since', '<', now() - windowMs)
        .execute()
    },

    /**
     * Counts an attempt before it is judged: a thousand at the same time are ten that are judged.
     *
     * @param what  whose secret is tried; kept as a hash, whether there is such a person or not
     * @throws Refusal rate_limited after 10 within 15 minutes, until those are over
     */
    async begin(what: string): Promise<void> {
      const at = now()
      const { count, since } = await store.db
        .insertInto('attempts')
        .values({ key: keyOf(what), count: 1, since: at })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet({
            count: sql<number>`case when attempts.since <= ${at - windowMs} then 1 else attempts.count + 1 end`,
            since: sql<number>`case when attempts.since <= ${at - windowMs} then ${at} else attempts.since end`,
          }),
        )
        .returning(['count', 'since'])
        .executeTakeFirstOrThrow()
      if (count > maxAttempts) throw new Refusal('rate_limited', { retryAfterMs: Math.max(1_000, since + windowMs - at) })
    },
    /** It was right: what was tried before counts no more. */
    async succeeded(what: string): Promise<void> {
      await store.db.deleteFrom('attempts').where('key', '=', keyOf(what)).execute()
    },
  }
}

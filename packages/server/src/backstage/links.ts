// Owns: the links that work by themselves: that of the first owner, and those that sign somebody in.
import { Refusal } from '@voila/protocol'
import type { Transaction } from 'kysely'
import { hashOf, newBearer } from '../access/bearers.ts'
import type { OneTimeLinkTable } from '../store/schema.ts'
import type { Schema, Store } from '../store/store.ts'

export type Links = ReturnType<typeof createLinks>
type Purpose = OneTimeLinkTable['purpose']

const lifeMs = 24 * 3_600_000

/** The secret of a link stands in its fragment, which no server and no log is told. */
export function createLinks({ store, now }: { store: Store; now(): number }) {
  return {
    /** A new secret for a link that works for a day. `userId`: whom it signs in. */
    async make({ purpose, userId = null }: { purpose: Purpose; userId?: string | null }): Promise<{ token: string; expiresAt: number }> {
      const token = newBearer('')
      const expiresAt = now() + lifeMs
      await store.db
        .insertInto('one_time_links')
        .values({ hash: hashOf(token), purpose, user_id: userId, expires_at: expiresAt })
        .execute()
      return { token, expiresAt }
    },

    /** Whom a link signs in; null for a link without anybody. @throws Refusal link_used */
    async look({ token, purpose }: { token: string; purpose: Purpose }): Promise<string | null> {
      const row = await store.db
        .selectFrom('one_time_links')
        .select('user_id')
        .where('hash', '=', hashOf(token))
        .where('purpose', '=', purpose)
        .where('expires_at', '>', now())
        .executeTakeFirst()
      if (row === undefined) throw new Refusal('link_used')
      return row.user_id
    },

    /**
     * Uses up a link, and all others of its purpose with it: of two that set up at the same time the second finds its own gone.
     *
     * @throws Refusal link_used
     */
    async use(tx: Transaction<Schema>, { token, purpose }: { token: string; purpose: Purpose }): Promise<void> {
      const gone = await tx.deleteFrom('one_time_links').where('purpose', '=', purpose).returning(['hash', 'expires_at']).execute()
      const mine = gone.find(({ hash }) => hash === hashOf(token))
      if (mine === undefined || mine.expires_at <= now()) throw new Refusal('link_used')
    },
  }
}

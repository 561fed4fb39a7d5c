// Owns: the accounts of people who sign in to Backstage: making one, and whether there is one.
import type { Kysely, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Schema, Store } from '../store/store.ts'

export type Accounts = ReturnType<typeof createAccounts>
export type Account = { readonly id: string; readonly name: string; readonly email: string }

export function createAccounts({ store, now }: { store: Store; now(): number }) {
  let someKnown = false
  return {
    /** Whether anybody has an account. Once so, it stays so, and costs no query. */
    async some(db: Kysely<Schema> = store.db): Promise<boolean> {
      someKnown ||= (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined
      return someKnown
    },

    async byEmail(email: string): Promise<Account | undefined> {
      return await store.db.selectFrom('users').select(['id', 'name', 'email']).where('email', '=', email.toLowerCase()).executeTakeFirst()
    },

    /** The next sign-in asks for the password alone. */
    async dropTwoFactor(userId: string): Promise<void> {
      await store.transaction(async (tx) => {
        await tx.deleteFrom('user_two_factors').where('user_id', '=', userId).execute()
        await tx.updateTable('users').set({ two_factor_enabled: 0 }).where('id', '=', userId).execute()
      })
    },

    /** Makes an account with a password, as better-auth reads it. @throws the store's error where the address has one */
    async make(tx: Transaction<Schema>, given: { name: string; email: string; passwordHash: string }): Promise<Account> {
      const at = new Date(now()).toISOString()
      const account = { id: uuidv7(), name: given.name, email: given.email.toLowerCase() }
      const times = { created_at: at, updated_at: at }
      await tx
        .insertInto('users')
        .values({ ...account, email_verified: 0, image: null, two_factor_enabled: 0, ...times })
        .execute()
      await tx
        .insertInto('user_accounts')
        .values({
          id: uuidv7(),
          account_id: account.id,
          provider_id: 'credential',
          user_id: account.id,
          password: given.passwordHash,
          ...times,
        })
        .execute()
      return account
    },
  }
}

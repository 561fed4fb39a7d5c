// Owns: how an organization comes to its first owner: by the set-up link of a new platform, or by a person who makes it.
import { type Organization, Refusal, type SetupRequest } from '@voila/protocol'
import type { Transaction } from 'kysely'
import type { z } from 'zod'
import type { Schema, Store } from '../store/store.ts'
import type { Account, Accounts } from './accounts.ts'
import type { Links } from './links.ts'
import type { Members } from './members.ts'
import type { Organizations } from './organizations.ts'
import { hashPassword } from './passwords.ts'

export type Founding = ReturnType<typeof createFounding>

export function createFounding({
  store,
  organizations,
  members,
  accounts,
  links,
}: {
  store: Store
  organizations: Pick<Organizations, 'create'>
  members: Pick<Members, 'add' | 'wrote'>
  accounts: Pick<Accounts, 'some' | 'make'>
  links: Links
}) {
  /** Those that the administration made before anybody could sign in. */
  async function withoutMembers(tx: Transaction<Schema>): Promise<string[]> {
    const rows = await tx
      .selectFrom('organizations')
      .leftJoin('members', 'members.organization_id', 'organizations.id')
      .select('organizations.id')
      .where('members.user_id', 'is', null)
      .execute()
    return rows.map(({ id }) => id)
  }

  return {
    /** An organization of somebody's own. */
    async found({ name, ownerId }: { name: string; ownerId: string }): Promise<Organization> {
      const { organization, member } = await store.transaction(async (tx) => {
        const organization = await organizations.create({ name }, tx)
        return { organization, member: await members.add(tx, { organizationId: organization.id, userId: ownerId, role: 'owner' }) }
      })
      members.wrote([member])
      return organization
    },

    /** The secret of a link that makes the first owner; undefined where somebody has an account already. */
    async setupLink(): Promise<{ token: string; expiresAt: number } | undefined> {
      return (await accounts.some()) ? undefined : await links.make({ purpose: 'setup' })
    },

    /**
     * Makes the first owner with an organization, and gives him those that have nobody yet. A link works once.
     *
     * @throws Refusal link_used
     */
    async setUp(request: z.infer<typeof SetupRequest>): Promise<{ account: Account; organization: Organization }> {
      const link = { token: request.token, purpose: 'setup' } as const
      // Before the work on the password, which a stranger must not be able to ask for.
      await links.look(link)
      const passwordHash = await hashPassword(request.password)
      const { account, organization, rows } = await store.transaction(async (tx) => {
        await links.use(tx, link)
        if (await accounts.some(tx)) throw new Refusal('link_used')
        const account = await accounts.make(tx, { name: request.name, email: request.email, passwordHash })
        const organization = await organizations.create({ name: request.organizationName }, tx)
        const rows = []
        for (const organizationId of await withoutMembers(tx)) {
          rows.push(await members.add(tx, { organizationId, userId: account.id, role: 'owner' }))
        }
        return { account, organization, rows }
      })
      members.wrote(rows)
      return { account, organization }
    },
  }
}

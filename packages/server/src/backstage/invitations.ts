// Owns: invitations to a team: made, withdrawn, looked at and accepted.
import { type InvitationAnswer, type InvitationSeen, type ListAnswer, type MemberRole, Refusal } from '@voila/protocol'
import { v7 as uuidv7 } from 'uuid'
import { hashOf, newBearer } from '../access/bearers.ts'
import { isDuplicate } from '../store/outage.ts'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { InvitationRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { Account, Accounts } from './accounts.ts'
import type { Members } from './members.ts'
import { hashPassword } from './passwords.ts'

export type Invitations = ReturnType<typeof createInvitations>

const lifeMs = 7 * 86_400_000

function answerOf(row: InvitationRow): InvitationAnswer {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    invitedBy: row.invited_by,
    createdAt: new Date(row.created_at).toISOString(),
    expiresAt: new Date(row.expires_at).toISOString(),
  }
}

export function createInvitations({
  store,
  accounts,
  members,
  now,
}: {
  store: Store
  accounts: Accounts
  members: Pick<Members, 'add' | 'wrote' | 'roleIn'>
  now(): number
}) {
  /** @throws Refusal link_used */
  async function open(token: string) {
    const row = await store.db
      .selectFrom('invitations')
      .innerJoin('organizations', 'organizations.id', 'invitations.organization_id')
      .selectAll('invitations')
      .select('organizations.name as organization_name')
      .where('token_hash', '=', hashOf(token))
      .where('expires_at', '>', now())
      .executeTakeFirst()
    if (row === undefined) throw new Refusal('link_used')
    return row
  }

  /** An account of his own for somebody who has none. @throws Refusal account_needed */
  async function newAccount(given: { name?: string | undefined; password?: string | undefined }) {
    if (given.name === undefined || given.password === undefined) throw new Refusal('account_needed')
    return { name: given.name, passwordHash: await hashPassword(given.password) }
  }

  return {
    /**
     * Invites an address; an invitation that it has is replaced. `token`: the secret of the link, told once.
     *
     * @param request.by  the role of whoever invites: only an owner invites owners
     * @throws Refusal not_permitted | member_exists | organization_unknown
     */
    async make(
      organizationId: string,
      request: { email: string; role: MemberRole; by: MemberRole | null; invitedBy: string },
    ): Promise<{ invitation: InvitationAnswer; token: string }> {
      if (request.role === 'owner' && request.by !== 'owner') throw new Refusal('not_permitted')
      const email = request.email.toLowerCase()
      const account = await accounts.byEmail(email)
      if (account !== undefined && (await members.roleIn({ organizationId, userId: account.id })) !== undefined) {
        throw new Refusal('member_exists')
      }
      const token = newBearer('')
      const row: InvitationRow = {
        id: uuidv7(),
        organization_id: organizationId,
        email,
        role: request.role,
        token_hash: hashOf(token),
        invited_by: request.invitedBy,
        created_at: now(),
        expires_at: now() + lifeMs,
      }
      await store.transaction(async (tx) => {
        const known = await tx.selectFrom('organizations').select('id').where('id', '=', organizationId).executeTakeFirst()
        if (known === undefined) throw new Refusal('organization_unknown')
        await tx.deleteFrom('invitations').where('organization_id', '=', organizationId).where('email', '=', email).execute()
        await tx.insertInto('invitations').values(row).execute()
      })
      return { invitation: answerOf(row), token }
    },

    /** Those that can still be accepted, newest first. */
    async list(organizationId: string, page: PageRequest): Promise<ListAnswer<InvitationAnswer>> {
      const query = store.db
        .selectFrom('invitations')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('expires_at', '>', now())
      const rows = await paged(query, page, { at: 'created_at', id: 'id', order: 'newest-first' }).execute()
      return pageOf(rows, { limit: page.limit, placeOf: (row) => ({ at: row.created_at, id: row.id }), show: answerOf })
    },

    /** @throws Refusal invitation_unknown */
    async withdraw({ organizationId, invitationId }: { organizationId: string; invitationId: string }): Promise<InvitationAnswer> {
      const row = await store.db
        .deleteFrom('invitations')
        .where('organization_id', '=', organizationId)
        .where('id', '=', invitationId)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) throw new Refusal('invitation_unknown')
      return answerOf(row)
    },

    /** What whoever holds the link is told before he accepts. @throws Refusal link_used */
    async look(token: string): Promise<InvitationSeen> {
      const { organization_name: organizationName, email, role } = await open(token)
      return { organizationName, email, role, hasAccount: (await accounts.byEmail(email)) !== undefined }
    },

    /**
     * Takes its holder into the team: with a new account, or with the one that he is signed in with.
     *
     * @param request.signedInAs  the id of whoever is signed in where the link was opened
     * @throws Refusal link_used | account_exists | account_needed | member_exists
     */
    async accept(request: {
      token: string
      name?: string | undefined
      password?: string | undefined
      signedInAs: string | undefined
    }): Promise<{ account: Account; organizationId: string; role: MemberRole }> {
      const seen = await open(request.token)
      const account = await accounts.byEmail(seen.email)
      if (account !== undefined && account.id !== request.signedInAs) throw new Refusal('account_exists')
      const made = account === undefined ? await newAccount(request) : undefined
      try {
        const { person, member } = await store.transaction(async (tx) => {
          // Of two who accept at the same time, or one who withdraws meanwhile, the second finds nothing.
          const row = await tx.deleteFrom('invitations').where('id', '=', seen.id).returningAll().executeTakeFirst()
          if (row === undefined) throw new Refusal('link_used')
          const person =
            account ?? (await accounts.make(tx, { email: row.email, name: made?.name ?? '', passwordHash: made?.passwordHash ?? '' }))
          const member = await members.add(tx, { organizationId: row.organization_id, userId: person.id, role: row.role })
          return { person, member }
        })
        members.wrote([member])
        return { account: person, organizationId: member.organization_id, role: member.role }
      } catch (error) {
        // By another invitation, at the same time.
        if (isDuplicate(error)) throw new Refusal('account_exists')
        throw error
      }
    },
  }
}

// Owns: who is on an organization's team, in which role, and what each node knows of it without asking the database.
import { type ListAnswer, type MeAnswer, type MemberAnswer, type MemberRole, type Organization, Refusal } from '@voila/protocol'
import type { Transaction } from 'kysely'
import { laterThanBefore } from '../store/changed.ts'
import { createMirror } from '../store/mirror.ts'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { MemberRow } from '../store/schema.ts'
import type { Schema, Store } from '../store/store.ts'
import { organizationAnswer } from './organizations.ts'

export type Members = ReturnType<typeof createMembers>
export type MemberId = { readonly organizationId: string; readonly userId: string }

const everyMs = 1_000
const keyOf = ({ organizationId, userId }: MemberId): string => `${organizationId} ${userId}`

export function createMembers({ store, now, onError }: { store: Store; now(): number; onError?(error: unknown): void }) {
  const mirror = createMirror<string, MemberRow>({
    store,
    load: (since) => store.db.selectFrom('members').selectAll().where('changed_at', '>=', since).execute(),
    key: (row) => keyOf({ organizationId: row.organization_id, userId: row.user_id }),
    changedAt: (row) => row.changed_at,
    everyMs,
    topic: 'members',
    now,
    ...(onError === undefined ? {} : { onError }),
  })

  /** This node knows at once, the others soon. For rows of `add`, after their transaction. */
  function wrote(rows: readonly MemberRow[]): void {
    for (const row of rows) mirror.put(row)
    store.wake('members')
  }

  const presentRole = (row: MemberRow | undefined): MemberRole | undefined => (row?.removed_at === null ? row.role : undefined)

  const answers = () =>
    store.db
      .selectFrom('members')
      .innerJoin('users', 'users.id', 'members.user_id')
      .select(['users.id', 'users.name', 'users.email', 'users.two_factor_enabled', 'members.role', 'members.since'])
      .where('members.removed_at', 'is', null)

  type AnswerRow = Awaited<ReturnType<ReturnType<typeof answers>['executeTakeFirstOrThrow']>>
  const answerOf = (row: AnswerRow): MemberAnswer => ({
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    twoFactorEnabled: row.two_factor_enabled === 1,
    since: new Date(row.since).toISOString(),
  })

  /** @throws Refusal member_unknown */
  async function show({ organizationId, userId }: MemberId): Promise<MemberAnswer> {
    const row = await answers().where('organization_id', '=', organizationId).where('user_id', '=', userId).executeTakeFirst()
    if (row === undefined) throw new Refusal('member_unknown')
    return answerOf(row)
  }

  /**
   * Changes a member's row, one change of an organization at a time, so that two owners do not unmake each other.
   *
   * @throws Refusal member_unknown | not_permitted | last_owner
   */
  async function change(
    { organizationId, userId }: MemberId,
    { by, to }: { by: MemberRole | null; to: { role: MemberRole } | { removed: true } },
  ): Promise<void> {
    const at = now()
    const row = await store.transaction(async (tx) => {
      const organization = tx.selectFrom('organizations').select('id').where('id', '=', organizationId)
      await (store.kind === 'postgres' ? organization.forUpdate() : organization).execute()
      const present = () =>
        tx.selectFrom('members').selectAll().where('organization_id', '=', organizationId).where('removed_at', 'is', null)
      const member = await present().where('user_id', '=', userId).executeTakeFirst()
      if (member === undefined) throw new Refusal('member_unknown')
      const after = 'role' in to ? to.role : undefined
      if (by !== 'owner' && (member.role === 'owner' || after === 'owner')) throw new Refusal('not_permitted')
      if (member.role === 'owner' && after !== 'owner') {
        const owners = await present().where('role', '=', 'owner').execute()
        if (owners.length === 1) throw new Refusal('last_owner')
      }
      return await tx
        .updateTable('members')
        .set({ ...('role' in to ? { role: to.role } : { removed_at: at }), changed_at: laterThanBefore(at) })
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', userId)
        .returningAll()
        .executeTakeFirstOrThrow()
    })
    wrote([row])
  }

  return {
    refresh: mirror.refresh,
    close: mirror.close,
    wrote,
    show,

    /** From memory, or for somebody whom this node does not know, from the database: he may have been taken in elsewhere just now. */
    async roleIn(id: MemberId): Promise<MemberRole | undefined> {
      const known = mirror.get(keyOf(id))
      if (known !== undefined) return presentRole(known)
      const row = await store.db
        .selectFrom('members')
        .selectAll()
        .where('organization_id', '=', id.organizationId)
        .where('user_id', '=', id.userId)
        .executeTakeFirst()
      if (row !== undefined) mirror.put(row)
      return presentRole(row)
    },

    /** From memory alone, for what is asked at every segment. */
    isMember: (id: MemberId): boolean => presentRole(mirror.get(keyOf(id))) !== undefined,

    /** Hears who is no member any more, from wherever it came. Returns unsubscribe. */
    onRemoved: (listener: (id: MemberId) => void): (() => void) =>
      mirror.onChange((row) => {
        if (row.removed_at !== null) listener({ organizationId: row.organization_id, userId: row.user_id })
      }),

    /** Takes somebody in, or in again; `wrote` must follow the commit. @throws Refusal member_exists */
    async add(tx: Transaction<Schema>, { organizationId, userId, role }: MemberId & { role: MemberRole }): Promise<MemberRow> {
      const at = now()
      const row = await tx
        .insertInto('members')
        .values({ organization_id: organizationId, user_id: userId, role, since: at, removed_at: null, changed_at: at })
        .onConflict((conflict) =>
          conflict
            .columns(['organization_id', 'user_id'])
            .doUpdateSet({ role, since: at, removed_at: null, changed_at: laterThanBefore(at, 'members.changed_at') })
            .where('members.removed_at', 'is not', null),
        )
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) throw new Refusal('member_exists')
      return row
    },

    /**
     * @param by  the role of whoever asks: only an owner makes and unmakes owners
     * @throws Refusal member_unknown | not_permitted | last_owner
     */
    changeRole: (id: MemberId, { role, by }: { role: MemberRole; by: MemberRole | null }) => change(id, { by, to: { role } }),

    /** At once on this node, within a second on the others. @throws Refusal member_unknown | not_permitted | last_owner */
    remove: (id: MemberId, { by }: { by: MemberRole | null }) => change(id, { by, to: { removed: true } }),

    /** Those of one organization, in the order in which they came. */
    async list(organizationId: string, page: PageRequest): Promise<ListAnswer<MemberAnswer>> {
      const query = answers().where('organization_id', '=', organizationId)
      const rows = await paged(query, page, { at: 'members.since', id: 'members.user_id', order: 'oldest-first' }).execute()
      return pageOf(rows, { limit: page.limit, placeOf: (row) => ({ at: row.since, id: row.id }), show: answerOf })
    },

    /** The organizations that somebody is a member of, by name. */
    async organizationsOf(userId: string): Promise<MeAnswer['organizations']> {
      return await store.db
        .selectFrom('members')
        .innerJoin('organizations', 'organizations.id', 'members.organization_id')
        .select(['organizations.id', 'organizations.name', 'members.role'])
        .where('members.user_id', '=', userId)
        .where('members.removed_at', 'is', null)
        .orderBy('organizations.name')
        .orderBy('organizations.id')
        .execute()
    },

    /** The same as a list, oldest first. */
    async listOrganizations(userId: string, page: PageRequest): Promise<ListAnswer<Organization>> {
      const query = store.db
        .selectFrom('members')
        .innerJoin('organizations', 'organizations.id', 'members.organization_id')
        .selectAll('organizations')
        .where('members.user_id', '=', userId)
        .where('members.removed_at', 'is', null)
      const rows = await paged(query, page, { at: 'organizations.created_at', id: 'organizations.id', order: 'oldest-first' }).execute()
      return pageOf(rows, { limit: page.limit, placeOf: (row) => ({ at: row.created_at, id: row.id }), show: organizationAnswer })
    },
  }
}

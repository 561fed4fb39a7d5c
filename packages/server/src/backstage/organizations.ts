// Owns: organizations.
import { type ListAnswer, type Organization, Refusal } from '@voila/protocol'
import { v7 as uuidv7 } from 'uuid'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { OrganizationRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'

export type Organizations = ReturnType<typeof createOrganizations>

function answerOf(row: OrganizationRow): Organization {
  return { id: row.id, name: row.name, createdAt: new Date(row.created_at).toISOString() }
}

export function createOrganizations({ store, now }: { store: Store; now(): number }) {
  return {
    async create({ name }: { name: string }): Promise<Organization> {
      const row = { id: uuidv7(), name, created_at: now() }
      await store.db.insertInto('organizations').values(row).execute()
      return answerOf(row)
    },

    /** @throws Refusal organization_unknown */
    async find(id: string): Promise<Organization> {
      const row = await store.db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst()
      if (row === undefined) throw new Refusal('organization_unknown')
      return answerOf(row)
    },

    /** Oldest first. */
    async list(page: PageRequest): Promise<ListAnswer<Organization>> {
      const query = store.db.selectFrom('organizations').selectAll()
      const rows = await paged(query, page, { at: 'created_at', id: 'id', order: 'oldest-first' }).execute()
      return pageOf(rows, { limit: page.limit, placeOf: (row) => ({ at: row.created_at, id: row.id }), show: answerOf })
    },
  }
}

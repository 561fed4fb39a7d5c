// Owns: organizations.
import { type ListAnswer, type Organization, type OrganizationPatch, Refusal } from '@voila/protocol'
import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { OrganizationRow } from '../store/schema.ts'
import type { Schema, Store } from '../store/store.ts'

export type Organizations = ReturnType<typeof createOrganizations>

export function organizationAnswer(row: OrganizationRow): Organization {
  const embedOrigins = JSON.parse(row.embed_origins) as string[]
  return { id: row.id, name: row.name, embedOrigins, createdAt: new Date(row.created_at).toISOString() }
}

export function createOrganizations({ store, now }: { store: Store; now(): number }) {
  /** @throws Refusal organization_unknown */
  async function find(id: string): Promise<Organization> {
    const row = await store.db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw new Refusal('organization_unknown')
    return organizationAnswer(row)
  }

  return {
    /** @param db  a transaction, where more belongs to it */
    async create({ name }: { name: string }, db: Kysely<Schema> = store.db): Promise<Organization> {
      const row = { id: uuidv7(), name, embed_origins: '[]', created_at: now() }
      await db.insertInto('organizations').values(row).execute()
      return organizationAnswer(row)
    },

    /** @throws Refusal organization_unknown */
    async patch(id: string, { name, embedOrigins }: z.infer<typeof OrganizationPatch>): Promise<Organization> {
      const fields = {
        ...(name === undefined ? {} : { name }),
        ...(embedOrigins === undefined ? {} : { embed_origins: JSON.stringify(embedOrigins) }),
      }
      if (Object.keys(fields).length === 0) return await find(id)
      const row = await store.db.updateTable('organizations').set(fields).where('id', '=', id).returningAll().executeTakeFirst()
      if (row === undefined) throw new Refusal('organization_unknown')
      return organizationAnswer(row)
    },

    find,

    /** Oldest first. */
    async list(page: PageRequest): Promise<ListAnswer<Organization>> {
      const query = store.db.selectFrom('organizations').selectAll()
      const rows = await paged(query, page, { at: 'created_at', id: 'id', order: 'oldest-first' }).execute()
      return pageOf(rows, { limit: page.limit, placeOf: (row) => ({ at: row.created_at, id: row.id }), show: organizationAnswer })
    },
  }
}

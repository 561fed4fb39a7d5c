// Owns: how far a new organization has come, told by what has happened.
import type { ChecklistAnswer } from '@voila/protocol'
import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Store } from '../store/store.ts'

export type Checklist = ReturnType<typeof createChecklist>

/** Each step is ticked by what is in the tables, and no longer ticked where that is deleted again. */
export function createChecklist({ store }: { store: Pick<Store, 'db'> }) {
  return {
    async read(organizationId: string): Promise<ChecklistAnswer> {
      const keys = sql`from partner_keys where organization_id = ${organizationId}`
      const published = sql`from jwks_sources where organization_id = ${organizationId} and removed_at is null`
      const byToken = sql`from attendees where organization_id = ${organizationId} and source = 'token'`
      const programs = sql`from programs where organization_id = ${organizationId} and deleted_at is null`
      const any = (of: RawBuilder<unknown>) => sql<SqlBool>`exists (select 1 ${of})`
      const { rows } = await sql<Record<keyof ChecklistAnswer, boolean | number>>`select
        (${any(keys)} or ${any(published)}) as key,
        ${any(programs)} as program,
        ${any(sql`${programs} and (state <> 'draft' or partner_keys = 0 or saml = 1 or sign_in_url is not null or embed_origins <> '[]')`)} as access,
        ${any(byToken)} as token,
        ${any(sql`${programs} and first_fed_at is not null`)} as stream,
        ${any(sql`${programs} and exists (select 1 from visits where visits.program_id = programs.id)`)} as watch`.execute(store.db)
      const [row] = rows
      // True and false on PostgreSQL, 1 and 0 on SQLite.
      const is = (step: keyof ChecklistAnswer): boolean => Boolean(row?.[step])
      return { key: is('key'), program: is('program'), access: is('access'), token: is('token'), stream: is('stream'), watch: is('watch') }
    },
  }
}

// Owns: how admissions become durable: many in one transaction.
import type { Insertable, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { AttendeeProgramTable, AttendeeTable, BrowserSessionTable, Schema, SessionTable } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { type TakenBack, takenBack } from './taken-back.ts'

/** Somebody who was judged, and what he gets. Times are Unix milliseconds. */
export type Admission = {
  readonly source: AttendeeTable['source']
  readonly sessionId: string
  readonly tokenHash: string
  readonly browserHash: string | undefined
  readonly programId: string
  readonly organizationId: string
  /** What admits, by its name of `admitted-by.ts`. */
  readonly kid: string
  readonly jti: string
  readonly subject: string
  readonly givenName: string
  readonly familyName: string | null
  readonly email: string | null
  readonly sharePersonalData: boolean
  readonly moderates: boolean
  readonly roles: readonly string[]
  readonly at: number
  readonly expiresAt: number
}

/** The attendee's id; or that what admits was taken back between the judgement and the commit; or why it could not be written. */
export type Admitted = { readonly attendeeId: string } | { readonly refused: TakenBack } | { readonly failed: unknown }

// PostgreSQL takes 65,535 parameters in a statement and SQLite 32,766.
const rowsAtOnce = 500

async function inChunks<Row>(rows: readonly Row[], write: (chunk: readonly Row[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) await write(rows.slice(start, start + rowsAtOnce))
}

/** A multi-row upsert may not meet a row twice. The last word counts; the order keeps two nodes from waiting for each other. */
function lastOfEach<Row>(rows: readonly Row[], key: (row: Row) => string): Row[] {
  return [...new Map(rows.map((row) => [key(row), row])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

const attendeeKey = (row: { organization_id: string; source: string; subject: string }): string =>
  `${row.organization_id} ${row.source} ${row.subject}`

async function writeAttendees(tx: Transaction<Schema>, admissions: readonly Admission[]): Promise<Map<string, string>> {
  const rows = lastOfEach(
    admissions.map(
      (one): Insertable<AttendeeTable> => ({
        id: uuidv7(),
        organization_id: one.organizationId,
        source: one.source,
        subject: one.subject,
        given_name: one.givenName,
        family_name: one.familyName,
        email: one.email,
        created_at: one.at,
        changed_at: one.at,
      }),
    ),
    attendeeKey,
  )
  const ids = new Map<string, string>()
  await inChunks(rows, async (chunk) => {
    const written = await tx
      .insertInto('attendees')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['organization_id', 'source', 'subject']).doUpdateSet((eb) => ({
          given_name: eb.ref('excluded.given_name'),
          family_name: eb.ref('excluded.family_name'),
          email: eb.ref('excluded.email'),
          changed_at: eb.ref('excluded.changed_at'),
        })),
      )
      .returning(['id', 'organization_id', 'source', 'subject'])
      .execute()
    for (const row of written) ids.set(attendeeKey(row), row.id)
  })
  return ids
}

async function writeAttendance(tx: Transaction<Schema>, rows: readonly Insertable<AttendeeProgramTable>[]): Promise<void> {
  const each = lastOfEach(rows, (row) => `${row.program_id} ${row.attendee_id}`)
  await inChunks(each, async (chunk) => {
    await tx
      .insertInto('attendee_programs')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['program_id', 'attendee_id']).doUpdateSet((eb) => ({
          share_personal_data: eb.ref('excluded.share_personal_data'),
          moderates: eb.ref('excluded.moderates'),
          last_at: eb.ref('excluded.last_at'),
        })),
      )
      .execute()
  })
}

async function writeBrowsers(tx: Transaction<Schema>, rows: readonly Insertable<BrowserSessionTable>[]): Promise<void> {
  const each = lastOfEach(rows, (row) => `${row.browser_hash} ${row.program_id}`)
  await inChunks(each, async (chunk) => {
    await tx
      .insertInto('browser_sessions')
      .values(chunk)
      .onConflict((conflict) =>
        conflict
          .columns(['browser_hash', 'program_id'])
          .doUpdateSet((eb) => ({ session_id: eb.ref('excluded.session_id'), expires_at: eb.ref('excluded.expires_at') })),
      )
      .execute()
  })
}

function sessionRow(one: Admission, attendeeId: string): Insertable<SessionTable> {
  return {
    id: one.sessionId,
    token_hash: one.tokenHash,
    program_id: one.programId,
    organization_id: one.organizationId,
    attendee_id: attendeeId,
    kid: one.kid,
    jti: one.jti,
    subject: one.subject,
    roles: JSON.stringify(one.roles),
    created_at: one.at,
    expires_at: one.expiresAt,
    revoked_at: null,
    changed_at: one.at,
  }
}

/** Writes admissions in one transaction; none is answered before it commits. */
export function writeAdmissions(store: Store, admissions: readonly Admission[]): Promise<Admitted[]> {
  return store.transaction(async (tx) => {
    const refusals = await takenBack(tx, store.kind, [...new Set(admissions.map((one) => one.kid))])
    const allowed = admissions.filter((one) => !refusals.has(one.kid))
    const ids = allowed.length === 0 ? new Map<string, string>() : await writeAttendees(tx, allowed)
    const withIds = allowed.map((one) => {
      const attendeeId = ids.get(attendeeKey({ organization_id: one.organizationId, source: one.source, subject: one.subject }))
      if (attendeeId === undefined) throw new Error('the database did not return an attendee that was written')
      return { one, attendeeId }
    })
    await writeAttendance(
      tx,
      withIds.map(({ one, attendeeId }) => ({
        attendee_id: attendeeId,
        program_id: one.programId,
        share_personal_data: one.sharePersonalData ? 1 : 0,
        moderates: one.moderates ? 1 : 0,
        first_at: one.at,
        last_at: one.at,
      })),
    )
    await inChunks(withIds, async (chunk) => {
      await tx
        .insertInto('sessions')
        .values(chunk.map(({ one, attendeeId }) => sessionRow(one, attendeeId)))
        .execute()
    })
    await writeBrowsers(
      tx,
      withIds.flatMap(({ one }) =>
        one.browserHash === undefined
          ? []
          : [{ browser_hash: one.browserHash, program_id: one.programId, session_id: one.sessionId, expires_at: one.expiresAt }],
      ),
    )
    const attendeeOf = new Map(withIds.map(({ one, attendeeId }) => [one.sessionId, attendeeId]))
    return admissions.map((one): Admitted => {
      const attendeeId = attendeeOf.get(one.sessionId)
      return attendeeId === undefined ? { refused: refusals.get(one.kid) ?? 'key_revoked' } : { attendeeId }
    })
  })
}

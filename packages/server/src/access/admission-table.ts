// Owns: how admissions become durable: many in one transaction.
import type { Insertable, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { AttendeeProgramTable, AttendeeTable, BrowserSessionTable, Schema, SessionTable } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { burnTokens } from './burnt-tokens.ts'
import type { Admission } from './candidate.ts'
import { placesOf } from './places.ts'
import { type RevokedAs, revokedAmong } from './revoked-among.ts'
import type { Revoked, Sessions } from './sessions.ts'
import { type TakenBack, takenBack } from './taken-back.ts'

/** The attendee's id; or why he is refused after all, as it is known in the transaction alone; or why it could not be written. */
export type Admitted = { readonly attendeeId: string } | { readonly refused: LateRefusal } | { readonly failed: unknown }
export type LateRefusal = TakenBack | RevokedAs | 'token_used' | 'already_here'

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
    renewable_until: one.renewableUntil,
    revoked_at: null,
    issued_at: one.issuedAt,
    token_ends_at: one.tokenEndsAt,
    ended_as: null,
    changed_at: one.at,
  }
}

/** What became of admissions, and the sessions that they took the place of. */
export type Written = { readonly admitted: Admitted[]; readonly ended: readonly Revoked[] }

/** Writes admissions in one transaction; none is answered before it commits. `announceRevoked` of sessions must follow. */
export function writeAdmissions(
  { store, sessions }: { store: Store; sessions: Pick<Sessions, 'revoke'> },
  admissions: readonly Admission[],
): Promise<Written> {
  return store.transaction(async (tx) => {
    const refused = new Map<string, LateRefusal>()
    const standing = (): Admission[] => admissions.filter((one) => !refused.has(one.sessionId))
    const back = await takenBack(tx, store.kind, [...new Set(admissions.map((one) => one.kid))])
    for (const one of admissions) {
      const code = back.get(one.kid)
      if (code !== undefined) refused.set(one.sessionId, code)
    }

    const ids = standing().length === 0 ? new Map<string, string>() : await writeAttendees(tx, standing())
    const withIds = () =>
      standing().map((one) => {
        const attendeeId = ids.get(attendeeKey({ organization_id: one.organizationId, source: one.source, subject: one.subject }))
        if (attendeeId === undefined) throw new Error('the database did not return an attendee that was written')
        return { one, attendeeId }
      })
    for (const [sessionId, code] of await revokedAmong(tx, store.kind, withIds())) refused.set(sessionId, code)
    const places = await placesOf(tx, withIds())
    for (const sessionId of places.refused) refused.set(sessionId, 'already_here')
    // Last of all: a token is burnt only by somebody who gets in.
    for (const sessionId of await burnTokens(tx, standing())) refused.set(sessionId, 'token_used')

    const entered = withIds()
    await writeAttendance(
      tx,
      entered.map(({ one, attendeeId }) => ({
        attendee_id: attendeeId,
        program_id: one.programId,
        share_personal_data: one.sharePersonalData ? 1 : 0,
        moderates: one.moderates ? 1 : 0,
        first_at: one.at,
        last_at: one.at,
      })),
    )
    await inChunks(entered, async (chunk) => {
      await tx
        .insertInto('sessions')
        .values(chunk.map(({ one, attendeeId }) => sessionRow(one, attendeeId)))
        .execute()
    })
    await writeBrowsers(
      tx,
      entered.flatMap(({ one }) =>
        one.browserHash === undefined
          ? []
          : [{ browser_hash: one.browserHash, program_id: one.programId, session_id: one.sessionId, expires_at: one.expiresAt }],
      ),
    )
    const sessionIds = entered.flatMap(({ one }) => places.replaced.get(one.sessionId) ?? [])
    const ended = sessionIds.length === 0 ? [] : await sessions.revoke(tx, { sessionIds }, 'session_replaced')
    const attendeeOf = new Map(entered.map(({ one, attendeeId }) => [one.sessionId, attendeeId]))
    const admitted = admissions.map((one): Admitted => {
      const attendeeId = attendeeOf.get(one.sessionId)
      return attendeeId === undefined ? { refused: refused.get(one.sessionId) ?? 'key_revoked' } : { attendeeId }
    })
    return { admitted, ended }
  })
}

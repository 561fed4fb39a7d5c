// Owns: how admissions become durable: many in one transaction.
import { type CompiledQuery, type Insertable, sql, type Transaction } from 'kysely'
import { newId } from '../ids.ts'
import { inserter } from '../store/json-rows.ts'
import type { AttendeeProgramTable, AttendeeRow, AttendeeTable, BrowserSessionTable, Schema, SessionTable } from '../store/schema.ts'
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

/** A multi-row upsert may not meet a row twice. The last word counts; the order keeps two nodes from waiting for each other. */
function lastOfEach<Row>(rows: readonly Row[], key: (row: Row) => string): Row[] {
  return [...new Map(rows.map((row) => [key(row), row])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

const attendeeKey = (row: { organization_id: string; source: string; subject: string }): string =>
  `${row.organization_id} ${row.source} ${row.subject}`

/** The statements, each for any number of rows. */
function insertersFor(store: Pick<Store, 'db' | 'kind'>) {
  return {
    attendees: inserter<'attendees', Pick<AttendeeRow, 'id' | 'organization_id' | 'source' | 'subject'>>(store, {
      into: 'attendees',
      text: ['id', 'organization_id', 'source', 'subject', 'given_name', 'family_name', 'email'],
      whole: ['created_at', 'changed_at'],
      after: sql`on conflict (organization_id, source, subject) do update set given_name = excluded.given_name,
        family_name = excluded.family_name, email = excluded.email, changed_at = excluded.changed_at
        returning id, organization_id, source, subject`,
    }),
    attendance: inserter(store, {
      into: 'attendee_programs',
      text: ['attendee_id', 'program_id'],
      whole: ['share_personal_data', 'moderates', 'first_at', 'last_at'],
      after: sql`on conflict (program_id, attendee_id) do update set share_personal_data = excluded.share_personal_data,
        moderates = excluded.moderates, last_at = excluded.last_at`,
    }),
    sessions: inserter(store, {
      into: 'sessions',
      text: ['id', 'token_hash', 'program_id', 'organization_id', 'attendee_id', 'kid', 'jti', 'subject', 'roles'],
      whole: ['created_at', 'expires_at', 'renewable_until', 'issued_at', 'token_ends_at', 'changed_at'],
    }),
    browsers: inserter(store, {
      into: 'browser_sessions',
      text: ['browser_hash', 'program_id', 'session_id'],
      whole: ['expires_at'],
      after: sql`on conflict (browser_hash, program_id) do update set session_id = excluded.session_id, expires_at = excluded.expires_at`,
    }),
  }
}

function attendeeRows(admissions: readonly Admission[]): Insertable<AttendeeTable>[] {
  const rows = admissions.map((one) => ({
    id: newId(),
    organization_id: one.organizationId,
    source: one.source,
    subject: one.subject,
    given_name: one.givenName,
    family_name: one.familyName,
    email: one.email,
    created_at: one.at,
    changed_at: one.at,
  }))
  return lastOfEach(rows, attendeeKey)
}

function attendanceRows(entered: readonly Entered[]): Insertable<AttendeeProgramTable>[] {
  const rows = entered.map(({ one, attendeeId }) => ({
    attendee_id: attendeeId,
    program_id: one.programId,
    share_personal_data: one.sharePersonalData ? (1 as const) : (0 as const),
    moderates: one.moderates ? (1 as const) : (0 as const),
    first_at: one.at,
    last_at: one.at,
  }))
  return lastOfEach(rows, (row) => `${row.program_id} ${row.attendee_id}`)
}

function browserRows(entered: readonly Entered[]): BrowserSessionTable[] {
  const rows = entered.flatMap(({ one: { browserHash, programId, sessionId, expiresAt } }) =>
    browserHash === undefined ? [] : [{ browser_hash: browserHash, program_id: programId, session_id: sessionId, expires_at: expiresAt }],
  )
  return lastOfEach(rows, (row) => `${row.browser_hash} ${row.program_id}`)
}

function sessionRow({ one, attendeeId }: Entered): Insertable<SessionTable> {
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
    issued_at: one.issuedAt,
    token_ends_at: one.tokenEndsAt,
    changed_at: one.at,
  }
}

type Entered = { readonly one: Admission; readonly attendeeId: string }

/** What became of admissions, and the sessions that they took the place of. */
export type Written = { readonly admitted: Admitted[]; readonly ended: readonly Revoked[] }

export function createAdmissionTable({ store, sessions }: { store: Store; sessions: Pick<Sessions, 'revoke'> }) {
  const inserters = insertersFor(store)

  async function insert<Row, Answer>(
    tx: Transaction<Schema>,
    inserting: (rows: readonly Row[]) => CompiledQuery<Answer>,
    rows: readonly Row[],
  ): Promise<readonly Answer[]> {
    return rows.length === 0 ? [] : (await tx.executeQuery(inserting(rows))).rows
  }

  return {
    /** Writes admissions in one transaction; none is answered before it commits. `announceRevoked` of sessions must follow. */
    write: (admissions: readonly Admission[]): Promise<Written> => store.transaction((tx) => writeIn(tx, admissions)),
  }

  async function writeIn(tx: Transaction<Schema>, admissions: readonly Admission[]): Promise<Written> {
    const refused = new Map<string, LateRefusal>()
    const standing = (): Admission[] => admissions.filter((one) => !refused.has(one.sessionId))
    const back = await takenBack(tx, store.kind, [...new Set(admissions.map((one) => one.kid))])
    for (const one of admissions) {
      const code = back.get(one.kid)
      if (code !== undefined) refused.set(one.sessionId, code)
    }

    const attendees = await insert(tx, inserters.attendees, attendeeRows(standing()))
    const ids = new Map(attendees.map((row) => [attendeeKey(row), row.id]))
    const withIds = (): Entered[] =>
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
    await insert(tx, inserters.attendance, attendanceRows(entered))
    await insert(tx, inserters.sessions, entered.map(sessionRow))
    await insert(tx, inserters.browsers, browserRows(entered))
    const sessionIds = entered.flatMap(({ one }) => places.replaced.get(one.sessionId) ?? [])
    const ended = sessionIds.length === 0 ? [] : await sessions.revoke(tx, { sessionIds }, 'session_replaced')
    const attendeeOf = new Map(entered.map(({ one, attendeeId }) => [one.sessionId, attendeeId]))
    const admitted = admissions.map((one): Admitted => {
      const attendeeId = attendeeOf.get(one.sessionId)
      return attendeeId === undefined ? { refused: refused.get(one.sessionId) ?? 'key_revoked' } : { attendeeId }
    })
    return { admitted, ended }
  }
}

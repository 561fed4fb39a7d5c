// Owns: attendees' sessions: which one a bearer or a browser stands for, and ending them.
import { type AttendeeSummary, moderatorRole, programStates, Refusal } from '@voila/protocol'
import type { Transaction } from 'kysely'
import type { Programs } from '../backstage/programs.ts'
import { laterThanBefore } from '../store/changed.ts'
import { createMirror } from '../store/mirror.ts'
import type { Schema, SessionRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { hashOf, isBrowserId, isSessionBearer } from './bearers.ts'
import { type KnownAttendee, knownAttendeeColumns, summaryOf } from './people.ts'

/** An attendee's time at one program. `expiresAt`: Unix milliseconds. */
export type Session = {
  readonly id: string
  readonly programId: string
  readonly organizationId: string
  readonly attendee: AttendeeSummary
  readonly moderates: boolean
  readonly roles: readonly string[]
  readonly expiresAt: number
}

export type SessionRequest = { readonly programId: string; readonly bearer?: string | undefined; readonly browser?: string | undefined }
export type Sessions = ReturnType<typeof createSessions>

type Revoked = Pick<SessionRow, 'id' | 'expires_at' | 'changed_at'>
/** Whose sessions end. */
export type RevokeRequest =
  | { readonly kid: string }
  /** A pattern of kids, for SQL's `like`. */
  | { readonly kidsLike: string }
  | { readonly sessionId: string }
  | { readonly attendeeId: string; readonly programId: string }

const everyMs = 1_000

/** A session as its own attendee and the rest of the platform see it. */
export function sessionOf(
  row: Pick<SessionRow, 'id' | 'program_id' | 'organization_id' | 'roles' | 'expires_at'>,
  attendee: KnownAttendee,
): Session {
  const roles = JSON.parse(row.roles) as string[]
  return {
    id: row.id,
    programId: row.program_id,
    organizationId: row.organization_id,
    attendee: summaryOf(attendee, roles),
    moderates: roles.includes(moderatorRole),
    roles,
    expiresAt: row.expires_at,
  }
}

export function createSessions({
  store,
  programs,
  now,
  onError,
}: {
  store: Store
  programs: Pick<Programs, 'find'>
  now(): number
  onError?(error: unknown): void
}) {
  const revoked = createMirror<string, Revoked>({
    store,
    load: (since) =>
      store.db
        .selectFrom('sessions')
        .select(['id', 'expires_at', 'changed_at'])
        .where('revoked_at', 'is not', null)
        .where('changed_at', '>=', since)
        .where('expires_at', '>', now())
        .execute(),
    key: (row) => row.id,
    changedAt: (row) => row.changed_at,
    keep: (row, at) => row.expires_at > at,
    everyMs,
    topic: 'revoked',
    now,
    ...(onError === undefined ? {} : { onError }),
  })

  const listeners = new Set<(sessionIds: readonly string[]) => void>()
  let gathered: string[] = []
  // Revoking a key ends thousands of sessions at once: whoever listens hears of them together.
  revoked.onChange(({ id }) => {
    gathered.push(id)
    if (gathered.length > 1) return
    queueMicrotask(() => {
      const ids = gathered
      gathered = []
      for (const listener of listeners) listener(ids)
    })
  })

  const columns = [
    'sessions.id as session_id',
    'sessions.program_id',
    'sessions.organization_id',
    'sessions.roles',
    'sessions.expires_at',
    'sessions.revoked_at',
    ...knownAttendeeColumns,
  ] as const

  const query = () =>
    store.db
      .selectFrom('sessions')
      .innerJoin('attendees', 'attendees.id', 'sessions.attendee_id')
      .innerJoin('attendee_programs', (join) =>
        join
          .onRef('attendee_programs.attendee_id', '=', 'sessions.attendee_id')
          .onRef('attendee_programs.program_id', '=', 'sessions.program_id'),
      )
      .select(columns)

  function load({ programId, bearer, browser }: SessionRequest) {
    if (bearer !== undefined) {
      if (!isSessionBearer(bearer)) return undefined
      return query().where('sessions.token_hash', '=', hashOf(bearer)).where('sessions.program_id', '=', programId).executeTakeFirst()
    }
    if (browser === undefined || !isBrowserId(browser)) return undefined
    return query()
      .innerJoin('browser_sessions', 'browser_sessions.session_id', 'sessions.id')
      .where('browser_sessions.browser_hash', '=', hashOf(browser))
      .where('browser_sessions.program_id', '=', programId)
      .executeTakeFirst()
  }

  /** Ends sessions in a transaction; `announceRevoked` must follow its commit. */
  function revoke(tx: Transaction<Schema>, request: RevokeRequest): Promise<Revoked[]> {
    const at = now()
    const update = tx
      .updateTable('sessions')
      .set({ revoked_at: at, changed_at: laterThanBefore(at) })
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', at)
    const chosen =
      'kid' in request
        ? update.where('kid', '=', request.kid)
        : 'kidsLike' in request
          ? update.where('kid', 'like', request.kidsLike)
          : 'sessionId' in request
            ? update.where('id', '=', request.sessionId)
            : update.where('attendee_id', '=', request.attendeeId).where('program_id', '=', request.programId)
    return chosen.returning(['id', 'expires_at', 'changed_at']).execute()
  }

  /** Tells this node at once, and the others soon. */
  function announceRevoked(rows: readonly Revoked[]): void {
    for (const row of rows) revoked.put(row)
    if (rows.length > 0) store.wake('revoked')
  }

  return {
    /**
     * The session that a bearer, or else a browser's id, stands for at a program.
     *
     * @throws Refusal program_unknown | session_missing | session_revoked | session_expired | program_not_open | program_archived
     */
    async sessionOf(request: SessionRequest): Promise<Session> {
      const program = await programs.find(request.programId)
      const row = await load(request)
      if (row === undefined) throw new Refusal('session_missing')
      if (row.revoked_at !== null || revoked.get(row.session_id) !== undefined) throw new Refusal('session_revoked')
      if (row.expires_at <= now()) throw new Refusal('session_expired')
      const { attendees } = programStates[program.state]
      if (attendees === 'program_not_open' || attendees === 'program_archived') throw new Refusal(attendees)
      return sessionOf({ ...row, id: row.session_id }, row)
    },

    revoke,
    announceRevoked,

    /** How many sessions revoking each of these keys would end. Who is not named has none. */
    async openByKey(kids: readonly string[]): Promise<ReadonlyMap<string, number>> {
      if (kids.length === 0) return new Map()
      const rows = await store.db
        .selectFrom('sessions')
        .select((eb) => ['kid', eb.fn.countAll<number | string>().as('count')])
        .where('kid', 'in', kids)
        .where('expires_at', '>', now())
        .where('revoked_at', 'is', null)
        .groupBy('kid')
        .execute()
      return new Map(rows.map(({ kid, count }) => [kid, Number(count)]))
    },

    /** Takes a session away from the browser that has it. */
    async signOut(session: Session): Promise<void> {
      const ended = await store.transaction(async (tx) => {
        await tx.deleteFrom('browser_sessions').where('session_id', '=', session.id).execute()
        return await revoke(tx, { sessionId: session.id })
      })
      announceRevoked(ended)
    },

    /** Memory only: every revoked session that has not yet expired. */
    isRevoked: (sessionId: string): boolean => revoked.get(sessionId) !== undefined,
    /** Also those revoked on other nodes, within a second or two. Returns unsubscribe. */
    onRevoked(listener: (sessionIds: readonly string[]) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refresh: revoked.refresh,
    close: revoked.close,
  }
}

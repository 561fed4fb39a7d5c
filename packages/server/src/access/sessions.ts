// Owns: attendees' sessions: which one a bearer or a browser stands for, and ending them.
import { type AttendeeSummary, type ErrorCode, moderatorRole, Refusal } from '@voila/protocol'
import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql, type Transaction } from 'kysely'
import type { Programs } from '../backstage/programs.ts'
import { laterThanBefore } from '../store/changed.ts'
import { createMirror } from '../store/mirror.ts'
import type { ProgramRow, Schema, SessionRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { hashOf, isBrowserId, isSessionBearer } from './bearers.ts'
import { shutAt } from './doors.ts'
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
  /** From when on its token no longer admits, where it came of one. */
  readonly tokenEndsAt?: number
}

/** Until when a session lasts. */
export type SessionTerms = Pick<Session, 'expiresAt' | 'tokenEndsAt'>

export type SessionRequest = { readonly programId: string; readonly bearer?: string | undefined; readonly browser?: string | undefined }
export type Sessions = ReturnType<typeof createSessions>

export type Revoked = Pick<SessionRow, 'id' | 'expires_at' | 'ended_as' | 'changed_at'>
/** Whose sessions end. */
export type RevokeRequest =
  | { readonly kid: string }
  /** A pattern of kids, for SQL's `like`. */
  | { readonly kidsLike: string }
  | { readonly sessionId: string }
  | { readonly sessionIds: readonly string[] }
  /** At one program, or at all. */
  | { readonly attendeeId: string; readonly programId: string | null }
  /** By its token: kid as the header says it. */
  | {
      readonly organizationId: string
      readonly programId: string | null
      readonly kid: string
      readonly jti: string
      readonly subject: string
    }
  /** Whoever has it in a token or a company account. */
  | { readonly organizationId: string; readonly programId: string | null; readonly subject: string }
  /** Whoever came by what was issued before a time. */
  | { readonly organizationId: string; readonly programId: string | null; readonly issuedBefore: number }

const everyMs = 1_000
/** Ids in one query. */
const idsAtOnce = 5_000

const codeOf = ({ ended_as }: Pick<Revoked, 'ended_as'>): ErrorCode => ended_as ?? 'session_revoked'

type Sessioned = ExpressionBuilder<Schema, 'sessions'>

const isOpen =
  (at: number) =>
  (eb: Sessioned): ExpressionWrapper<Schema, 'sessions', SqlBool> =>
    eb.and([eb('revoked_at', 'is', null), eb('expires_at', '>', at)])

/** Which sessions a request means. */
function isChosen(request: RevokeRequest): (eb: Sessioned) => ExpressionWrapper<Schema, 'sessions', SqlBool> {
  return (eb) => {
    if ('kidsLike' in request) return eb('kid', 'like', request.kidsLike)
    if ('sessionId' in request) return eb('id', '=', request.sessionId)
    if ('sessionIds' in request) return eb('id', 'in', request.sessionIds)
    if ('programId' in request) {
      const { programId } = request
      const there = programId === null ? [] : [eb('program_id', '=', programId)]
      if ('attendeeId' in request) return eb.and([eb('attendee_id', '=', request.attendeeId), ...there])
      const theirs = [eb('organization_id', '=', request.organizationId), ...there]
      if ('issuedBefore' in request) return eb.and([eb('issued_at', '<', request.issuedBefore), ...theirs])
      if (!('jti' in request)) {
        const people = eb
          .selectFrom('attendees')
          .select('id')
          .where('organization_id', '=', request.organizationId)
          .where('source', 'in', ['token', 'saml'])
          .where('subject', '=', request.subject)
        return eb.and([eb('attendee_id', 'in', people), ...theirs])
      }
      const { kid, jti, subject } = request
      // The names under which a session remembers a kid: its own, or that of an address with it.
      const byKid = eb.or([eb('kid', '=', kid), sql<SqlBool>`kid like ${`jwks:%:${kid.replace(/[\\%_]/g, '\\$&')}`} escape '\\'`])
      return eb.and([eb('jti', '=', jti), eb('subject', '=', subject), byKid, ...theirs])
    }
    return eb('kid', '=', request.kid)
  }
}

/** When a session ends by the program's present rules, and as what. A program that is not known ends nothing earlier. */
export function endOf(
  { expiresAt, tokenEndsAt }: Pick<Session, 'expiresAt' | 'tokenEndsAt'>,
  program: Pick<ProgramRow, 'at_expiry'> | undefined,
): { readonly at: number; readonly code: 'session_expired' | 'expired' } {
  if (tokenEndsAt !== undefined && program?.at_expiry === 'end' && tokenEndsAt < expiresAt) return { at: tokenEndsAt, code: 'expired' }
  return { at: expiresAt, code: 'session_expired' }
}

function termsIn(row: Pick<SessionRow, 'expires_at' | 'token_ends_at'>): SessionTerms {
  return { expiresAt: row.expires_at, ...(row.token_ends_at === null ? {} : { tokenEndsAt: row.token_ends_at }) }
}

/** A session as its own attendee and the rest of the platform see it. */
export function sessionOf(
  row: Pick<SessionRow, 'id' | 'program_id' | 'organization_id' | 'roles' | 'expires_at' | 'token_ends_at'>,
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
    ...termsIn(row),
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
        .select(['id', 'expires_at', 'ended_as', 'changed_at'])
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

  const listeners = new Set<(sessionIds: readonly string[], code: ErrorCode) => void>()
  let gathered = new Map<ErrorCode, string[]>()
  // Revoking a key ends thousands of sessions at once: whoever listens hears of them together.
  revoked.onChange((row) => {
    if (gathered.size === 0) {
      queueMicrotask(() => {
        const all = gathered
        gathered = new Map()
        for (const [code, ids] of all) for (const listener of listeners) listener(ids, code)
      })
    }
    const code = codeOf(row)
    const ids = gathered.get(code)
    if (ids === undefined) gathered.set(code, [row.id])
    else ids.push(row.id)
  })

  const columns = [
    'sessions.id as session_id',
    'sessions.program_id',
    'sessions.organization_id',
    'sessions.roles',
    'sessions.expires_at',
    'sessions.revoked_at',
    'sessions.ended_as',
    'sessions.token_ends_at',
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
  function revoke(tx: Transaction<Schema>, request: RevokeRequest, as: ErrorCode | null = null): Promise<Revoked[]> {
    const at = now()
    return tx
      .updateTable('sessions')
      .set({ revoked_at: at, ended_as: as, changed_at: laterThanBefore(at) })
      .where(isOpen(at))
      .where(isChosen(request))
      .returning(['id', 'expires_at', 'ended_as', 'changed_at'])
      .execute()
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
     * @throws Refusal program_unknown | session_missing | session_expired | expired | program_not_open | program_archived | doors_closed |
     * whatever ended it (session_revoked, session_replaced, …)
     */
    async sessionOf(request: SessionRequest): Promise<Session> {
      const program = await programs.find(request.programId)
      const row = await load(request)
      if (row === undefined) throw new Refusal('session_missing')
      const told = revoked.get(row.session_id)
      if (row.revoked_at !== null || told !== undefined) throw new Refusal(codeOf(told ?? row))
      // Whoever turned it private has ended it, and may not have come to it yet.
      if (row.source === 'anonymous' && program.access === 'private') throw new Refusal('session_revoked')
      const session = sessionOf({ ...row, id: row.session_id }, row)
      const end = endOf(session, program)
      if (end.at <= now()) throw new Refusal(end.code)
      const shut = shutAt(program, now())
      if (shut !== undefined) throw new Refusal(shut)
      return session
    },

    /** How many sessions `revoke` would end. */
    async count(request: RevokeRequest): Promise<number> {
      const { count } = await store.db
        .selectFrom('sessions')
        .select((eb) => eb.fn.countAll<number | string>().as('count'))
        .where(isOpen(now()))
        .where(isChosen(request))
        .executeTakeFirstOrThrow()
      return Number(count)
    },

    /** Until when sessions last as the database has it, whatever renewed them on whichever node. Who is not named was revoked, or is gone. */
    async termsOf(sessionIds: readonly string[]): Promise<ReadonlyMap<string, SessionTerms>> {
      const terms = new Map<string, SessionTerms>()
      for (let from = 0; from < sessionIds.length; from += idsAtOnce) {
        const rows = await store.db
          .selectFrom('sessions')
          .select(['id', 'expires_at', 'token_ends_at'])
          .where('id', 'in', sessionIds.slice(from, from + idsAtOnce))
          .where('revoked_at', 'is', null)
          .execute()
        for (const row of rows) terms.set(row.id, termsIn(row))
      }
      return terms
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
    /** The same, with what whoever had it is told. */
    endedAs(sessionId: string): ErrorCode | undefined {
      const row = revoked.get(sessionId)
      return row === undefined ? undefined : codeOf(row)
    },
    /** Also those revoked on other nodes, within a second or two. Returns unsubscribe. */
    onRevoked(listener: (sessionIds: readonly string[], code: ErrorCode) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    refresh: revoked.refresh,
    close: revoked.close,
  }
}

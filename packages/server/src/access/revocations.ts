// Owns: keeping somebody out, and letting him in again: what is revoked, whose sessions that ends, and what is remembered of it.
import { type ErrorCode, type ListAnswer, Refusal, type RevocationAnswer, type RevocationRequest } from '@voila/protocol'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { RevocationRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { keepable } from './keepable.ts'
import type { RevokeRequest, Sessions } from './sessions.ts'

type Request = z.infer<typeof RevocationRequest>
type Target = { readonly organizationId: string; readonly request: Request }

const toldAs = {
  token: 'token_revoked',
  attendee: 'attendee_revoked',
  subject: 'attendee_revoked',
  before: 'issued_before',
  session: 'session_revoked',
} as const satisfies Record<Request['kind'], ErrorCode>

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

function answerOf(row: RevocationRow): RevocationAnswer {
  return {
    id: row.id,
    kind: row.kind,
    programId: row.program_id,
    kid: row.kid,
    jti: row.jti,
    subject: row.subject,
    attendeeId: row.attendee_id,
    sessionId: row.session_id,
    before: instantOrNull(row.before_at),
    reason: row.reason,
    byName: row.by_name,
    ended: row.ended,
    at: new Date(row.at).toISOString(),
    liftedAt: instantOrNull(row.lifted_at),
  }
}

/** Whose sessions a revocation ends. */
function sessionsOf({ organizationId, request }: Target): RevokeRequest {
  if (request.kind === 'session') return { sessionId: request.sessionId }
  const programId = request.programId ?? null
  if (request.kind === 'attendee') return { attendeeId: request.attendeeId, programId }
  if (request.kind === 'before') return { organizationId, programId, issuedBefore: Date.parse(request.before) }
  if (request.kind === 'subject') return { organizationId, programId, subject: keepable(request.subject) }
  const { kid, jti, subject } = request
  return { organizationId, programId, kid, jti: keepable(jti), subject: keepable(subject) }
}

export function createRevocations({
  store,
  sessions,
  now,
}: {
  store: Store
  sessions: Pick<Sessions, 'revoke' | 'announceRevoked' | 'count'>
  now(): number
}) {
  /** That what is named is the organization's. @throws Refusal program_unknown | attendee_unknown | session_unknown */
  async function requireOwn({ organizationId, request }: Target): Promise<void> {
    const isOwn = async (table: 'programs' | 'attendees' | 'sessions', id: string): Promise<boolean> =>
      (await store.db
        .selectFrom(table)
        .select('id')
        .where('id', '=', id)
        .where('organization_id', '=', organizationId)
        .executeTakeFirst()) !== undefined
    if ('programId' in request && request.programId != null && !(await isOwn('programs', request.programId)))
      throw new Refusal('program_unknown')
    if (request.kind === 'attendee' && !(await isOwn('attendees', request.attendeeId))) throw new Refusal('attendee_unknown')
    if (request.kind === 'session' && !(await isOwn('sessions', request.sessionId))) throw new Refusal('session_unknown')
  }

  return {
    /** How many sessions it would end now. @throws Refusal program_unknown | attendee_unknown | session_unknown */
    async count(target: Target): Promise<number> {
      await requireOwn(target)
      return await sessions.count(sessionsOf(target))
    },

    /**
     * Keeps out and puts out: whoever it is about is refused from now on, and his sessions end, on every node within two seconds.
     *
     * @throws Refusal program_unknown | attendee_unknown | session_unknown
     */
    async revoke(target: Target & { byName: string }): Promise<RevocationAnswer> {
      await requireOwn(target)
      const { organizationId, request, byName } = target
      const { row, ended } = await store.transaction(async (tx) => {
        // Waits for admissions that have looked and not committed, and holds off those that have yet to look.
        const organization = tx.selectFrom('organizations').select('id').where('id', '=', organizationId)
        await (store.kind === 'postgres' ? organization.forUpdate() : organization).execute()
        const ended = await sessions.revoke(tx, sessionsOf(target), toldAs[request.kind])
        const at = now()
        const row: RevocationRow = {
          id: uuidv7(),
          organization_id: organizationId,
          kind: request.kind,
          program_id: request.kind === 'session' ? null : (request.programId ?? null),
          kid: request.kind === 'token' ? request.kid : null,
          jti: request.kind === 'token' ? keepable(request.jti) : null,
          subject: request.kind === 'token' || request.kind === 'subject' ? keepable(request.subject) : null,
          attendee_id: request.kind === 'attendee' ? request.attendeeId : null,
          session_id: request.kind === 'session' ? request.sessionId : null,
          before_at: request.kind === 'before' ? Date.parse(request.before) : null,
          reason: request.reason ?? null,
          by_name: byName,
          ended: ended.length,
          at,
          // A session that has ended stays so, and nobody is kept out by it.
          lifted_at: request.kind === 'session' ? at : null,
        }
        await tx.insertInto('revocations').values(row).execute()
        return { row, ended }
      })
      sessions.announceRevoked(ended)
      return answerOf(row)
    },

    /** Lets in again; what has ended stays so. Lifting again changes nothing. @throws Refusal revocation_unknown */
    async lift({ organizationId, revocationId }: { organizationId: string; revocationId: string }) {
      const mine = store.db
        .selectFrom('revocations')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('id', '=', revocationId)
      const before = await mine.executeTakeFirst()
      if (before === undefined) throw new Refusal('revocation_unknown')
      await store.db
        .updateTable('revocations')
        .set({ lifted_at: now() })
        .where('id', '=', revocationId)
        .where('lifted_at', 'is', null)
        .execute()
      return { before: answerOf(before), after: answerOf(await mine.executeTakeFirstOrThrow()) }
    },

    /** Those of an organization, newest first. */
    async list(organizationId: string, page: PageRequest): Promise<ListAnswer<RevocationAnswer>> {
      const query = store.db.selectFrom('revocations').selectAll().where('organization_id', '=', organizationId)
      const rows = await paged(query, page, { at: 'at', id: 'id', order: 'newest-first' }).execute()
      return pageOf(rows, { limit: page.limit, placeOf: ({ at, id }) => ({ at, id }), show: answerOf })
    },
  }
}

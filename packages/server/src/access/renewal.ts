// Owns: how a session goes on: by a newer token of the same attendee, or in a browser for as long as it is looked at, within a bound.
import { Refusal } from '@voila/protocol'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { burnTokens } from './burnt-tokens.ts'
import { candidateOf, type Entrant } from './entering.ts'
import type { LifetimeFrom } from './lifetimes.ts'
import type { People } from './people.ts'
import { revokedAmong } from './revoked-among.ts'
import { type Session, sessionOf } from './sessions.ts'
import { takenBack } from './taken-back.ts'

export type Renewal = ReturnType<typeof createRenewal>

export function createRenewal({
  store,
  people,
  lifetimeFrom,
  now,
}: {
  store: Store
  people: Pick<People, 'changed'>
  lifetimeFrom: LifetimeFrom
  now(): number
}) {
  return {
    /**
     * Lets a session go on as if it had been made at `at` by this token, in whose name it stands from then on. Rows are taken in the order
     * of admissions, so that neither waits for the other for ever.
     *
     * @throws Refusal subject_mismatch | session_revoked | key_revoked | token_revoked | attendee_revoked | issued_before | token_used
     */
    async renew(program: ProgramRow, session: Session, entrant: Entrant, at: number): Promise<Session> {
      const { id, programId } = session
      const attendeeId = session.attendee.id
      const renewed = await store.transaction(async (tx) => {
        const before = await tx
          .selectFrom('sessions')
          .leftJoin('browser_sessions', 'browser_sessions.session_id', 'sessions.id')
          .innerJoin('attendees', 'attendees.id', 'sessions.attendee_id')
          .select(['sessions.kid', 'sessions.jti', 'browser_hash', 'attendees.source', 'attendees.subject'])
          .where('sessions.id', '=', id)
          .executeTakeFirst()
        if (before === undefined) throw new Refusal('session_revoked')
        const browserHash = before.browser_hash ?? undefined
        const one = candidateOf(program, entrant, { sessionId: id, tokenHash: '', browserHash, at, ...lifetimeFrom(at) })

        const back = (await takenBack(tx, store.kind, [one.kid])).get(one.kid)
        if (back !== undefined) throw new Refusal(back)
        if (before.source !== one.source || before.subject !== one.subject) throw new Refusal('subject_mismatch')
        const { source, givenName: given_name, familyName: family_name, email } = one
        await tx.updateTable('attendees').set({ given_name, family_name, email, changed_at: at }).where('id', '=', attendeeId).execute()
        const revoked = (await revokedAmong(tx, store.kind, [{ one, attendeeId }])).get(id)
        if (revoked !== undefined) throw new Refusal(revoked)
        const isSame = before.kid === one.kid && before.jti === one.jti
        if (!isSame && (await burnTokens(tx, [one])).has(id)) throw new Refusal('token_used')
        const share_personal_data = one.sharePersonalData ? 1 : 0
        await tx
          .updateTable('attendee_programs')
          .set({ share_personal_data, moderates: one.moderates ? 1 : 0, last_at: at })
          .where('attendee_id', '=', attendeeId)
          .where('program_id', '=', programId)
          .execute()
        const row = await tx
          .updateTable('sessions')
          .set({
            kid: one.kid,
            jti: one.jti,
            roles: JSON.stringify(one.roles),
            expires_at: one.expiresAt,
            renewable_until: one.renewableUntil,
            issued_at: one.issuedAt,
            token_ends_at: one.tokenEndsAt,
            changed_at: at,
          })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .returning(['id', 'program_id', 'organization_id', 'roles', 'expires_at', 'token_ends_at'])
          .executeTakeFirst()
        if (row === undefined) throw new Refusal('session_revoked')
        await tx.updateTable('browser_sessions').set({ expires_at: one.expiresAt }).where('session_id', '=', id).execute()
        return sessionOf(row, { id: attendeeId, source, given_name, family_name, email, share_personal_data })
      })
      people.changed({ attendeeId, programId })
      return renewed
    },

    /** Lets a browser's session go on as long as one lasts, and up to its bound: beyond that it stays as it was. */
    async prolong(session: Session): Promise<Session> {
      const { expiresAt } = lifetimeFrom(now())
      return await store.transaction(async (tx) => {
        const row = await tx
          .updateTable('sessions')
          .set((eb) => ({
            expires_at: eb.case().when('renewable_until', '<', expiresAt).then(eb.ref('renewable_until')).else(expiresAt).end(),
          }))
          .where('id', '=', session.id)
          .where('revoked_at', 'is', null)
          .where('expires_at', '<', expiresAt)
          .whereRef('expires_at', '<', 'renewable_until')
          .returning('expires_at')
          .executeTakeFirst()
        if (row === undefined) return session
        await tx.updateTable('browser_sessions').set(row).where('session_id', '=', session.id).execute()
        return { ...session, expiresAt: row.expires_at }
      })
    },
  }
}

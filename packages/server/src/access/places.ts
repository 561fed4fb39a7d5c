// Owns: in how many places an attendee may be at a program: who is refused for being there already, and whom he replaces.
import type { Transaction } from 'kysely'
import type { Schema } from '../store/schema.ts'
import type { Admission } from './candidate.ts'

/** Somebody who has just been let in has so long to arrive, before his place counts as left. */
const arrivalMs = 30_000

type Place = { readonly sessionId: string; readonly kid: string; readonly jti: string; readonly browserHash: string | null; taken: boolean }
export type Places = {
  /** Sessions that must not be, as their attendees are there already. */
  readonly refused: ReadonlySet<string>
  /** The sessions that each session, where it comes to be, ends. */
  readonly replaced: ReadonlyMap<string, readonly string[]>
}

/** Whether somebody comes back to a place rather than taking a second: by the same browser, or by the same token before he ever arrived. */
function isHis(place: Place, one: Admission, arrived: boolean): boolean {
  if (place.browserHash !== null && place.browserHash === one.browserHash) return true
  return !arrived && place.kid === one.kid && place.jti === one.jti
}

/**
 * Looks at who is where, over all nodes. The attendees' rows must be locked by this transaction: so of two admissions of one attendee the
 * second sees the first.
 */
export async function placesOf(
  tx: Transaction<Schema>,
  entering: readonly { readonly one: Admission; readonly attendeeId: string }[],
): Promise<Places> {
  const counted = entering.filter(({ one }) => one.concurrency !== 'unlimited')
  const refused = new Set<string>()
  const replaced = new Map<string, readonly string[]>()
  if (counted.length === 0) return { refused, replaced }

  const attendeeIds = [...new Set(counted.map(({ attendeeId }) => attendeeId))]
  const programIds = [...new Set(counted.map(({ one }) => one.programId))]
  const at = Math.max(...counted.map(({ one }) => one.at))
  const open = await tx
    .selectFrom('sessions')
    .leftJoin('browser_sessions', 'browser_sessions.session_id', 'sessions.id')
    .select(['sessions.id', 'attendee_id', 'sessions.program_id', 'kid', 'jti', 'created_at', 'browser_hash'])
    .where('attendee_id', 'in', attendeeIds)
    .where('sessions.program_id', 'in', programIds)
    .where('revoked_at', 'is', null)
    .where('sessions.expires_at', '>', at)
    .execute()
  const visits = await tx
    .selectFrom('visits')
    .select((eb) => ['session_id', eb.fn.max(eb.case().when('to_at', 'is', null).then(1).else(0).end()).as('there')])
    .where('attendee_id', 'in', attendeeIds)
    .where('program_id', 'in', programIds)
    .groupBy('session_id')
    .execute()
  const there = new Map(visits.map(({ session_id, there }) => [session_id, there === 1]))

  const places = new Map<string, Place[]>()
  const placeKey = (programId: string, attendeeId: string): string => `${programId} ${attendeeId}`
  for (const row of open) {
    const { id, kid, jti, browser_hash } = row
    const key = placeKey(row.program_id, row.attendee_id)
    const taken = there.get(id) ?? at - row.created_at < arrivalMs
    const place = { sessionId: id, kid, jti, browserHash: browser_hash, taken }
    places.set(key, [...(places.get(key) ?? []), place])
  }
  for (const { one, attendeeId } of counted) {
    const key = placeKey(one.programId, attendeeId)
    const others = places.get(key) ?? []
    const isThere = others.some((place) => place.taken && !isHis(place, one, there.has(place.sessionId)))
    if (one.concurrency === 'refuse' && isThere) {
      refused.add(one.sessionId)
      continue
    }
    replaced.set(
      one.sessionId,
      others.map(({ sessionId }) => sessionId),
    )
    const { sessionId, kid, jti } = one
    places.set(key, [{ sessionId, kid, jti, browserHash: one.browserHash ?? null, taken: true }])
  }
  return { refused, replaced }
}

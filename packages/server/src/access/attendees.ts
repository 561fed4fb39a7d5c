// Owns: what the organizer may list of a program's attendees, and ending their sessions one by one.
import { type AttendeeAnswer, type ListAnswer, Refusal } from '@voila/protocol'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { Store } from '../store/store.ts'
import { knownAttendeeColumns, personalData } from './people.ts'
import type { Sessions } from './sessions.ts'

export function createAttendees({ store, sessions }: { store: Store; sessions: Pick<Sessions, 'revoke' | 'announceRevoked'> }) {
  return {
    /** Those who came, in the order of their first time; with a pseudonym and no address where sharing was not agreed to. */
    async list(programId: string, page: PageRequest): Promise<ListAnswer<AttendeeAnswer>> {
      const query = store.db
        .selectFrom('attendee_programs')
        .innerJoin('attendees', 'attendees.id', 'attendee_programs.attendee_id')
        .select(knownAttendeeColumns)
        .select(['attendee_programs.first_at', 'attendee_programs.last_at', 'attendee_programs.moderates'])
        .where('attendee_programs.program_id', '=', programId)
      const rows = await paged(query, page, { at: 'attendee_programs.first_at', id: 'attendees.id', order: 'oldest-first' }).execute()
      return pageOf(rows, {
        limit: page.limit,
        placeOf: (row) => ({ at: row.first_at, id: row.id }),
        show: (row) => ({
          id: row.id,
          ...personalData(row, 'organizer'),
          moderates: row.moderates === 1,
          firstAt: new Date(row.first_at).toISOString(),
          lastAt: new Date(row.last_at).toISOString(),
        }),
      })
    },

    /** Ends an attendee's sessions at a program; a token that is still good lets him in again. @throws Refusal attendee_unknown */
    async revoke({ programId, attendeeId }: { programId: string; attendeeId: string }): Promise<void> {
      const known = await store.db
        .selectFrom('attendee_programs')
        .select('attendee_id')
        .where('program_id', '=', programId)
        .where('attendee_id', '=', attendeeId)
        .executeTakeFirst()
      if (known === undefined) throw new Refusal('attendee_unknown')
      sessions.announceRevoked(await store.transaction((tx) => sessions.revoke(tx, { programId, attendeeId })))
    },
  }
}

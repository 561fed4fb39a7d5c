// Owns: what the organizer may see of a program's attendees, and ending their sessions one by one.
import { type AttendeeAnswer, type ListAnswer, Refusal } from '@voila/protocol'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { AttendeeProgramTable } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { type KnownAttendee, knownAttendeeColumns, personalData } from './people.ts'
import type { Sessions } from './sessions.ts'

export type Attendees = ReturnType<typeof createAttendees>

type Row = KnownAttendee & Pick<AttendeeProgramTable, 'first_at' | 'last_at' | 'moderates'>

/** With a pseudonym and no address where sharing was not agreed to. */
function answerOf(row: Row): AttendeeAnswer {
  return {
    id: row.id,
    ...personalData(row, 'organizer'),
    moderates: row.moderates === 1,
    ...(row.source === 'anonymous' ? { guest: true as const } : {}),
    firstAt: new Date(row.first_at).toISOString(),
    lastAt: new Date(row.last_at).toISOString(),
  }
}

export function createAttendees({ store, sessions }: { store: Store; sessions: Pick<Sessions, 'revoke' | 'announceRevoked'> }) {
  const rowsAt = (programId: string) =>
    store.db
      .selectFrom('attendee_programs')
      .innerJoin('attendees', 'attendees.id', 'attendee_programs.attendee_id')
      .select(knownAttendeeColumns)
      .select(['attendee_programs.first_at', 'attendee_programs.last_at', 'attendee_programs.moderates'])
      .where('attendee_programs.program_id', '=', programId)

  return {
    /** Those who came, in the order of their first time. */
    async list(programId: string, page: PageRequest): Promise<ListAnswer<AttendeeAnswer>> {
      const order = { at: 'attendee_programs.first_at', id: 'attendees.id', order: 'oldest-first' } as const
      const rows = await paged(rowsAt(programId), page, order).execute()
      return pageOf(rows, { limit: page.limit, placeOf: (row) => ({ at: row.first_at, id: row.id }), show: answerOf })
    },

    /** Some of them, by their ids; at most a few hundred. */
    async named(programId: string, ids: readonly string[]): Promise<ReadonlyMap<string, AttendeeAnswer>> {
      if (ids.length === 0) return new Map()
      const rows = await rowsAt(programId).where('attendee_programs.attendee_id', 'in', ids).execute()
      return new Map(rows.map((row) => [row.id, answerOf(row)]))
    },

    /** @throws Refusal attendee_unknown where he never was at the program */
    async requireThere({ programId, attendeeId }: { programId: string; attendeeId: string }): Promise<void> {
      const known = await store.db
        .selectFrom('attendee_programs')
        .select('attendee_id')
        .where('program_id', '=', programId)
        .where('attendee_id', '=', attendeeId)
        .executeTakeFirst()
      if (known === undefined) throw new Refusal('attendee_unknown')
    },

    /** Ends an attendee's sessions at a program; a token that is still good lets him in again. */
    async endVisit({ programId, attendeeId }: { programId: string; attendeeId: string }): Promise<void> {
      sessions.announceRevoked(await store.transaction((tx) => sessions.revoke(tx, { programId, attendeeId })))
    },
  }
}

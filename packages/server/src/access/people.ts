// Owns: what a reader may know of an attendee. Nothing else reads names and addresses.
import { createHash } from 'node:crypto'
import { type AttendeeSummary, type Person, teamActorId } from '@voila/protocol'
import type { AttendeeProgramTable, AttendeeRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'

/** An attendee at one program, with the columns that nobody but `personalData` looks into. */
export type KnownAttendee = Pick<AttendeeRow, 'id' | 'source' | 'given_name' | 'family_name' | 'email'> &
  Pick<AttendeeProgramTable, 'share_personal_data'>

/**
 * Who reads: oneself; the others, in chat, questions and quiz, where names show as the guide says; or the organizer, for what he takes
 * away (lists, reports, exports, webhooks, API).
 */
export type Reader = 'self' | 'activities' | 'organizer'

export type PersonalData = { displayName: string; givenName: string; familyName: string | null; email: string | null }

const pseudonymCharacters = 8

/** Stable for an attendee, says nothing of him, and is short enough to be read out. */
function pseudonym(id: string): string {
  const digest = createHash('sha256').update(`voila pseudonym ${id}`).digest('hex').slice(0, pseudonymCharacters).toUpperCase()
  return `Attendee ${digest}`
}

/** Decides what this reader is told. The one place where `sharePersonalData` counts. */
export function personalData(attendee: KnownAttendee, reader: Reader): PersonalData {
  const { given_name: givenName, family_name: familyName, email } = attendee
  if (reader === 'organizer' && attendee.share_personal_data !== 1) {
    const name = pseudonym(attendee.id)
    return { displayName: name, givenName: name, familyName: null, email: null }
  }
  const displayName = familyName === null ? givenName : `${givenName} ${familyName}`
  return { displayName, givenName, familyName, email: reader === 'activities' ? null : email }
}

/** Marks whoever came without a token: his name is his own choice. */
function guestIn({ source }: Pick<KnownAttendee, 'source'>): { guest?: true } {
  return source === 'anonymous' ? { guest: true } : {}
}

/** What an attendee is told of himself. */
export function summaryOf(attendee: KnownAttendee, roles: readonly string[]): AttendeeSummary {
  const { displayName, givenName, familyName } = personalData(attendee, 'self')
  return { id: attendee.id, displayName, givenName, familyName, roles: [...roles], ...guestIn(attendee) }
}

export const knownAttendeeColumns = [
  'attendees.id',
  'attendees.source',
  'attendees.given_name',
  'attendees.family_name',
  'attendees.email',
  'attendee_programs.share_personal_data',
] as const

const cached = 50_000
/** What another node was told of a person shows here after so long. */
const cacheMs = 30_000
const askedAtOnce = 500

export type People = ReturnType<typeof createPeople>

/** Display names for activities, remembered by this node. */
export function createPeople({ store, now }: { store: Store; now(): number }) {
  const memory = new Map<string, { person: Person; until: number }>()
  // Whether somebody is of the team is a matter of the program, so it is part of what is remembered.
  const place = (id: string, programId: string | undefined): string => `${programId ?? ''} ${id}`

  function remember(person: Person, programId: string | undefined): void {
    const key = place(person.id, programId)
    memory.delete(key)
    memory.set(key, { person, until: now() + cacheMs })
    const [oldest] = memory.keys()
    if (memory.size > cached && oldest !== undefined) memory.delete(oldest)
  }

  async function load(ids: readonly string[], programId: string | undefined): Promise<Person[]> {
    const rows = await store.db
      .selectFrom('attendees')
      .leftJoin('attendee_programs', (join) =>
        join.onRef('attendee_programs.attendee_id', '=', 'attendees.id').on('attendee_programs.program_id', '=', programId ?? ''),
      )
      .select(knownAttendeeColumns)
      .select('attendee_programs.moderates')
      .where('attendees.id', 'in', ids)
      .execute()
    const attendees = rows.map(({ moderates, ...row }): Person => {
      const { displayName } = personalData({ ...row, share_personal_data: row.share_personal_data ?? 0 }, 'activities')
      return { id: row.id, displayName, ...(moderates === 1 ? { team: true } : {}), ...guestIn(row) }
    })
    if (programId === undefined || attendees.length === ids.length) return attendees
    return [...attendees, ...(await loadTeam(ids, programId))]
  }

  /** Members of the program's organization, past ones too, as what they said stays; and the organization itself, as which its API acts. */
  async function loadTeam(ids: readonly string[], programId: string): Promise<Person[]> {
    const organization = store.db
      .selectFrom('programs')
      .innerJoin('organizations', 'organizations.id', 'programs.organization_id')
      .where('programs.id', '=', programId)
    const members = await organization
      .innerJoin('members', 'members.organization_id', 'organizations.id')
      .innerJoin('users', 'users.id', 'members.user_id')
      .select(['users.id', 'users.name'])
      .where('users.id', 'in', ids)
      .execute()
    const itself = ids.includes(teamActorId) ? await organization.select('organizations.name').execute() : []
    return [...members, ...itself.map(({ name }) => ({ id: teamActorId, name }))].map(({ id, name }) => ({
      id,
      displayName: name,
      team: true,
    }))
  }

  return {
    /**
     * Those of these ids that are known, as the others see them.
     *
     * @param programId  where given, `team` is set for those who moderate there, and its organization's members are known too
     */
    async people(ids: readonly string[], programId?: string): Promise<Map<string, Person>> {
      const at = now()
      const found = new Map<string, Person>()
      const missing: string[] = []
      for (const id of new Set(ids)) {
        const known = memory.get(place(id, programId))
        if (known !== undefined && known.until > at) found.set(id, known.person)
        else missing.push(id)
      }
      for (let start = 0; start < missing.length; start += askedAtOnce) {
        for (const person of await load(missing.slice(start, start + askedAtOnce), programId)) {
          remember(person, programId)
          found.set(person.id, person)
        }
      }
      return found
    },

    /** Those of these ids that are known, as the organizer may take them away from a program; of his own team with its names alone. */
    async exported(ids: Iterable<string>, programId: string): Promise<Map<string, Pick<PersonalData, 'displayName' | 'email'>>> {
      const wanted = [...new Set(ids)]
      const found = new Map<string, Pick<PersonalData, 'displayName' | 'email'>>()
      for (let start = 0; start < wanted.length; start += askedAtOnce) {
        const some = wanted.slice(start, start + askedAtOnce)
        const rows = await store.db
          .selectFrom('attendees')
          .innerJoin('attendee_programs', 'attendee_programs.attendee_id', 'attendees.id')
          .select(knownAttendeeColumns)
          .where('attendee_programs.program_id', '=', programId)
          .where('attendees.id', 'in', some)
          .execute()
        for (const row of rows) found.set(row.id, personalData(row, 'organizer'))
        const others = some.filter((id) => !found.has(id))
        if (others.length === 0) continue
        for (const { id, displayName } of await loadTeam(others, programId)) found.set(id, { displayName, email: null })
      }
      return found
    },

    /** What somebody has said of his name and address at a program; undefined where he has not been there. */
    async sharesPersonalData(of: {
      organizationId: string
      source: AttendeeRow['source']
      subject: string
      programId: string
    }): Promise<boolean | undefined> {
      const row = await store.db
        .selectFrom('attendees')
        .innerJoin('attendee_programs', 'attendee_programs.attendee_id', 'attendees.id')
        .select('attendee_programs.share_personal_data')
        .where('attendees.organization_id', '=', of.organizationId)
        .where('attendees.source', '=', of.source)
        .where('attendees.subject', '=', of.subject)
        .where('attendee_programs.program_id', '=', of.programId)
        .executeTakeFirst()
      return row === undefined ? undefined : row.share_personal_data === 1
    },

    /** A new token may have said another name. */
    changed({ attendeeId, programId }: { attendeeId: string; programId: string }): void {
      memory.delete(place(attendeeId, programId))
      memory.delete(place(attendeeId, undefined))
    },
  }
}

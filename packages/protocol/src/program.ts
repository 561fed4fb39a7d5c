// Owns: the states of a program, what each allows, and which may follow which.

/** What holds in a state, per column of the design's table. */
export type StateRow = {
  /** in: the page with the picture; waiting: the page with the countdown; ended: the 'ended' page; otherwise the refusal. */
  readonly attendees: 'in' | 'waiting' | 'ended' | 'program_not_open' | 'program_archived'
  /** grace: refused two minutes after the state was entered. */
  readonly ingest: 'accepted' | 'grace' | 'refused'
  readonly picture: 'all' | 'team' | 'none'
  readonly activities: 'open' | 'team' | 'read-only' | 'closed' | 'none'
  readonly next: readonly ProgramState[]
}

export type ProgramState = 'draft' | 'scheduled' | 'rehearsal' | 'live' | 'ended' | 'archived'

export const programStates: Readonly<Record<ProgramState, StateRow>> = {
  draft: { attendees: 'program_not_open', ingest: 'accepted', picture: 'team', activities: 'none', next: ['scheduled', 'archived'] },
  scheduled: {
    attendees: 'waiting',
    ingest: 'accepted',
    picture: 'team',
    activities: 'closed',
    next: ['draft', 'rehearsal', 'live', 'archived'],
  },
  rehearsal: { attendees: 'waiting', ingest: 'accepted', picture: 'team', activities: 'team', next: ['scheduled'] },
  live: { attendees: 'in', ingest: 'accepted', picture: 'all', activities: 'open', next: ['ended'] },
  ended: { attendees: 'ended', ingest: 'grace', picture: 'none', activities: 'read-only', next: ['live', 'archived'] },
  archived: { attendees: 'program_archived', ingest: 'refused', picture: 'none', activities: 'none', next: [] },
}

/** How long a feed is still accepted after the end. */
export const ingestGraceMs = 120_000

/** 12 characters, lower-case letters and digits. */
export const programIdPattern = /^[a-z0-9]{12}$/

/** Role names that a token may carry for a program. */
export const attendeeRole = 'ROLE_ATTENDEE'
export const moderatorRole = 'ROLE_MODERATOR'

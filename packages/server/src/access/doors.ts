// Owns: whether a program lets attendees in at a moment.
import { programStates } from '@voila/protocol'
import type { ProgramRow } from '../store/schema.ts'

const minuteMs = 60_000

type Entrance = Pick<ProgramRow, 'state' | 'starts_at' | 'doors_minutes'>

/** When the doors of a program open, Unix milliseconds; undefined where they are never closed. */
export function doorsOpenAt({ state, starts_at, doors_minutes }: Entrance): number | undefined {
  if (doors_minutes === null || programStates[state].attendees !== 'waiting') return undefined
  return starts_at - doors_minutes * minuteMs
}

/** Why it lets no attendee in at `now` (Unix milliseconds). */
export function shutAt(program: Entrance, now: number): 'program_not_open' | 'program_archived' | 'doors_closed' | undefined {
  const { attendees } = programStates[program.state]
  if (attendees === 'program_not_open' || attendees === 'program_archived') return attendees
  const opensAt = doorsOpenAt(program)
  return opensAt !== undefined && now < opensAt ? 'doors_closed' : undefined
}

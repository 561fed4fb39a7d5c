// Owns: what a program's state lets whom do: come in, be told of its activities, act in them.
import { type Actor, type ErrorCode, type ProgramState, programStates } from '@voila/protocol'
import { shutAt } from '../access/doors.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { AnyActivity, ViewerKind } from './rules.ts'
import type { Visitor } from './visitor.ts'

type Shown = { readonly state: ProgramState; readonly run: number }
type Entrance = Parameters<typeof shutAt>[0]

/** Why there is no place at a program at `now` (Unix milliseconds). The team prepares a draft already, and knows no doors. */
export function shutTo(program: Entrance, who: Visitor | 'team', now: number): ErrorCode | undefined {
  const shut = shutAt(program, now)
  return shut === 'program_archived' || (who !== 'team' && 'session' in who) ? shut : undefined
}

/**
 * How a visitor is told of a run. While a rehearsal runs, attendees wait outside; and nobody but the team sees a run that is no longer the
 * program's.
 */
export function kindOf(program: Shown | undefined, visitor: Visitor, run: number): ViewerKind {
  if ('member' in visitor) return 'member'
  // Also while it is rehearsed: whoever gave the link out wants to see what the room will see.
  if ('screen' in visitor) return program?.run === run ? 'screen' : 'outside'
  if (visitor.session.moderates) return 'moderator'
  if (program === undefined || program.run !== run) return 'outside'
  return programStates[program.state].activities === 'team' ? 'outside' : 'attendee'
}

/** Why an actor may not act in an activity in this state. */
export function closedIn(
  { state, anonymous }: Pick<Shown, 'state'> & Pick<ProgramRow, 'anonymous'>,
  activity: AnyActivity,
  actor: Actor,
): ErrorCode | undefined {
  if (actor.guest === true && anonymous === 'watch') return 'watch_only'
  const { activities } = programStates[state]
  return activities === 'open' || (actor.moderates && activity.openToTeam.includes(activities)) ? undefined : 'activities_closed'
}

// Owns: what a program's state lets whom do: come in, be told of its activities, act in them.
import { type Actor, type ErrorCode, type ProgramState, programStates } from '@voila/protocol'
import type { AnyActivity, ViewerKind } from './rules.ts'
import type { Visitor } from './visitor.ts'

type Shown = { readonly state: ProgramState; readonly run: number }

/** Why there is no place at a program in this state. The team prepares a draft already. */
export function shutTo({ state }: Pick<Shown, 'state'>, who: Visitor | 'team'): ErrorCode | undefined {
  const { attendees } = programStates[state]
  if (attendees === 'program_archived') return attendees
  return attendees === 'program_not_open' && who !== 'team' && 'session' in who ? attendees : undefined
}

/**
 * How a visitor is told of a run. While a rehearsal runs, attendees wait outside; and nobody but the team sees a run that is no longer the
 * program's.
 */
export function kindOf(program: Shown | undefined, visitor: Visitor, run: number): ViewerKind {
  if ('member' in visitor) return 'member'
  if (visitor.session.moderates) return 'moderator'
  if (program === undefined || program.run !== run) return 'outside'
  return programStates[program.state].activities === 'team' ? 'outside' : 'attendee'
}

/** Why an actor may not act in an activity in this state. */
export function closedIn({ state }: Pick<Shown, 'state'>, activity: AnyActivity, actor: Actor): ErrorCode | undefined {
  const { activities } = programStates[state]
  return activities === 'open' || (actor.moderates && activity.openToTeam.includes(activities)) ? undefined : 'activities_closed'
}

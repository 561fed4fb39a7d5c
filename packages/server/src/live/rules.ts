// Owns: how live/ sees an activity, its types erased, and who counts as whose audience.
import {
  type Actor,
  type Audience,
  activities,
  type Decision,
  type Entry,
  type Page,
  type Sheet,
  type StateRow,
  type Told,
  teamActorId,
} from '@voila/protocol'
import type { z } from 'zod'

/** Any activity. What it calls State, View, Self and Item passes through here unread. */
export type AnyActivity = {
  readonly name: string
  readonly audiences: readonly Audience[]
  readonly openToTeam: readonly StateRow['activities'][]
  readonly moderated: boolean
  readonly teamCommands: readonly string[]
  readonly commands: Readonly<Record<string, z.ZodType>>
  readonly decide: Readonly<Record<string, (state: unknown, actor: Actor, command: unknown, now: number) => Decision>>
  initial(): unknown
  apply(state: unknown, entry: Entry): void
  concerns(state: unknown, entry: Entry): readonly string[]
  publish(entry: Entry, state: unknown, audience: Audience): Told | undefined
  snapshot(state: unknown, audience: Audience): unknown
  self(state: unknown, actorId: string): unknown
  views(state: unknown, audience: Audience): Readonly<Record<string, unknown>>
  page(state: unknown, audience: Audience, cursor: { before?: number; limit: number }): Page<unknown>
  sheets(state: unknown): readonly Sheet[]
  mutedUntil?(state: unknown, actorId: string): number | null | undefined
}
export type Rules = Readonly<Record<string, AnyActivity>>

/** The protocol's table. */
export const rules = activities as unknown as Rules

export function activityNamed(table: Rules, name: string): AnyActivity | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

export const team: Actor = { id: teamActorId, moderates: true, member: true }

/** Members are on the team of every activity; ROLE_MODERATOR makes an attendee part of it in moderated ones alone. */
export function actorIn(activity: AnyActivity, actor: Actor): Actor {
  return actor.moderates && !actor.member && !activity.moderated ? { ...actor, moderates: false } : actor
}

/** How somebody at a program is told of its activities. `outside`: an attendee while a rehearsal runs, who is told of none of it. */
export type ViewerKind = 'attendee' | 'moderator' | 'member' | 'screen' | 'outside'
export const viewerKinds: readonly ViewerKind[] = ['attendee', 'moderator', 'member', 'screen', 'outside']

/** What kind an actor is while no rehearsal runs. */
export const kindOfActor = (actor: Actor): ViewerKind => (actor.member ? 'member' : actor.moderates ? 'moderator' : 'attendee')

/** The audience of an activity that a kind of viewer belongs to. undefined: it is not for him, and he is not told that there is one. */
export function audienceOf(kind: ViewerKind, activity: AnyActivity): Audience | undefined {
  const onTeam = kind === 'member' || (kind === 'moderator' && activity.moderated)
  const audience = kind === 'screen' ? 'screen' : onTeam ? 'team' : 'attendees'
  return activity.audiences.includes(audience) ? audience : undefined
}

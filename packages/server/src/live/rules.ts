// Owns: how live/ sees an activity, its types erased, and who counts as whose audience.
import { type Actor, type Audience, activities, type Decision, type Entry, type Page, type Told } from '@voila/protocol'
import type { z } from 'zod'

/** Any activity. What it calls State, View, Self and Item passes through here unread. */
export type AnyActivity = {
  readonly name: string
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
  views(state: unknown): Readonly<Record<string, unknown>>
  page(state: unknown, audience: Audience, cursor: { before?: number; limit: number }): Page<unknown>
}
export type Rules = Readonly<Record<string, AnyActivity>>

/** The protocol's table. */
export const rules = activities as unknown as Rules

export function activityNamed(table: Rules, name: string): AnyActivity | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** The team as an actor of the API: everybody who holds the administration secret. */
export const team: Actor = { id: 'team', moderates: true }

/** ROLE_MODERATOR makes an attendee part of the team of moderated activities alone; the team itself is of every one. */
export function actorIn(activity: AnyActivity, actor: Actor): Actor {
  return actor.moderates && !activity.moderated && actor.id !== team.id ? { ...actor, moderates: false } : actor
}

/**
 * How somebody at a program is told of its activities. `outside`: an attendee while a rehearsal runs, who is told of none of it.
 */
export type ViewerKind = 'attendee' | 'moderator' | 'outside'
export const viewerKinds: readonly ViewerKind[] = ['attendee', 'moderator', 'outside']

export function audienceOf(kind: ViewerKind, activity: AnyActivity): Audience | undefined {
  if (kind === 'outside') return undefined
  return kind === 'moderator' && activity.moderated ? 'team' : 'attendees'
}

// Owns: what an activity is: commands in, entries out, state from entries, what each audience is told. No clock, no store, no socket.
import type { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import type { StateRow } from './program.ts'

/**
 * Who does something. `member`: of the organization's own team, so on the team of every activity. `moderates`: a member, or an attendee
 * whose token carries ROLE_MODERATOR. `guest`: an attendee without a token. `mutedUntil`: the team has taken his word in every activity,
 * until then (Unix milliseconds) or, null, until it gives it back.
 */
export type Actor = {
  readonly id: string
  readonly moderates: boolean
  readonly member?: true
  readonly guest?: true
  readonly mutedUntil?: number | null
}

export const isMuted = ({ mutedUntil }: Actor, now: number): boolean =>
  mutedUntil !== undefined && (mutedUntil === null || now < mutedUntil)

/** The actor as which an API key and the administration secret act: the team itself. */
export const teamActorId = 'team'

/** The actor as which the platform itself acts: by the clock, and by what a program has set. */
export const systemActorId = 'system'

/** Who is told: everybody on the attendee page, those who moderate, the big screen. What concerns one attendee is `self`. */
export type Audience = 'attendees' | 'team' | 'screen'
export const audiences: readonly Audience[] = ['attendees', 'team', 'screen']

/** One line of the program log. `at`: Unix milliseconds; `seq` is gap-free within a run, from 1. */
export type Entry = {
  readonly seq: number
  readonly at: number
  readonly activity: string
  readonly type: string
  readonly actorId: string
  readonly body: unknown
}

export type NewEntry = { readonly type: string; readonly body: Readonly<Record<string, unknown>> }

/** An anonymous increment or text that the batch adds in its own transaction, for secret polls. */
export type Counter = { readonly key: string; readonly add: number } | { readonly key: string; readonly text: string }

export type Refused = { readonly refused: ErrorCode; readonly retryAfterMs?: number }
export type Decision = { readonly entries: readonly NewEntry[]; readonly counters?: readonly Counter[] } | Refused

/**
 * What an audience is told of one entry: `type` and whatever the activity adds. Goes into `log` frames beside seq, at, activity and actorId;
 * `actorId: null` in it keeps that from this audience.
 */
export type Told = { readonly type: string; readonly [key: string]: unknown }

/** Latest-wins values that an activity publishes at most twice a second, by key (`chat.likes`). */
export type Views = Readonly<Record<string, unknown>>

/**
 * What waits for the team in any activity, as its view tells the team under `waiting`: the one queue shows them all. `actorId`: null where
 * nobody may know. `to`: what it answers, as the question of a poll.
 */
export type Waiting = {
  readonly id: number
  readonly at: number
  readonly actorId: string | null
  readonly text: string
  readonly to?: string
}

/** One cell of a table that is taken away. `person`: an actor, whose name and address the platform fills in as far as he shares them. */
export type Cell = string | number | boolean | null | { readonly time: number } | { readonly person: string }

/** A table of what happened, to be taken away as a file. A column given as `{ person }` holds people: its name, and one for the address. */
export type Sheet = {
  readonly name: string
  readonly columns: readonly (string | { readonly person: string })[]
  readonly rows: readonly (readonly Cell[])[]
}

export type Page<Item> = { items: Item[]; nextCursor: string | null }

type Commands = Readonly<Record<string, z.ZodType>>

/** How a client keeps what it was told of an activity. Apart from the rules, as it is all that a page carries of them. */
export type ActivityView<View> = {
  reduce(view: View, told: Told): View
  merge(view: View, key: string, value: unknown): View
}

/**
 * The rules of an activity over State (on the server), View (what a client holds) and Self (what one attendee alone is told; whole, latest
 * wins).
 *
 * - `decide` never mutates and never rejects by throwing; `apply` mutates and accepts every entry, tombstones (`{erased: true}`) and unknown types included.
 * - `concerns` names the actors whose `self` an entry changes; it is asked before `apply`.
 * - `publish` may be asked at any later state (a resume): it tells what holds now, so that nothing removed is told again.
 * - `reduce(view, told)` over all that was told, and `merge` of the last views, equal a fresh `snapshot` for every cut.
 * - `mutedUntil` is asked of whichever activity has it before another decides on a command: what it says stands in the actor.
 * - `sheets` are for the organizer: whoever is in them is named by what he shares, as every other export.
 * - `views` are asked for each audience of the activity, at most twice a second.
 */
export type Activity<C extends Commands, State, View, Self, Item> = {
  readonly name: string
  /** Whom it is for. Who belongs to none of these is not even told that it exists. */
  readonly audiences: readonly Audience[]
  /** Where the program's state does not open activities to all: what the state says of them while the team may act in this one all the same. */
  readonly openToTeam: readonly StateRow['activities'][]
  /** Whether ROLE_MODERATOR makes an attendee part of this activity's team. */
  readonly moderated: boolean
  /** Team commands are refused to others with `not_allowed` before `decide` is asked. */
  readonly teamCommands: readonly (keyof C & string)[]
  readonly commands: C
  initial(): State
  readonly decide: { readonly [K in keyof C]: (state: State, actor: Actor, command: z.output<C[K]>, now: number) => Decision }
  apply(state: State, entry: Entry): void
  concerns(state: State, entry: Entry): readonly string[]
  publish(entry: Entry, state: State, audience: Audience): Told | undefined
  snapshot(state: State, audience: Audience): View
  self(state: State, actorId: string): Self
  views(state: State, audience: Audience): Views
  page(state: State, audience: Audience, cursor: { before?: number; limit: number }): Page<Item>
  sheets(state: State): readonly Sheet[]
  mutedUntil?(state: State, actorId: string): number | null | undefined
}

/** Declares an activity, its command types inferred from the schemas. */
export function activity<const C extends Commands, State, View, Self, Item>(
  definition: Activity<C, State, View, Self, Item>,
): Activity<C, State, View, Self, Item> {
  return definition
}

/** An accepted command. */
export function accept(...entries: NewEntry[]): Decision {
  return { entries }
}

/** A refused command. */
export function refuse(code: ErrorCode, more: { retryAfterMs?: number } = {}): Refused {
  return { refused: code, ...more }
}

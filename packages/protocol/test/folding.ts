// Owns: a run of an activity with nothing around it: what the log does, without the database, and what clients make of what they are told.
import type { ActivityView, Actor, Audience, Decision, Entry, Told } from '../src/index.ts'

export const ada: Actor = { id: 'ada', moderates: false }
export const bo: Actor = { id: 'bo', moderates: false }
export const team: Actor = { id: 'team', moderates: true, member: true }
export const start = 1_800_000_000_000

/** The rules of any activity, as far as a run needs them. */
export type Played<Command, State, View> = {
  readonly name: string
  readonly teamCommands: readonly string[]
  readonly decide: { readonly [name: string]: (state: State, actor: Actor, command: Command, now: number) => Decision }
  initial(): State
  apply(state: State, entry: Entry): void
  publish(entry: Entry, state: State, audience: Audience): Told | undefined
  snapshot(state: State, audience: Audience): View
  views(state: State, audience: Audience): Readonly<Record<string, unknown>>
}

/** The union of an activity's commands. */
export type CommandsOf<Decide> = {
  [Name in keyof Decide]: Decide[Name] extends (state: never, actor: Actor, command: infer Command, now: number) => Decision
    ? Command
    : never
}[keyof Decide]

/** A run, and everything that may be asked of it. */
export function runOf<Command extends { type: string }, State, View>(rules: Played<Command, State, View>) {
  const state = rules.initial()
  const log: Entry[] = []
  let now = start
  const decide = (actor: Actor, command: Command): Decision => {
    if (rules.teamCommands.includes(command.type) && !actor.moderates) return { refused: 'not_allowed' }
    return rules.decide[command.type]?.(state, actor, command, now) ?? { refused: 'invalid_request' }
  }
  return {
    state,
    log,
    wait(ms: number) {
      now += ms
    },
    decide,
    /** Answers the seq of the last entry. @throws what refuses it */
    do(actor: Actor, command: Command): number {
      const decision = decide(actor, command)
      if ('refused' in decision) throw new Error(decision.refused)
      for (const { type, body } of decision.entries) {
        const entry = { seq: log.length + 1, at: now, activity: rules.name, type, actorId: actor.id, body }
        log.push(entry)
        rules.apply(state, entry)
      }
      return log.length
    },
    /** The code, having looked that deciding changed nothing. */
    refusal(actor: Actor, command: Command): string {
      const before = JSON.stringify(rules.snapshot(state, 'team'))
      const decision = decide(actor, command)
      if (JSON.stringify(rules.snapshot(state, 'team')) !== before) throw new Error(`deciding ${command.type} changed the state`)
      return 'refused' in decision ? decision.refused : 'accepted'
    },
  }
}

/**
 * What a client holds that was told the log in ranges, each at the state after it, as the ticks of a live room and the resumes after a
 * lost connection do.
 *
 * @param told.ends  the last seq of each range but the last, which ends with the log
 */
export function heldAfter<State, View>(
  rules: Pick<Played<never, State, View>, 'initial' | 'apply' | 'publish' | 'snapshot' | 'views'>,
  view: ActivityView<View>,
  { log, ends, audience }: { log: readonly Entry[]; ends: readonly number[]; audience: Audience },
): View {
  const state = rules.initial()
  let held = rules.snapshot(state, audience)
  let from = 0
  for (const to of [...ends, log.length]) {
    const range = log.slice(from, to)
    from = Math.max(from, to)
    for (const entry of range) rules.apply(state, entry)
    for (const entry of range) {
      const told = rules.publish(entry, state, audience)
      // As it travels.
      if (told !== undefined) held = view.reduce(held, JSON.parse(JSON.stringify(told)) as Told)
    }
  }
  for (const [key, value] of Object.entries(rules.views(state, audience))) held = view.merge(held, key, value)
  return held
}

/** Told one by one up to `cut`, then the rest at once. */
export const oneByOneTo = (cut: number): number[] => Array.from({ length: cut }, (_, index) => index + 1)

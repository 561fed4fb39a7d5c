// Owns: which reactions count, how often, and that they are told as sums and never one by one.
import { z } from 'zod'
import { accept, activity, type Entry, refuse } from '../activity.ts'
import { limits } from '../limits.ts'
import {
  type ReactionKind,
  type ReactionMinute,
  type ReactionsSettings,
  type ReactionsView,
  type ReactionTotals,
  reactionKinds,
  type ToldReactions,
} from './reactions-view.ts'

const kinds = Object.keys(reactionKinds) as ReactionKind[]
const Kind = z.enum(kinds)
const isKind = (text: string): text is ReactionKind => Object.hasOwn(reactionKinds, text)

/** What a program sets of them. */
export const reactionsOptions = z.strictObject({
  on: z.boolean().optional(),
  set: z
    .array(Kind)
    .min(1)
    .max(limits.reactionKinds)
    .transform((set) => [...new Set(set)])
    .optional(),
})

/** `seq`: of its first entry. */
type Minute = { readonly seq: number; readonly at: number; count: number }

export type ReactionsState = {
  settings: ReactionsSettings
  readonly totals: Map<ReactionKind, number>
  /** The newest last. */
  readonly minutes: Minute[]
  readonly lastAt: Map<string, number>
}

const minuteMs = 60_000
/** A command is not refused for having been hurried on its way. */
const earlyMs = 250

type Counts = Partial<Record<string, number>>

function countsIn({ body }: Entry): [ReactionKind, number][] {
  const { counts } = (body ?? {}) as { counts?: Counts }
  return Object.entries(counts ?? {}).flatMap(([kind, count]) => (isKind(kind) && typeof count === 'number' ? [[kind, count]] : []))
}

const totalsOf = ({ totals }: ReactionsState): ReactionTotals =>
  Object.fromEntries(kinds.filter((kind) => totals.has(kind)).map((kind) => [kind, totals.get(kind)]))
/** Whether this entry began a minute. */
const begins = ({ minutes }: ReactionsState, { seq }: Entry): boolean => minutes.findLast((minute) => minute.seq <= seq)?.seq === seq
const minuteOf = ({ minutes }: ReactionsState): ReactionMinute | null => {
  const last = minutes.at(-1)
  return last === undefined ? null : { at: last.at, count: last.count }
}
const minutesBefore = ({ minutes }: ReactionsState): ReactionMinute[] => minutes.slice(0, -1).map(({ at, count }) => ({ at, count }))

export const reactions = activity({
  name: 'reactions',
  audiences: ['attendees', 'team', 'screen'],
  openToTeam: ['team'],
  moderated: false,
  teamCommands: ['configure'],
  commands: {
    react: z.strictObject({
      type: z.literal('react'),
      counts: z
        .partialRecord(Kind, z.int().min(1))
        .refine((counts) => Object.keys(counts).length > 0, { error: 'There is none.' })
        .transform((counts) => Object.fromEntries(Object.entries(counts).map(([kind, n]) => [kind, Math.min(n, limits.reactionsAtOnce)]))),
    }),
    configure: reactionsOptions.extend({ type: z.literal('configure') }),
  },

  decide: {
    react({ settings, lastAt }, actor, { counts }, now) {
      if (!settings.on) return refuse('activity_off')
      const wait = (lastAt.get(actor.id) ?? -Infinity) + limits.reactionsMs - now
      if (wait > earlyMs) return refuse('reactions_too_fast', { retryAfterMs: wait })
      const offered = Object.entries(counts).filter(([kind]) => isKind(kind) && settings.set.includes(kind))
      return offered.length === 0 ? accept() : accept({ type: 'reactions.sent', body: { counts: Object.fromEntries(offered) } })
    },
    configure({ settings }, _actor, { type: _, ...wanted }) {
      const changes = Object.fromEntries(
        Object.entries(wanted).filter(
          ([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(settings[key as keyof ReactionsSettings]),
        ),
      )
      return Object.keys(changes).length === 0 ? accept() : accept({ type: 'reactions.configured', body: changes })
    },
  },

  initial: (): ReactionsState => ({
    settings: { on: true, set: ['clap', 'heart', 'laugh', 'wow', 'celebrate'] },
    totals: new Map(),
    minutes: [],
    lastAt: new Map(),
  }),
  apply(state, entry) {
    if (entry.type === 'reactions.configured') {
      const { on, set } = (entry.body ?? {}) as Partial<ReactionsSettings>
      state.settings = {
        on: typeof on === 'boolean' ? on : state.settings.on,
        set: Array.isArray(set) ? set.filter(isKind) : state.settings.set,
      }
    }
    if (entry.type !== 'reactions.sent') return
    state.lastAt.set(entry.actorId, entry.at)
    const counts = countsIn(entry)
    for (const [kind, count] of counts) state.totals.set(kind, (state.totals.get(kind) ?? 0) + count)
    const at = entry.at - (entry.at % minuteMs)
    let minute = state.minutes.at(-1)
    if (minute?.at !== at) {
      minute = { seq: entry.seq, at, count: 0 }
      state.minutes.push(minute)
      if (state.minutes.length > limits.reactionMinutes) state.minutes.shift()
    }
    minute.count += counts.reduce((sum, [, count]) => sum + count, 0)
  },
  concerns: () => [],

  publish(entry, state, audience): ToldReactions | undefined {
    const { type } = entry
    if (type === 'reactions.configured') return { type, settings: state.settings }
    // The curve is the team's, and told when a minute is over: not with every tap.
    if (type !== 'reactions.sent' || audience !== 'team' || !begins(state, entry)) return undefined
    return { type, minutes: minutesBefore(state) }
  },
  snapshot: (state, audience): ReactionsView => ({
    settings: state.settings,
    totals: totalsOf(state),
    minute: minuteOf(state),
    minutes: audience === 'team' ? minutesBefore(state) : [],
  }),
  self: () => null,
  views: (state) => ({ 'reactions.totals': { totals: totalsOf(state), minute: minuteOf(state) } }),
  page: () => ({ items: [], nextCursor: null }),
  sheets: (state) => [
    { name: 'Reactions', columns: ['Reaction', 'Count'], rows: kinds.map((kind) => [reactionKinds[kind], state.totals.get(kind) ?? 0]) },
    { name: 'By minute', columns: ['Minute', 'Reactions'], rows: state.minutes.map(({ at, count }) => [{ time: at }, count]) },
  ],
})

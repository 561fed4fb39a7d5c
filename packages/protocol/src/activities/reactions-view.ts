// Owns: what a client holds of the reactions, and how what it is told changes that.
import type { ActivityView, Told } from '../activity.ts'

/** All there are; a program offers some of them. The name is what is sent, and what a screen reader says where it is translated. */
export const reactionKinds = {
  clap: '👏',
  heart: '❤️',
  laugh: '😂',
  wow: '😮',
  celebrate: '🎉',
  thumbs: '👍',
  think: '🤔',
  fire: '🔥',
} as const
export type ReactionKind = keyof typeof reactionKinds

/** `set`: those on offer, in their order. */
export type ReactionsSettings = { readonly on: boolean; readonly set: readonly ReactionKind[] }

export type ReactionTotals = Readonly<Partial<Record<ReactionKind, number>>>

/** When a minute began (Unix milliseconds), and how many there were in it. */
export type ReactionMinute = { readonly at: number; readonly count: number }

/** `minute`: the one that the last of them was in; `minutes`: those before it that had any, told to the team alone. */
export type ReactionsView = {
  readonly settings: ReactionsSettings
  readonly totals: ReactionTotals
  readonly minute: ReactionMinute | null
  readonly minutes: readonly ReactionMinute[]
}

export type ToldReactions = {
  readonly type: string
  readonly settings?: ReactionsSettings
  readonly minutes?: readonly ReactionMinute[]
}

export const reactionsView: ActivityView<ReactionsView> = {
  reduce(view, told: Told) {
    const { settings, minutes } = told as ToldReactions
    return { ...view, ...(settings && { settings }), ...(minutes && { minutes }) }
  },
  merge(view, key, value) {
    return key === 'reactions.totals' ? { ...view, ...(value as Pick<ReactionsView, 'totals' | 'minute'>) } : view
  },
}

// Owns: what a client holds of the polls, and how what it is told changes that.
import type { ActivityView, Told, Waiting } from '../activity.ts'
import { limits } from '../limits.ts'

/** What is asked for: one option, several, a step of a scale, an answer in words, a few words for a cloud. */
export const pollForms = ['single', 'multiple', 'rating', 'text', 'words'] as const
export type PollForm = (typeof pollForms)[number]

/** When attendees see what came of it. */
export const pollResults = ['always', 'after-voting', 'after-close', 'never'] as const
export type PollResults = (typeof pollResults)[number]

/** A poll as it is asked. */
export type PollContent = {
  readonly question: string
  readonly form: PollForm
  /** Of single and multiple; the steps of a rating are `1` to `n`. None where people write. */
  readonly options: readonly string[]
  /** How many are chosen; of a rating and a single choice 1 and 1. Of words: at most `max`. */
  readonly min: number
  readonly max: number
  /** What stands at the ends of a scale. */
  readonly lowest: string
  readonly highest: string
  readonly results: PollResults
  /** How long it is open; null: until the team closes it. */
  readonly seconds: number | null
  /** Whether a choice may be changed while it is open. Never what somebody wrote, and never in a secret poll. */
  readonly changes: boolean
  /** Nobody is told who chose what, nor does the log know. */
  readonly secret: boolean
  /** What is written waits for the team. */
  readonly review: boolean
}

/** What came of it. `counts` by option. `texts`: what was written and may be shown; `words` of a cloud, most frequent first. */
export type PollTally = {
  readonly voters: number
  readonly counts: readonly number[]
  readonly texts: readonly { readonly id: number; readonly text: string }[]
  readonly words: readonly (readonly [word: string, count: number])[]
}

/**
 * A poll that was opened. `id`: the seq of its opening. `edition`: the seq of what last opened, changed or emptied it; a vote names the one
 * it is for. `closesAt`: by itself, Unix milliseconds.
 * What is asked stays as it is once somebody has voted.
 */
export type Poll = {
  readonly id: number
  readonly edition: number
  readonly content: PollContent
  readonly state: 'open' | 'closed'
  readonly openedAt: number
  readonly closesAt: number | null
  readonly closedAt: number | null
  /** The prepared poll that it was made of. */
  readonly prepared: string | null
}

/** `blockedWords`: told to the team alone. */
export type PollsSettings = { readonly on: boolean; readonly blockedWords: readonly string[] }

/** `polls`: oldest first, the newest of them. `tallies` by poll: those that this audience may see. */
export type PollsView = {
  readonly settings: PollsSettings
  readonly polls: readonly Poll[]
  readonly tallies: Readonly<Record<number, PollTally>>
  readonly waiting: readonly Waiting[]
}

/** What one attendee alone is told, by poll: what he chose or wrote; of a secret poll only that he did. */
export type PollsSelf = {
  readonly votes: Readonly<Record<number, PollVote>>
}
export type PollVote = {
  readonly choices?: readonly number[]
  readonly texts?: readonly { readonly text: string; readonly state: 'waiting' | 'published' | 'dismissed' }[]
}

export type ToldPolls = {
  readonly type: string
  readonly settings?: PollsSettings
  readonly poll?: Poll
  /** null: not for this audience any more. */
  readonly tally?: PollTally | null
  /** Those that wait, all of them; or those that came, and those that went. */
  readonly waiting?: readonly Waiting[]
  readonly waits?: readonly Waiting[]
  readonly gone?: readonly number[]
}

export const noTally: PollTally = { voters: 0, counts: [], texts: [], words: [] }

/** The poll that is open now, else undefined. */
export const openPoll = ({ polls }: Pick<PollsView, 'polls'>): Poll | undefined => polls.findLast(({ state }) => state === 'open')

function withPoll(view: PollsView, poll: Poll): PollsView {
  const known = view.polls.some(({ id }) => id === poll.id)
  const polls = known ? view.polls.map((other) => (other.id === poll.id ? poll : other)) : [...view.polls, poll].sort((a, b) => a.id - b.id)
  const kept = polls.slice(-limits.pollWindow)
  const tallies = Object.fromEntries(Object.entries(view.tallies).filter(([id]) => kept.some((each) => each.id === Number(id))))
  return { ...view, polls: kept, tallies }
}

function withTally(view: PollsView, id: number, tally: PollTally | null): PollsView {
  const { [id]: _, ...others } = view.tallies
  return { ...view, tallies: tally === null ? others : { ...others, [id]: tally } }
}

export const pollsView: ActivityView<PollsView> = {
  reduce(view, item: Told) {
    const { settings, poll, tally, waiting, waits = [], gone = [] } = item as ToldPolls
    let next = view
    if (settings !== undefined) next = { ...next, settings }
    if (poll !== undefined) next = withPoll(next, poll)
    if (poll !== undefined && tally !== undefined && next.polls.some(({ id }) => id === poll.id)) next = withTally(next, poll.id, tally)
    if (waiting !== undefined) return { ...next, waiting }
    if (waits.length + gone.length === 0) return next
    const others = next.waiting.filter(({ id }) => !gone.includes(id) && !waits.some((each) => each.id === id))
    return { ...next, waiting: [...others, ...waits].sort((a, b) => a.id - b.id) }
  },
  merge: (view, key, value) => (key === 'polls.tallies' ? { ...view, tallies: value as PollsView['tallies'] } : view),
}

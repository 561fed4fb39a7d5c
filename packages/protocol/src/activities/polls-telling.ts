// Owns: what each audience is told of the polls, and what can be taken away of them.
import type { Audience, Cell, Entry, Page, Sheet, Waiting } from '../activity.ts'
import { limits } from '../limits.ts'
import { bodyOf, type PollState, type PollsState, pollOf, tallyOf, writtenOf } from './polls-state.ts'
import type { Poll, PollsSelf, PollsSettings, PollsView, PollTally, PollVote, ToldPolls } from './polls-view.ts'

function tell({ id, edition, content, open, openedAt, closesAt, closedAt, prepared }: PollState): Poll {
  return { id, edition, content, state: open ? 'open' : 'closed', openedAt, closesAt, closedAt, prepared }
}

/**
 * Whether an audience may see what came of a poll. Who may see it after voting is told before, too, as all attendees are told the same: the
 * page holds it back. The big screen has not voted.
 */
function isShown({ content: { results }, open }: PollState, audience: Audience): boolean {
  if (audience === 'team' || results === 'always') return true
  if (results === 'never') return false
  return !open || (results === 'after-voting' && audience === 'attendees')
}

const tallyFor = (poll: PollState, audience: Audience): PollTally | null => (isShown(poll, audience) ? tallyOf(poll) : null)

const newest = ({ polls }: PollsState): PollState[] => [...polls.values()].slice(-limits.pollWindow)

function talliesFor(state: PollsState, audience: Audience): PollsView['tallies'] {
  return Object.fromEntries(
    newest(state).flatMap((poll) => {
      const tally = tallyFor(poll, audience)
      return tally === null ? [] : [[poll.id, tally] as const]
    }),
  )
}

const settingsFor = ({ settings }: PollsState, audience: Audience): PollsSettings =>
  audience === 'team' ? settings : { on: settings.on, blockedWords: [] }

const waitingOf = (state: PollsState): Waiting[] => [...state.waiting.values()].sort((a, b) => a.id - b.id)

export function pollsSnapshot(state: PollsState, audience: Audience): PollsView {
  return {
    settings: settingsFor(state, audience),
    polls: newest(state).map(tell),
    tallies: talliesFor(state, audience),
    waiting: audience === 'team' ? waitingOf(state) : [],
  }
}

export const pollsViews = (state: PollsState, audience: Audience) => ({ 'polls.tallies': talliesFor(state, audience) })

/** Ids of what an entry wrote. */
function writtenBy(state: PollsState, entry: Entry): number[] {
  const poll = pollOf(state, entry)
  return poll === undefined ? [] : [...poll.texts.keys()].filter((id) => Math.floor(id / 1_000) === entry.seq)
}

export function publishPolls(entry: Entry, state: PollsState, audience: Audience): ToldPolls | undefined {
  const { type } = entry
  const toTeam = audience === 'team'
  if (type === 'polls.configured') return { type, settings: settingsFor(state, audience) }
  if (type === 'polls.voted' || type === 'polls.tallied') {
    // What was chosen shows in the tallies, at most twice a second, whatever the number of those who vote.
    const waits = toTeam ? writtenBy(state, entry).flatMap((id) => state.waiting.get(id) ?? []) : []
    return waits.length === 0 ? undefined : { type, waits }
  }
  if (type === 'polls.approved' || type === 'polls.dismissed' || type === 'polls.restored') {
    const id = Number(bodyOf(entry).answer)
    const waits = state.waiting.get(id)
    return toTeam ? { type, ...(waits === undefined ? { gone: [id] } : { waits: [waits] }) } : undefined
  }
  const poll = pollOf(state, entry)
  if (poll === undefined) return undefined
  const all = toTeam && (type === 'polls.reset' || type === 'polls.edited') ? { waiting: waitingOf(state) } : {}
  return { type, poll: tell(poll), tally: tallyFor(poll, audience), ...all }
}

export function pollsConcerns(state: PollsState, entry: Entry): string[] {
  const { type } = entry
  if (type === 'polls.voted') return [entry.actorId]
  // What was voted before is lost with it.
  if (type === 'polls.reset' || type === 'polls.edited') return [...(pollOf(state, entry)?.votes.keys() ?? [])]
  const author = writtenOf(state, Number(bodyOf(entry).answer))?.actorId
  return author === undefined || author === null ? [] : [author]
}

function voteOf(poll: PollState, actorId: string): PollVote | undefined {
  const choices = poll.votes.get(actorId)
  if (choices === undefined) return undefined
  if (poll.content.secret) return {}
  if (poll.content.options.length > 0) return { choices }
  const texts = [...poll.texts.values()].filter((text) => text.actorId === actorId)
  return { texts: texts.map(({ text, state }) => ({ text, state })) }
}

export function pollsSelf(state: PollsState, actorId: string): PollsSelf {
  const votes = newest(state).flatMap((poll) => {
    const vote = voteOf(poll, actorId)
    return vote === undefined ? [] : [[poll.id, vote] as const]
  })
  return { votes: Object.fromEntries(votes) }
}

export type PastPoll = Poll & { readonly seq: number; readonly at: number; readonly tally: PollTally | null }

export function pollsPage(state: PollsState, audience: Audience, { before, limit }: { before?: number; limit: number }): Page<PastPoll> {
  const earlier = [...state.polls.values()].filter(({ id }) => before === undefined || id < before)
  const items = earlier.slice(-limit).map((poll) => ({ ...tell(poll), seq: poll.id, at: poll.openedAt, tally: tallyFor(poll, audience) }))
  return { items, nextCursor: earlier.length > items.length ? String(items[0]?.id) : null }
}

/** Of a secret poll who voted, and what was published; never both in one row. */
export function pollsSheets(state: PollsState): Sheet[] {
  const polls = [...state.polls.values()]
  const summary = polls.flatMap((poll): Cell[][] => {
    const { question, form, options, secret } = poll.content
    const head: Cell[] = [poll.id, { time: poll.openedAt }, question, form, secret ? 'yes' : 'no', poll.votes.size]
    return options.length === 0 ? [[...head, null, null]] : options.map((option, index) => [...head, option, poll.counts[index] ?? 0])
  })
  const votes = polls.flatMap((poll) =>
    [...poll.votes].map(([actorId, choices]): Cell[] => {
      const chosen = choices.map((index) => poll.content.options[index] ?? '').join('; ')
      return [poll.id, poll.content.question, { person: actorId }, poll.content.options.length === 0 || poll.content.secret ? null : chosen]
    }),
  )
  const texts = polls.flatMap((poll) =>
    [...poll.texts.values()].map(({ at, actorId, text, state: is }): Cell[] => [
      poll.id,
      poll.content.question,
      actorId === null ? null : { time: at },
      actorId === null ? null : { person: actorId },
      text,
      is,
    ]),
  )
  return [
    { name: 'Polls', columns: ['Poll', 'Opened', 'Question', 'Form', 'Secret', 'Voters', 'Option', 'Votes'], rows: summary },
    { name: 'Votes', columns: ['Poll', 'Question', { person: 'Voter' }, 'Chosen'], rows: votes },
    { name: 'Answers', columns: ['Poll', 'Question', 'Time', { person: 'Author' }, 'Answer', 'State'], rows: texts },
  ]
}

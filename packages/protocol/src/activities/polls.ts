// Owns: whether a vote counts, and what the team may do with a poll.
import { z } from 'zod'
import { type Actor, accept, activity, type Counter, type Decision, isMuted, refuse, systemActorId } from '../activity.ts'
import { BlockedWords, hasBlockedWord } from '../blocked-words.ts'
import { limits } from '../limits.ts'
import { line } from '../text.ts'
import { PollContent } from './poll-content.ts'
import { applyPolls, counterPrefix, initialPolls, isOpen, type PollState, type PollsState, tallyTexts, writtenOf } from './polls-state.ts'
import { pollsConcerns, pollsPage, pollsSelf, pollsSheets, pollsSnapshot, pollsViews, publishPolls } from './polls-telling.ts'

const Seq = z.int().positive()
const Choices = z.array(z.int().min(0).max(limits.pollOptions)).min(1).max(limits.pollOptions)
const ofPoll = <const Type extends string>(type: Type) => z.strictObject({ type: z.literal(type), poll: Seq })
const ofVote = { type: z.literal('vote'), poll: Seq, edition: Seq }

export const pollsOptions = z.strictObject({ on: z.boolean().optional(), blockedWords: BlockedWords.optional() })

const Vote = z.union([
  z.strictObject({ ...ofVote, choices: Choices }),
  z.strictObject({ ...ofVote, text: line(limits.pollTextUnits) }),
  z.strictObject({ ...ofVote, words: z.array(line(limits.pollWordUnits)).min(1).max(limits.pollWords) }),
])
type VoteCommand = z.output<typeof Vote>

/** What is chosen or written, as far as this poll asks for that. */
function ballotOf({ content }: PollState, command: VoteCommand): { choices: number[]; texts: string[] } | undefined {
  const { form, options, min, max } = content
  if (form === 'text') return 'text' in command ? { choices: [], texts: [command.text] } : undefined
  if (form === 'words') {
    const words = 'words' in command ? [...new Map(command.words.map((word) => [word.normalize('NFKC').toLowerCase(), word])).values()] : []
    return words.length >= min && words.length <= max ? { choices: [], texts: words } : undefined
  }
  const choices = 'choices' in command ? [...new Set(command.choices)].sort((a, b) => a - b) : []
  const fits = choices.length >= min && choices.length <= max && choices.every((index) => index < options.length)
  return fits ? { choices, texts: [] } : undefined
}

/** The log says that somebody voted; what, the counters know, that all share. */
function secretVote(poll: PollState, { choices, texts }: { choices: number[]; texts: string[] }): Decision {
  const prefix = counterPrefix(poll)
  const counters: Counter[] = [
    { key: `${prefix}voters`, add: 1 },
    ...choices.map((index) => ({ key: `${prefix}${index}`, add: 1 })),
    ...texts.map((text) => ({ key: `${prefix}text`, text })),
  ]
  return { entries: [{ type: 'polls.voted', body: { poll: poll.id, edition: poll.edition } }], counters }
}

function vote(state: PollsState, actor: Actor, command: VoteCommand, now: number): Decision {
  const poll = state.polls.get(command.poll)
  if (!state.settings.on) return refuse('activity_off')
  if (poll === undefined) return refuse('poll_gone')
  if (!isOpen(poll, now)) return refuse('poll_closed')
  if (command.edition !== poll.edition) return refuse('poll_changed')
  const ballot = ballotOf(poll, command)
  if (ballot === undefined) return refuse('invalid_request')
  const { choices, texts } = ballot
  if (texts.length > 0 && isMuted(actor, now)) return refuse('chat_muted')
  const before = poll.votes.get(actor.id)
  if (before !== undefined && !poll.content.changes) return refuse('poll_voted')
  if (poll.content.secret) return secretVote(poll, ballot)
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(choices)) return accept()
  const isHeld = (text: string): boolean => poll.content.review || hasBlockedWord(text, state.settings.blockedWords)
  const held = texts.flatMap((text, index) => (isHeld(text) ? [index] : []))
  return accept({
    type: 'polls.voted',
    body: {
      poll: poll.id,
      edition: poll.edition,
      ...(choices.length > 0 ? { choices } : { texts }),
      ...(held.length > 0 ? { held } : {}),
    },
  })
}

/** Those of `texts` that were not published yet: the same text counts as often as it was written. */
function newTexts({ told }: PollState, texts: readonly string[]): string[] {
  const left = new Map(told.texts)
  return texts.filter((text) => {
    const known = left.get(text) ?? 0
    left.set(text, known - 1)
    return known <= 0
  })
}

const closing = (state: PollsState, but?: number) =>
  [...state.polls.values()].filter(({ id, open }) => open && id !== but).map(({ id }) => ({ type: 'polls.closed', body: { poll: id } }))

export const polls = activity({
  name: 'polls',
  audiences: ['attendees', 'team', 'screen'],
  openToTeam: ['team'],
  moderated: false,
  teamCommands: ['open', 'close', 'reopen', 'reset', 'edit', 'approve', 'dismiss', 'restore', 'tally', 'configure'],
  commands: {
    vote: Vote,
    open: z.strictObject({ type: z.literal('open'), content: PollContent, prepared: z.string().max(64).optional() }),
    close: z.strictObject({ ...ofPoll('close').shape, byClock: z.literal(true).optional() }),
    reopen: ofPoll('reopen'),
    reset: ofPoll('reset'),
    edit: z.strictObject({ ...ofPoll('edit').shape, content: PollContent }),
    approve: z.strictObject({ type: z.literal('approve'), answer: Seq, text: line(limits.pollTextUnits).optional() }),
    dismiss: z.strictObject({ type: z.literal('dismiss'), answer: Seq }),
    restore: z.strictObject({ type: z.literal('restore'), answer: Seq }),
    /** What the counters of a secret poll say. The platform's own. */
    tally: z.strictObject({
      ...ofPoll('tally').shape,
      edition: Seq,
      voters: z.int().min(0),
      counts: z.array(z.int().min(0)),
      texts: z.array(z.string()),
    }),
    configure: z.strictObject({ type: z.literal('configure'), ...pollsOptions.shape }),
  },

  decide: {
    vote,
    /** One at a time is open: what is open now is closed. */
    open: (state, _actor, { content, prepared }) =>
      accept({ type: 'polls.opened', body: { content, ...(prepared === undefined ? {} : { prepared }) } }, ...closing(state)),
    close(state, actor, { poll: id, byClock }, now) {
      const poll = state.polls.get(id)
      if (poll === undefined) return refuse('poll_gone')
      // Of several nodes that look at the same clock the first closes it.
      const due = byClock !== true || (actor.id === systemActorId && poll.closesAt !== null && now >= poll.closesAt)
      return poll.open && due ? accept({ type: 'polls.closed', body: { poll: id } }) : refuse('poll_closed')
    },
    reopen(state, _actor, { poll: id }) {
      const poll = state.polls.get(id)
      if (poll === undefined) return refuse('poll_gone')
      return poll.open ? accept() : accept({ type: 'polls.reopened', body: { poll: id } }, ...closing(state, id))
    },
    reset: (state, _actor, { poll }) => (state.polls.has(poll) ? accept({ type: 'polls.reset', body: { poll } }) : refuse('poll_gone')),
    edit(state, _actor, { poll: id, content }) {
      const poll = state.polls.get(id)
      if (poll === undefined) return refuse('poll_gone')
      return poll.votes.size > 0 ? refuse('poll_locked') : accept({ type: 'polls.edited', body: { poll: id, content } })
    },
    approve(state, _actor, { answer, text }) {
      if (writtenOf(state, answer)?.state !== 'waiting') return refuse('poll_gone')
      return accept({ type: 'polls.approved', body: { answer, ...(text === undefined ? {} : { text }) } })
    },
    /** Also what was published already. */
    dismiss: (state, _actor, { answer }) =>
      (writtenOf(state, answer)?.state ?? 'dismissed') === 'dismissed'
        ? refuse('poll_gone')
        : accept({ type: 'polls.dismissed', body: { answer } }),
    restore: (state, _actor, { answer }) =>
      writtenOf(state, answer)?.state === 'dismissed' ? accept({ type: 'polls.restored', body: { answer } }) : refuse('nothing_to_undo'),
    tally(state, actor, { type: _, texts, ...said }) {
      const poll = state.polls.get(said.poll)
      if (actor.id !== systemActorId) return refuse('not_allowed')
      if (poll === undefined || !poll.content.secret || said.edition !== poll.edition) return refuse('poll_gone')
      const more = said.voters - poll.told.voters
      const fits = said.voters <= poll.votes.size && said.counts.length === poll.content.options.length
      if (!fits || more <= 0 || (poll.open && more < limits.pollSecretVotes)) return refuse('conflict')
      return accept({ type: 'polls.tallied', body: { ...said, texts: newTexts(poll, texts).slice(0, tallyTexts) } })
    },
    configure(state, _actor, { type: _, ...wanted }) {
      const changes = Object.fromEntries(
        Object.entries(wanted).filter(
          ([key, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(state.settings[key as keyof typeof wanted]),
        ),
      )
      return Object.keys(changes).length === 0 ? accept() : accept({ type: 'polls.configured', body: changes })
    },
  },

  initial: initialPolls,
  apply: applyPolls,
  concerns: pollsConcerns,
  publish: publishPolls,
  snapshot: pollsSnapshot,
  self: pollsSelf,
  views: pollsViews,
  page: pollsPage,
  sheets: pollsSheets,
})

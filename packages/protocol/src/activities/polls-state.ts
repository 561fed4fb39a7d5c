// Owns: what the polls are after each of their entries.
import type { Entry, Waiting } from '../activity.ts'
import { hasBlockedWord } from '../blocked-words.ts'
import { limits } from '../limits.ts'
import type { PollContent, PollsSettings, PollTally } from './polls-view.ts'

/** What somebody wrote. `actorId`: null in a secret poll, where its key is all that it has. */
export type Written = {
  readonly id: number
  readonly at: number
  readonly actorId: string | null
  text: string
  state: 'waiting' | 'published' | 'dismissed'
  /** What it was before it was dismissed. */
  was: 'waiting' | 'published'
}

export type PollState = {
  readonly id: number
  edition: number
  content: PollContent
  open: boolean
  openedAt: number
  closesAt: number | null
  closedAt: number | null
  readonly prepared: string | null
  /** By who voted: the indices that he chose; none where he wrote, and none in a secret poll. */
  readonly votes: Map<string, readonly number[]>
  counts: number[]
  readonly texts: Map<number, Written>
  /** Of a secret poll: what was published last, and each text of it with how often. */
  told: { voters: number; readonly texts: Map<string, number> }
}

export type PollsState = {
  readonly polls: Map<number, PollState>
  /** Which poll a text is of. */
  readonly pollOfText: Map<number, number>
  readonly waiting: Map<number, Waiting>
  settings: PollsSettings
}

export const initialPolls = (): PollsState => ({
  polls: new Map(),
  pollOfText: new Map(),
  waiting: new Map(),
  settings: { on: true, blockedWords: [] },
})

type Body = { readonly [key: string]: unknown }
export const bodyOf = ({ body }: Entry): Body => (typeof body === 'object' && body !== null ? (body as Body) : {})
export const pollOf = (state: PollsState, entry: Entry): PollState | undefined =>
  state.polls.get(entry.type === 'polls.opened' ? entry.seq : Number(bodyOf(entry).poll))
export const writtenOf = (state: PollsState, id: number): Written | undefined =>
  state.polls.get(state.pollOfText.get(id) ?? 0)?.texts.get(id)

/** The id of a text: of its entry and its place therein, so that it stays the same whatever is erased before it. */
export const textId = (seq: number, index: number): number => seq * 1_000 + index
/** Texts that one tally may bring. */
export const tallyTexts = 1_000

/** Under which key the counters of a secret poll are kept: of the edition, so that those before a reset count no more. */
export const counterPrefix = ({ id, edition }: Pick<PollState, 'id' | 'edition'>): string => `polls/${id}/${edition}/`

function forget(state: PollsState, poll: PollState): void {
  for (const id of poll.texts.keys()) {
    state.pollOfText.delete(id)
    state.waiting.delete(id)
  }
  poll.texts.clear()
  poll.votes.clear()
  poll.counts = poll.content.options.map(() => 0)
  poll.told = { voters: 0, texts: new Map() }
}

function begin(poll: PollState, { seq, at }: Entry): void {
  poll.edition = seq
  poll.open = true
  poll.openedAt = at
  poll.closedAt = null
  poll.closesAt = poll.content.seconds === null ? null : at + poll.content.seconds * 1_000
}

function hold(state: PollsState, poll: PollState, { id, at, actorId, text }: Written): void {
  state.waiting.set(id, { id, at, actorId, text, to: poll.content.question })
}

function write(state: PollsState, poll: PollState, written: Omit<Written, 'was' | 'state'>, held: boolean): void {
  const kept: Written = { ...written, state: held ? 'waiting' : 'published', was: held ? 'waiting' : 'published' }
  poll.texts.set(kept.id, kept)
  state.pollOfText.set(kept.id, poll.id)
  if (held) hold(state, poll, kept)
}

const textsIn = (given: unknown): string[] => (Array.isArray(given) ? given.filter((text) => typeof text === 'string') : [])
const choicesIn = (given: unknown): number[] => (Array.isArray(given) ? given.filter((index) => typeof index === 'number') : [])

function applyVote(state: PollsState, entry: Entry): void {
  const poll = pollOf(state, entry)
  const { choices, texts, held, edition } = bodyOf(entry)
  if (poll === undefined || edition !== poll.edition) return
  for (const index of poll.votes.get(entry.actorId) ?? []) poll.counts[index] = (poll.counts[index] ?? 0) - 1
  const chosen = poll.content.secret ? [] : choicesIn(choices).filter((index) => index < poll.counts.length)
  poll.votes.set(entry.actorId, chosen)
  for (const index of chosen) poll.counts[index] = (poll.counts[index] ?? 0) + 1
  const waits = Array.isArray(held) ? held : []
  for (const [index, text] of textsIn(texts).entries()) {
    write(state, poll, { id: textId(entry.seq, index), at: entry.at, actorId: entry.actorId, text }, waits.includes(index))
  }
}

/** What a tally says of a secret poll is what holds from then on; the texts are those that are new. */
function applyTally(state: PollsState, entry: Entry): void {
  const poll = pollOf(state, entry)
  const { voters, counts, texts, edition } = bodyOf(entry)
  if (poll === undefined || edition !== poll.edition || typeof voters !== 'number') return
  poll.told.voters = voters
  const given = choicesIn(counts)
  poll.counts = poll.content.options.map((_, index) => given[index] ?? 0)
  for (const [index, text] of textsIn(texts).entries()) {
    poll.told.texts.set(text, (poll.told.texts.get(text) ?? 0) + 1)
    const held = poll.content.review || hasBlockedWord(text, state.settings.blockedWords)
    write(state, poll, { id: textId(entry.seq, index), at: entry.at, actorId: null, text }, held)
  }
}

const applies: Record<string, (state: PollsState, entry: Entry) => void> = {
  'polls.opened'(state, entry) {
    const { content, prepared } = bodyOf(entry)
    if (typeof content !== 'object' || content === null) return
    const poll: PollState = {
      id: entry.seq,
      edition: entry.seq,
      content: content as PollContent,
      open: true,
      openedAt: entry.at,
      closesAt: null,
      closedAt: null,
      prepared: typeof prepared === 'string' ? prepared : null,
      votes: new Map(),
      counts: [],
      texts: new Map(),
      told: { voters: 0, texts: new Map() },
    }
    state.polls.set(poll.id, poll)
    begin(poll, entry)
    forget(state, poll)
  },
  'polls.closed'(state, entry) {
    const poll = pollOf(state, entry)
    if (poll === undefined) return
    poll.open = false
    poll.closedAt = entry.at
    poll.closesAt = null
  },
  'polls.reopened'(state, entry) {
    const poll = pollOf(state, entry)
    if (poll === undefined) return
    // The votes stay, and so does what they were for.
    const { edition } = poll
    begin(poll, entry)
    poll.edition = edition
  },
  'polls.reset'(state, entry) {
    const poll = pollOf(state, entry)
    if (poll === undefined) return
    forget(state, poll)
    poll.edition = entry.seq
  },
  'polls.edited'(state, entry) {
    const poll = pollOf(state, entry)
    const { content } = bodyOf(entry)
    if (poll === undefined || typeof content !== 'object' || content === null) return
    poll.content = content as PollContent
    forget(state, poll)
    poll.edition = entry.seq
    if (poll.open) poll.closesAt = poll.content.seconds === null ? null : entry.at + poll.content.seconds * 1_000
  },
  'polls.voted': applyVote,
  'polls.tallied': applyTally,
  'polls.approved'(state, entry) {
    const { answer, text } = bodyOf(entry)
    const written = writtenOf(state, Number(answer))
    if (written === undefined) return
    if (typeof text === 'string') written.text = text
    written.state = 'published'
    written.was = 'published'
    state.waiting.delete(written.id)
  },
  'polls.dismissed'(state, entry) {
    const written = writtenOf(state, Number(bodyOf(entry).answer))
    if (written === undefined || written.state === 'dismissed') return
    written.was = written.state
    written.state = 'dismissed'
    state.waiting.delete(written.id)
  },
  'polls.restored'(state, entry) {
    const written = writtenOf(state, Number(bodyOf(entry).answer))
    const poll = state.polls.get(state.pollOfText.get(written?.id ?? 0) ?? 0)
    if (written === undefined || poll === undefined) return
    written.state = written.was
    if (written.state === 'waiting') hold(state, poll, written)
  },
  'polls.configured'(state, entry) {
    const { on, blockedWords } = bodyOf(entry)
    state.settings = {
      on: typeof on === 'boolean' ? on : state.settings.on,
      blockedWords: Array.isArray(blockedWords) ? textsIn(blockedWords) : state.settings.blockedWords,
    }
  },
}

export const applyPolls = (state: PollsState, entry: Entry): void => applies[entry.type]?.(state, entry)

const folded = (word: string): string => word.normalize('NFKC').toLowerCase()

/** What came of a poll so far; of a secret one, what was published of it. */
export function tallyOf({ content, votes, counts, texts }: PollState): PollTally {
  const published = [...texts.values()].filter(({ state }) => state === 'published')
  const words = new Map<string, [word: string, count: number]>()
  for (const { text } of content.form === 'words' ? published : []) {
    const known = words.get(folded(text))
    if (known === undefined) words.set(folded(text), [text, 1])
    else known[1] += 1
  }
  const cloud = [...words.values()].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
  return {
    voters: votes.size,
    counts: [...counts],
    texts: content.form === 'text' ? published.slice(-limits.pollTexts).map(({ id, text }) => ({ id, text })) : [],
    words: cloud.slice(0, limits.pollCloudWords),
  }
}

/** The poll that takes votes at this time. */
export const isOpen = ({ open, closesAt }: PollState, now: number): boolean => open && (closesAt === null || now < closesAt)

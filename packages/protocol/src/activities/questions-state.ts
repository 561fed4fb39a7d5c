// Owns: what the questions are after each of their entries, and what each audience is told of them.
import type { Audience, Entry, Page } from '../activity.ts'
import { limits } from '../limits.ts'
import {
  type OwnQuestion,
  type Question,
  type QuestionAnonymity,
  type QuestionAnswer,
  type QuestionReply,
  type QuestionsSelf,
  type QuestionsSettings,
  type QuestionsView,
  questionAnonymities,
  type ToldQuestions,
  type WaitingQuestion,
} from './questions-view.ts'

type Reply = { id: number; at: number; actorId: string; text: string; removed?: true }

/** `text` stays here when a question is taken away, so that it can come back; nobody is told it meanwhile. */
export type Asked = {
  id: number
  order: number
  at: number
  actorId: string
  anonymous: QuestionAnonymity
  text: string
  votes: Set<string>
  editedAt?: number
  /** The team has let it through as it is. */
  approved?: true
  removed?: 'author' | 'team' | 'erased'
  archived?: true
  answer?: QuestionAnswer
  replies: Reply[]
  labels: readonly string[]
  speaker?: string
}

export type QuestionsState = {
  /** Published questions by id, in publication order (a Map keeps it). */
  readonly published: Map<number, Asked>
  /** The newest of them, oldest first: the window of a snapshot, which is asked for at every tick. */
  readonly recent: Asked[]
  readonly held: Map<number, Asked>
  /** Those that were held and that the team did not take up. */
  readonly dismissed: Map<number, Asked>
  /** What each has asked and not withdrawn, oldest first. */
  readonly own: Map<string, Asked[]>
  readonly asks: Map<string, number[]>
  pinned: { readonly id: number; readonly at: number } | undefined
  settings: Required<QuestionsSettings>
}

export const initialQuestions = (): QuestionsState => ({
  published: new Map(),
  recent: [],
  held: new Map(),
  dismissed: new Map(),
  own: new Map(),
  asks: new Map(),
  pinned: undefined,
  settings: { on: true, open: true, review: false, anonymous: 'no', upvotes: true, blockedWords: [] },
})

/** A published question that nobody has taken away; archived ones are still the team's. */
export function standing(state: QuestionsState, id: number): Asked | undefined {
  const question = state.published.get(id)
  return question?.removed === undefined ? question : undefined
}

/** One that attendees see. */
export function shown(state: QuestionsState, id: number): Asked | undefined {
  const question = standing(state, id)
  return question?.archived === true ? undefined : question
}

type Body = { readonly [key: string]: unknown }
const bodyOf = (entry: Entry): Body => (typeof entry.body === 'object' && entry.body !== null ? (entry.body as Body) : {})
const questionOf = (entry: Entry): number => (entry.type === 'questions.asked' ? entry.seq : Number(bodyOf(entry).question))
/** A question wherever it stands. */
export const find = (state: QuestionsState, id: number): Asked | undefined =>
  state.published.get(id) ?? state.held.get(id) ?? state.dismissed.get(id)
const isAnonymity = (value: unknown): value is QuestionAnonymity => questionAnonymities.some((each) => each === value)
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((each) => typeof each === 'string')

// What entries do.

function publishQuestion(state: QuestionsState, question: Asked): void {
  state.published.set(question.id, question)
  state.recent.push(question)
  if (state.recent.length > limits.questionWindow) state.recent.shift()
}

function changed({ settings }: QuestionsState, body: Body): Required<QuestionsSettings> {
  const flag = (name: 'on' | 'open' | 'review' | 'upvotes'): boolean => (typeof body[name] === 'boolean' ? body[name] : settings[name])
  return {
    on: flag('on'),
    open: flag('open'),
    review: flag('review'),
    anonymous: isAnonymity(body.anonymous) ? body.anonymous : settings.anonymous,
    upvotes: flag('upvotes'),
    blockedWords: isTexts(body.blockedWords) ? body.blockedWords : settings.blockedWords,
  }
}

type Apply = (state: QuestionsState, entry: Entry, question: Asked, body: Body) => void

/** What an entry does to the question that it names. */
const applies: Record<string, Apply> = {
  'questions.edited'(_state, { at }, question, { text }) {
    if (question.removed !== undefined || typeof text !== 'string') return
    question.text = text
    question.editedAt = at
  },
  'questions.withdrawn'(state, _entry, question) {
    state.held.delete(question.id)
    state.dismissed.delete(question.id)
    if (question.removed !== 'erased') question.removed = 'author'
    const own = state.own.get(question.actorId)
    if (own !== undefined)
      state.own.set(
        question.actorId,
        own.filter((other) => other !== question),
      )
  },
  'questions.approved'(state, { seq }, question, { text }) {
    if (!state.held.delete(question.id)) return
    if (typeof text === 'string') question.text = text
    question.order = seq
    question.approved = true
    publishQuestion(state, question)
  },
  'questions.dismissed'(state, _entry, question) {
    if (state.held.delete(question.id)) state.dismissed.set(question.id, question)
  },
  'questions.removed'(_state, _entry, question) {
    question.removed ??= 'team'
  },
  'questions.archived'(_state, _entry, question) {
    question.archived = true
  },
  'questions.restored'(state, _entry, question, { reply }) {
    if (typeof reply === 'number') {
      delete question.replies.find(({ id }) => id === reply)?.removed
    } else if (question.removed === 'team') {
      delete question.removed
    } else if (question.archived) {
      delete question.archived
    } else if (state.dismissed.delete(question.id)) {
      state.held.set(question.id, question)
    }
  },
  'questions.upvoted'(_state, { actorId }, question) {
    question.votes.add(actorId)
  },
  'questions.unvoted'(_state, { actorId }, question) {
    question.votes.delete(actorId)
  },
  'questions.answered'(_state, { at }, question, body) {
    const before = question.answer
    const live = body.live === true
    const isNewlyLive = live && before?.live !== true
    question.answer = {
      at: before === undefined || isNewlyLive ? at : before.at,
      live,
      ...(typeof body.text === 'string' ? { text: body.text } : {}),
    }
  },
  'questions.unanswered'(_state, _entry, question) {
    delete question.answer
  },
  'questions.replied'(_state, { seq: id, at, actorId }, question, { text }) {
    if (typeof text === 'string') question.replies.push({ id, at, actorId, text })
  },
  'questions.unreplied'(_state, _entry, question, { reply }) {
    const found = question.replies.find(({ id }) => id === reply)
    if (found !== undefined) found.removed = true
  },
  'questions.labelled'(_state, _entry, question, { labels }) {
    if (isTexts(labels)) question.labels = labels
  },
  'questions.assigned'(_state, _entry, question, { speaker }) {
    if (typeof speaker === 'string') question.speaker = speaker
    else delete question.speaker
  },
}

export function applyQuestions(state: QuestionsState, entry: Entry): void {
  const body = bodyOf(entry)
  const { seq, at, actorId, type } = entry
  if (type === 'questions.configured') {
    state.settings = changed(state, body)
  } else if (type === 'questions.pinned') {
    state.pinned = typeof body.question === 'number' ? { id: body.question, at } : undefined
  } else if (type === 'questions.asked') {
    const question: Asked = {
      id: seq,
      order: seq,
      at,
      actorId,
      anonymous: isAnonymity(body.anonymous) ? body.anonymous : 'no',
      text: typeof body.text === 'string' ? body.text : '',
      votes: new Set(),
      replies: [],
      labels: [],
      ...(typeof body.text === 'string' ? {} : { removed: 'erased' }),
    }
    if (body.held === true) state.held.set(seq, question)
    else publishQuestion(state, question)
    if (question.removed === undefined) state.own.set(actorId, [...(state.own.get(actorId) ?? []), question])
    state.asks.set(actorId, [...(state.asks.get(actorId) ?? []), at].slice(-limits.questionBurst))
  } else {
    const question = find(state, questionOf(entry))
    if (question !== undefined) applies[type]?.(state, entry, question, body)
  }
}

/** Whose own view an entry changes. */
export function questionsConcerns(state: QuestionsState, entry: Entry): string[] {
  const author = find(state, questionOf(entry))?.actorId
  return author === undefined || author === entry.actorId ? [entry.actorId] : [entry.actorId, author]
}

// What is told.

const isHidden = ({ anonymous }: Asked, audience: Audience): boolean =>
  anonymous === 'fully' || (anonymous === 'to-attendees' && audience !== 'team')

const actorOf = (question: Asked, audience: Audience): string | null => (isHidden(question, audience) ? null : question.actorId)

const tellReply = ({ removed, text, ...reply }: Reply): QuestionReply =>
  removed === undefined ? { ...reply, text } : { ...reply, text: '', removed }

function tell(question: Asked, audience: Audience): Question {
  const { id, order, at, removed, archived, answer, replies, labels, speaker, editedAt } = question
  const toTeam = audience === 'team'
  const taken = removed ?? (archived === true && !toTeam ? 'archived' : undefined)
  if (taken !== undefined) {
    // Nothing tells any more whether whoever is erased wanted to be known.
    return { id, order, at, actorId: taken === 'erased' ? null : actorOf(question, audience), text: '', votes: 0, removed: taken }
  }
  return {
    id,
    order,
    at,
    actorId: actorOf(question, audience),
    text: question.text,
    votes: question.votes.size,
    ...(question.anonymous === 'no' ? {} : { anonymous: true }),
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(answer === undefined ? {} : { answer }),
    ...(replies.length === 0 ? {} : { replies: replies.map(tellReply) }),
    ...(archived === true ? { archived } : {}),
    ...(toTeam && labels.length > 0 ? { labels } : {}),
    ...(toTeam && speaker !== undefined ? { speaker } : {}),
  }
}

const tellWaiting = (question: Asked): WaitingQuestion => ({
  id: question.id,
  at: question.at,
  actorId: actorOf(question, 'team'),
  text: question.text,
  ...(question.anonymous === 'no' ? {} : { anonymous: true }),
})

function pinnedOf(state: QuestionsState, audience: Audience): Pick<QuestionsView, 'pinned' | 'pinnedAt'> {
  const question = state.pinned === undefined || !state.settings.on ? undefined : shown(state, state.pinned.id)
  return question === undefined
    ? { pinned: null, pinnedAt: null }
    : { pinned: tell(question, audience), pinnedAt: state.pinned?.at ?? null }
}

function settingsOf({ settings }: QuestionsState, audience: Audience): QuestionsSettings {
  const { blockedWords, ...told } = settings
  return audience === 'team' ? { ...told, blockedWords } : told
}

const byId = (a: { id: number }, b: { id: number }): number => a.id - b.id

export function questionsSnapshot(state: QuestionsState, audience: Audience): QuestionsView {
  const toScreen = audience === 'screen'
  return {
    questions: toScreen ? [] : state.recent.map((question) => tell(question, audience)),
    earlier: !toScreen && state.published.size > limits.questionWindow,
    ...pinnedOf(state, audience),
    settings: settingsOf(state, audience),
    waiting: audience === 'team' ? [...state.held.values()].sort(byId).map(tellWaiting) : [],
  }
}

/** Entries of authors; who they are is not told where the question does not tell it. */
const byAuthor = new Set(['questions.asked', 'questions.edited', 'questions.withdrawn'])
/** Told as a view, as there are many of them. */
const untold = new Set(['questions.upvoted', 'questions.unvoted'])

export function publishQuestions(entry: Entry, state: QuestionsState, audience: Audience): ToldQuestions | undefined {
  const { type } = entry
  if (type === 'questions.configured') return { type, settings: settingsOf(state, audience), ...pinnedOf(state, audience) }
  if (type === 'questions.pinned') return { type, ...pinnedOf(state, audience) }
  if (untold.has(type) || (type !== 'questions.asked' && applies[type] === undefined)) return undefined
  const id = questionOf(entry)
  const question = state.published.get(id)
  const pin = state.pinned?.id === id ? pinnedOf(state, audience) : {}
  if (audience === 'screen') return state.pinned?.id === id ? { type, actorId: null, ...pin } : undefined
  const held = state.held.get(id)
  if (question === undefined && audience !== 'team') return undefined
  const author = question ?? held ?? state.dismissed.get(id)
  const hides = byAuthor.has(type) && (author === undefined || author.removed === 'erased' || isHidden(author, audience))
  const by = hides ? { actorId: null } : {}
  if (question !== undefined) return { type, ...by, question: tell(question, audience), ...pin }
  return held === undefined ? { type, ...by, gone: id } : { type, ...by, waiting: tellWaiting(held) }
}

function ownOf(state: QuestionsState, question: Asked): OwnQuestion {
  const { id, at, text, anonymous, approved, answer } = question
  const isThere = shown(state, id) !== undefined
  const isHeld = state.held.has(id)
  return {
    id,
    at,
    text,
    state: isHeld ? 'waiting' : answer !== undefined && question.removed === undefined ? 'answered' : isThere ? 'published' : 'dismissed',
    ...(anonymous === 'no' ? {} : { anonymous }),
    editable: isHeld || (isThere && approved !== true && answer === undefined),
  }
}

export function questionsSelf(state: QuestionsState, actorId: string): QuestionsSelf {
  return {
    own: (state.own.get(actorId) ?? []).map((question) => ownOf(state, question)),
    voted: state.recent.filter(({ votes }) => votes.has(actorId)).map(({ id }) => id),
    asks: state.asks.get(actorId) ?? [],
  }
}

/** The screen is told of the pinned one alone. */
export function questionsViews(state: QuestionsState, audience: Audience): { 'questions.votes': Record<string, number> } {
  const pinned = state.pinned === undefined ? undefined : standing(state, state.pinned.id)
  const counted = [...(audience === 'screen' ? [] : state.recent), ...(pinned === undefined ? [] : [pinned])].filter(
    ({ removed, votes }) => removed === undefined && votes.size > 0,
  )
  return { 'questions.votes': Object.fromEntries(counted.map(({ id, votes }) => [id, votes.size])) }
}

export function questionsPage(
  state: QuestionsState,
  audience: Audience,
  { before, limit }: { before?: number; limit: number },
): Page<Question> {
  if (audience === 'screen') return { items: [], nextCursor: null }
  const earlier = [...state.published.values()].filter(({ order }) => before === undefined || order < before)
  const items = earlier.slice(-limit).map((question) => tell(question, audience))
  const oldest = items[0]
  return { items, nextCursor: oldest !== undefined && earlier.length > items.length ? String(oldest.order) : null }
}

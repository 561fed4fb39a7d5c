// Owns: what the quiz is after each of its entries, its points and ranks, and what each audience is told of it.
import type { Audience, Entry } from '../activity.ts'
import { limits } from '../limits.ts'
import type { QuizContent } from './quiz-content.ts'
import type {
  QuizCounts,
  QuizNow,
  QuizPhase,
  QuizRow,
  QuizScriptRow,
  QuizSelf,
  QuizSettings,
  QuizShown,
  QuizView,
  ToldQuiz,
} from './quiz-view.ts'

type QuizQuestion = QuizContent['questions'][number]

/** `t`: milliseconds from when the question was shown to him until his answer. */
export type QuizAnswer = {
  readonly at: number
  readonly options: readonly number[]
  readonly t: number
  readonly right: boolean
  readonly points: number
}

export type Asked = {
  state: 'open' | 'revealed' | 'skipped'
  /** undefined where it was skipped before anybody saw it. */
  readonly openedAt: number | undefined
  readonly pauses: { readonly from: number; to?: number }[]
  readonly answers: Map<string, QuizAnswer>
  voided: boolean
}

/** `round`: how many questions had been asked when it was told; `reports`: how often it was in that round. */
type Delay = { readonly ms: number; readonly round: number; readonly reports: number }

export type Standing = { readonly actorId: string; readonly points: number; readonly rank: number }

export type Quiz = {
  readonly id: number
  readonly title: string
  readonly questions: readonly QuizQuestion[]
  readonly asked: Map<number, Asked>
  /** Of the question that is asked, or was last. */
  index: number | undefined
  phase: QuizPhase
  at: number
  readonly delays: Map<string, Delay>
  /** The longest of them. */
  slowestMs: number
  readonly nicknames: Map<string, string>
  readonly players: Set<string>
  standings: readonly Standing[]
  ranked: ReadonlyMap<string, Standing>
}

export type QuizState = {
  settings: Required<QuizSettings>
  current: Quiz | undefined
  /** Those that are over, for exports. */
  readonly past: Quiz[]
}

export const initialQuiz = (): QuizState => ({
  settings: { on: true, nicknames: false, blockedWords: [] },
  current: undefined,
  past: [],
})

// Time and points.

/** How long a question has run at a time, and whether it stood still then. */
export function runningAt({ openedAt = 0, pauses }: Asked, time: number): { elapsedMs: number; stands: boolean } {
  let elapsedMs = Math.max(0, time - openedAt)
  let stands = false
  for (const { from, to = Number.POSITIVE_INFINITY } of pauses) {
    if (time < from) continue
    elapsedMs -= Math.min(time, to) - from
    stands ||= time < to
  }
  return { elapsedMs, stands }
}

/** Full points at once, half of them in the last moment. */
export const scoreOf = ({ points, seconds }: QuizQuestion, t: number): number => Math.round(points * (1 - t / (seconds * 1_000) / 2))

/** One of the right answers, or all of them and no other. */
export function isRight({ right, choose }: QuizQuestion, options: readonly number[]): boolean {
  const hits = options.filter((option) => right.includes(option)).length
  return hits > 0 && hits === options.length && (choose === 'one' || hits === right.length)
}

/** The delay that counts for an attendee: of the first of his devices to show a question. */
export const delayOf = (quiz: Quiz, actorId: string): number => quiz.delays.get(actorId)?.ms ?? 0

/** When a question is over for him whose picture is latest; while it stands still, as if it went on now. */
export function overAt(quiz: Quiz, { openedAt = 0, pauses }: Asked, { seconds, now }: { seconds: number; now: number }): number {
  const pausedMs = pauses.reduce((sum, { from, to = now }) => sum + to - from, 0)
  return openedAt + seconds * 1_000 + pausedMs + quiz.slowestMs
}

/** What a report makes of somebody's delay; undefined where nothing changes. */
export function delayAfter(quiz: Quiz, actorId: string, ms: number): Delay | undefined {
  const known = quiz.delays.get(actorId)
  const isAsked = quiz.phase === 'question'
  const round = quiz.asked.size - (isAsked ? 1 : 0)
  const again = known?.round === round
  // What is asked already was shown without a delay to whoever had told of none.
  if (isAsked && known === undefined) return undefined
  // Another device may show it sooner, never later.
  const next = again || isAsked ? Math.min(known?.ms ?? 0, ms) : ms
  if (next === known?.ms && (again || isAsked)) return undefined
  return { ms: next, round, reports: again ? known.reports + 1 : 1 }
}

function rank(quiz: Quiz): void {
  const points = new Map<string, number>()
  for (const { state, voided, answers } of quiz.asked.values()) {
    if (state !== 'revealed') continue
    for (const [actorId, answer] of answers) points.set(actorId, (points.get(actorId) ?? 0) + (voided ? 0 : answer.points))
  }
  const sorted = [...points].sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1))
  let before: Standing | undefined
  quiz.standings = sorted.map(([actorId, points], index) => {
    before = { actorId, points, rank: before?.points === points ? before.rank : index + 1 }
    return before
  })
  quiz.ranked = new Map(quiz.standings.map((standing) => [standing.actorId, standing]))
}

// What entries do.

type Body = { readonly [key: string]: unknown }
const bodyOf = (entry: Entry): Body => (typeof entry.body === 'object' && entry.body !== null ? (entry.body as Body) : {})

function enter(quiz: Quiz, phase: QuizPhase, at: number): void {
  quiz.phase = phase
  quiz.at = at
}

const newAsked = (openedAt: number | undefined, state: Asked['state']): Asked => ({
  state,
  openedAt,
  pauses: [],
  answers: new Map(),
  voided: false,
})

function retire(state: QuizState): void {
  if (state.current !== undefined) state.past.push(state.current)
  state.current = undefined
}

/** Of one quiz that is on. */
const steps: Record<string, (quiz: Quiz, entry: Entry, body: Body) => void> = {
  'quiz.opened'(quiz, { at }, { question }) {
    const index = Number(question)
    if (quiz.questions[index] === undefined) return
    quiz.asked.set(index, newAsked(at, 'open'))
    quiz.index = index
    enter(quiz, 'question', at)
  },
  'quiz.paused'(quiz, { at }, { question }) {
    quiz.asked.get(Number(question))?.pauses.push({ from: at })
  },
  'quiz.resumed'(quiz, { at }, { question }) {
    const pause = quiz.asked.get(Number(question))?.pauses.at(-1)
    if (pause !== undefined) pause.to ??= at
  },
  'quiz.answered'(quiz, { actorId, at }, { question: number, options, t }) {
    const question = quiz.questions[Number(number)]
    const asked = quiz.asked.get(Number(number))
    if (question === undefined || asked === undefined || !Array.isArray(options) || typeof t !== 'number') return
    const right = isRight(question, options as number[])
    asked.answers.set(actorId, { at, options: options as number[], t, right, points: right ? scoreOf(question, t) : 0 })
    quiz.players.add(actorId)
  },
  'quiz.revealed'(quiz, { at }, { question }) {
    const asked = quiz.asked.get(Number(question))
    if (asked !== undefined) asked.state = 'revealed'
    rank(quiz)
    enter(quiz, 'reveal', at)
  },
  'quiz.skipped'(quiz, { at }, { question }) {
    const index = Number(question)
    const asked = quiz.asked.get(index)
    if (asked === undefined) return void quiz.asked.set(index, newAsked(undefined, 'skipped'))
    asked.state = 'skipped'
    enter(quiz, [...quiz.asked.values()].some(({ state }) => state === 'revealed') ? 'leaderboard' : 'lobby', at)
  },
  'quiz.voided'(quiz, _entry, { question, voided }) {
    const asked = quiz.asked.get(Number(question))
    if (asked !== undefined) asked.voided = voided === true
    rank(quiz)
  },
  'quiz.ranked': (quiz, { at }) => enter(quiz, 'leaderboard', at),
  'quiz.finished': (quiz, { at }) => enter(quiz, 'podium', at),
  'quiz.delay-reported'(quiz, { actorId }, { delayMs }) {
    const delay = typeof delayMs === 'number' ? delayAfter(quiz, actorId, delayMs) : undefined
    quiz.players.add(actorId)
    if (delay === undefined) return
    const before = quiz.delays.get(actorId)?.ms ?? 0
    quiz.delays.set(actorId, delay)
    if (delay.ms >= quiz.slowestMs) quiz.slowestMs = delay.ms
    else if (before === quiz.slowestMs) quiz.slowestMs = [...quiz.delays.values()].reduce((most, { ms }) => Math.max(most, ms), 0)
  },
  'quiz.nicknamed'(quiz, { actorId }, { nickname }) {
    if (typeof nickname === 'string') quiz.nicknames.set(actorId, nickname)
    else quiz.nicknames.delete(actorId)
    quiz.players.add(actorId)
  },
  'quiz.nickname-removed': (quiz, _entry, { attendee }) => void quiz.nicknames.delete(String(attendee)),
}

export function applyQuiz(state: QuizState, entry: Entry): void {
  const body = bodyOf(entry)
  const { type, seq, at } = entry
  if (type === 'quiz.configured') {
    const { on, nicknames, blockedWords } = body
    state.settings = {
      on: typeof on === 'boolean' ? on : state.settings.on,
      nicknames: typeof nicknames === 'boolean' ? nicknames : state.settings.nicknames,
      blockedWords: Array.isArray(blockedWords) ? (blockedWords as string[]) : state.settings.blockedWords,
    }
  } else if (type === 'quiz.started') {
    const { title, content } = body as { title?: string; content?: { questions?: QuizQuestion[] } }
    if (content?.questions === undefined) return
    retire(state)
    state.current = {
      id: seq,
      title: title ?? '',
      questions: content.questions,
      asked: new Map(),
      index: undefined,
      phase: 'lobby',
      at,
      delays: new Map(),
      slowestMs: 0,
      nicknames: new Map(),
      players: new Set(),
      standings: [],
      ranked: new Map(),
    }
  } else if (state.current !== undefined && body.quiz === state.current.id) {
    if (type === 'quiz.closed') retire(state)
    else steps[type]?.(state.current, entry, body)
  }
}

/** After these, everybody who plays stands elsewhere. */
const forAll: ReadonlySet<string> = new Set(['quiz.started', 'quiz.closed', 'quiz.revealed', 'quiz.voided', 'quiz.skipped'])
const forOne: ReadonlySet<string> = new Set(['quiz.answered', 'quiz.delay-reported', 'quiz.nicknamed'])

export function quizConcerns({ current }: QuizState, entry: Entry): readonly string[] {
  if (forAll.has(entry.type)) return [...(current?.players ?? [])]
  if (forOne.has(entry.type)) return [entry.actorId]
  const { attendee } = bodyOf(entry)
  return entry.type === 'quiz.nickname-removed' && typeof attendee === 'string' ? [attendee] : []
}

// What is told.

function shownOf({ questions, asked, index }: Quiz): QuizShown | null {
  const question = index === undefined ? undefined : questions[index]
  const now = index === undefined ? undefined : asked.get(index)
  if (question === undefined || now?.openedAt === undefined || now.state === 'skipped') return null
  const { text, options, choose, points, seconds, right } = question
  const last = now.pauses.at(-1)
  const isRevealed = now.state === 'revealed'
  const picked = (option: number): number => [...now.answers.values()].filter((answer) => answer.options.includes(option)).length
  return {
    text,
    options,
    choose,
    points,
    seconds,
    openedAt: now.openedAt,
    pausedAt: last !== undefined && last.to === undefined ? last.from : null,
    pausedMs: now.pauses.reduce((sum, { from, to = from }) => sum + to - from, 0),
    right: isRevealed ? right : null,
    counts: isRevealed ? options.map((_, option) => picked(option)) : null,
    voided: now.voided,
  }
}

function rowOf({ nicknames }: Quiz, { actorId, points, rank }: Standing, toTeam: boolean): QuizRow {
  const nickname = nicknames.get(actorId)
  return { actorId: nickname === undefined || toTeam ? actorId : null, ...(nickname === undefined ? {} : { nickname }), points, rank }
}

const scriptOf = ({ questions, asked }: Quiz): QuizScriptRow[] =>
  questions.map((question, index) => {
    const now = asked.get(index)
    return { ...question, state: now?.state ?? 'to come', asked: now?.openedAt !== undefined, voided: now?.voided ?? false }
  })

function countsOf(quiz: Quiz | undefined): QuizCounts {
  if (quiz === undefined) return { players: 0, answered: 0, slowestMs: 0 }
  const answered = quiz.index === undefined ? 0 : (quiz.asked.get(quiz.index)?.answers.size ?? 0)
  return { players: quiz.players.size, answered, slowestMs: quiz.slowestMs }
}

function nowOf(quiz: Quiz, toTeam: boolean): QuizNow {
  const { id, title, phase, at, index, questions, standings } = quiz
  const showsTop = toTeam || phase === 'leaderboard' || phase === 'podium'
  return {
    id,
    title,
    phase,
    at,
    number: index === undefined ? 0 : index + 1,
    of: questions.length,
    question: shownOf(quiz),
    top: showsTop ? standings.slice(0, limits.quizTop).map((standing) => rowOf(quiz, standing, toTeam)) : [],
    ...countsOf(quiz),
    ...(toTeam ? { script: scriptOf(quiz) } : {}),
  }
}

export function quizSnapshot({ settings, current }: QuizState, audience: Audience): QuizView {
  const toTeam = audience === 'team'
  const { blockedWords, ...forAll } = settings
  return {
    settings: toTeam ? { ...forAll, blockedWords } : forAll,
    current: current === undefined ? null : nowOf(current, toTeam),
  }
}

export const quizViews = ({ current }: QuizState): { 'quiz.counts': QuizCounts } => ({ 'quiz.counts': countsOf(current) })

/** Answers and delays are counted, not told: there may be thousands a second. */
const silent: ReadonlySet<string> = forOne

export function publishQuiz({ type }: Entry, state: QuizState, audience: Audience): ToldQuiz | undefined {
  return !type.startsWith('quiz.') || silent.has(type) ? undefined : { type, view: quizSnapshot(state, audience) }
}

export function quizSelf({ current: quiz }: QuizState, actorId: string): QuizSelf {
  if (quiz === undefined || !quiz.players.has(actorId)) return null
  const standing = quiz.ranked.get(actorId)
  const answers = [...quiz.asked].flatMap(([index, { state, voided, answers }]) => {
    const answer = answers.get(actorId)
    if (answer === undefined || state === 'skipped') return []
    const { options, t, right, points } = answer
    const result = state === 'revealed' ? { right, points: voided ? 0 : points } : {}
    return [{ question: index + 1, options, t, ...result, ...(voided ? { voided } : {}) }]
  })
  return {
    delayMs: delayOf(quiz, actorId),
    nickname: quiz.nicknames.get(actorId) ?? null,
    points: standing?.points ?? 0,
    rank: standing?.rank ?? null,
    answers: answers as NonNullable<QuizSelf>['answers'],
  }
}

// Owns: what a client holds of the quiz, and how what it is told changes that.
import type { ActivityView, Told } from '../activity.ts'

/** lobby: people gather. podium: it is over, and the winners are shown. */
export type QuizPhase = 'lobby' | 'question' | 'reveal' | 'leaderboard' | 'podium'

/** `nicknames`: whether attendees may play under a name of their own. `blockedWords`: told to the team alone. */
export type QuizSettings = { readonly on: boolean; readonly nicknames: boolean; readonly blockedWords?: readonly string[] }

/**
 * The question that is asked, or was last. Times in Unix milliseconds. `choose`: one answer, or all that are right. `right` and `counts` (by
 * option): null until it is revealed.
 */
export type QuizShown = {
  readonly text: string
  readonly options: readonly string[]
  readonly choose: 'one' | 'all'
  readonly points: number
  readonly seconds: number
  readonly openedAt: number
  /** Since when it stands still, and for how long it did before. */
  readonly pausedAt: number | null
  readonly pausedMs: number
  readonly right: readonly number[] | null
  readonly counts: readonly number[] | null
  /** It counts for nobody. */
  readonly voided: boolean
}

/** `actorId`: null to all but the team where somebody plays under a nickname. Those with as many points share a rank. */
export type QuizRow = { readonly actorId: string | null; readonly nickname?: string; readonly points: number; readonly rank: number }

/** A question as the team alone is told it, the right answers included. */
export type QuizScriptRow = {
  readonly text: string
  readonly options: readonly string[]
  readonly right: readonly number[]
  readonly choose: 'one' | 'all'
  readonly points: number
  readonly seconds: number
  readonly state: 'to come' | 'open' | 'revealed' | 'skipped'
  /** Whether it was shown to anybody. */
  readonly asked: boolean
  readonly voided: boolean
}

/**
 * `id`: the seq of its start. `at`: when this phase began. `number`: of the question that is asked or was last, from 1; 0 before the first.
 * `top`: the best, in the phases that show them; to the team always. `slowestMs`: how far behind the latest picture is.
 */
export type QuizNow = {
  readonly id: number
  readonly title: string
  readonly phase: QuizPhase
  readonly at: number
  readonly number: number
  readonly of: number
  readonly question: QuizShown | null
  readonly top: readonly QuizRow[]
  readonly players: number
  readonly answered: number
  readonly slowestMs: number
  readonly script?: readonly QuizScriptRow[]
}

export type QuizView = { readonly settings: QuizSettings; readonly current: QuizNow | null }

/** What somebody answered. `question`: its number, from 1. `right` and `points`: once it is revealed. */
export type QuizOwnAnswer = {
  readonly question: number
  readonly options: readonly number[]
  readonly t: number
  readonly right?: boolean
  readonly points?: number
  readonly voided?: true
}

/** What one attendee alone is told of the quiz that is on. `rank`: null while nobody has one. */
export type QuizSelf = {
  readonly delayMs: number
  readonly nickname: string | null
  readonly points: number
  readonly rank: number | null
  readonly answers: readonly QuizOwnAnswer[]
} | null

/** `quiz.counts`: what changes with every attendee. */
export type QuizCounts = Pick<QuizNow, 'players' | 'answered' | 'slowestMs'>

/** Every step tells how everything is: there are few of them. */
export type ToldQuiz = { readonly type: string; readonly view: QuizView }

/** When a question ends in a picture that is `delayMs` late, by the server's clock; never while it stands still. */
export const quizEndsAt = ({ openedAt, pausedMs, seconds }: QuizShown, delayMs: number): number =>
  openedAt + pausedMs + seconds * 1_000 + delayMs

export const quizView: ActivityView<QuizView> = {
  reduce: (_view, told: Told) => (told as ToldQuiz).view,
  merge(view, key, value) {
    if (key !== 'quiz.counts' || view.current === null) return view
    return { ...view, current: { ...view.current, ...(value as QuizCounts) } }
  },
}

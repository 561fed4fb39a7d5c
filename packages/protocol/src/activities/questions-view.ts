// Owns: what a client holds of the questions, and how what it is told changes that.
import type { ActivityView, Told, Waiting } from '../activity.ts'
import { limits } from '../limits.ts'

/** no: under one's name. to-attendees: who asks may keep that from the others, not from the team. fully: nobody is told who asked. */
export const questionAnonymities = ['no', 'to-attendees', 'fully'] as const
export type QuestionAnonymity = (typeof questionAnonymities)[number]

/**
 * `open`: new questions are taken. `review`: they wait until the team approves them. `anonymous`: what an attendee may ask for.
 * `blockedWords`: a question with one of them waits for the team all the same; told to the team alone.
 */
export type QuestionsSettings = {
  readonly on: boolean
  readonly open: boolean
  readonly review: boolean
  readonly anonymous: QuestionAnonymity
  readonly upvotes: boolean
  readonly blockedWords?: readonly string[]
}

/** `at`: of the moment when it was said to be answered. `live`: by somebody who spoke. `text`: in writing, which may come on top. */
export type QuestionAnswer = { readonly at: number; readonly live: boolean; readonly text?: string }

/** Of the team, below a question. `id`: the seq of its entry. */
export type QuestionReply = {
  readonly id: number
  readonly at: number
  readonly actorId: string
  /** Empty once removed. */
  readonly text: string
  readonly removed?: true
}

/**
 * A published question. `id`: the seq of its asking, `order` the seq that published it. `actorId`: null where this reader may not know.
 * `removed`: it is not to be shown, and nothing of it is told: withdrawn by its author, removed or archived by the team, erased.
 * `anonymous`: its author did not want the others to know. What follows it is for the team alone.
 */
export type Question = {
  readonly id: number
  readonly order: number
  readonly at: number
  readonly actorId: string | null
  readonly text: string
  readonly votes: number
  readonly removed?: 'author' | 'team' | 'archived' | 'erased'
  readonly anonymous?: true
  readonly editedAt?: number
  readonly answer?: QuestionAnswer
  readonly replies?: readonly QuestionReply[]
  readonly archived?: true
  readonly labels?: readonly string[]
  readonly speaker?: string
}

/** A question that the team has not let through yet. */
export type WaitingQuestion = Waiting & { readonly anonymous?: true }

/** The newest published questions in order, and whether there are earlier ones to page; to the screen, the pinned one alone. */
export type QuestionsView = {
  readonly questions: readonly Question[]
  readonly earlier: boolean
  /** The one that everybody looks at now, and since when (Unix milliseconds). */
  readonly pinned: Question | null
  readonly pinnedAt: number | null
  readonly settings: QuestionsSettings
  /** Told to the team alone. */
  readonly waiting: readonly WaitingQuestion[]
}

/** dismissed: also what the team has taken away once it was published. */
export type OwnQuestionState = 'waiting' | 'published' | 'answered' | 'dismissed'

/** `text` as it is published. `editable`: for a minute, unless the team has let it through or answered it. */
export type OwnQuestion = {
  readonly id: number
  readonly at: number
  readonly text: string
  readonly state: OwnQuestionState
  readonly anonymous?: QuestionAnonymity
  readonly editable: boolean
}

/** What one attendee alone is told: what he asked, oldest first; for what he voted; when he asked last, for {@link nextAskAt}. */
export type QuestionsSelf = {
  readonly own: readonly OwnQuestion[]
  readonly voted: readonly number[]
  readonly asks: readonly number[]
}

export type ToldQuestions = {
  readonly type: string
  /** Null where who did it is not to be told; else the entry says it. */
  readonly actorId?: null
  readonly question?: Question
  readonly waiting?: WaitingQuestion
  readonly gone?: number
  readonly pinned?: Question | null
  readonly pinnedAt?: number | null
  readonly settings?: QuestionsSettings
}

/** When an attendee who asked at these times may ask again (Unix milliseconds; may lie in the past). */
export function nextAskAt(asks: readonly number[]): number {
  return asks.length < limits.questionBurst ? 0 : (asks.at(-limits.questionBurst) ?? 0) + limits.questionBurstMs
}

function upsert(view: QuestionsView, question: Question): QuestionsView {
  const known = view.questions.some(({ id }) => id === question.id)
  const oldest = view.questions[0]
  // A change to a question before the window is not an arrival: it must not come back in at the wrong end.
  const arrives = !known && (oldest === undefined || question.order > oldest.order || !view.earlier)
  const all = known
    ? view.questions.map((other) => (other.id === question.id ? question : other))
    : arrives
      ? [...view.questions, question].sort((a, b) => a.order - b.order)
      : view.questions
  return {
    ...view,
    questions: all.slice(-limits.questionWindow),
    earlier: view.earlier || all.length > limits.questionWindow,
    waiting: view.waiting.filter(({ id }) => id !== question.id),
  }
}

export const questionsView: ActivityView<QuestionsView> = {
  reduce(view, item: Told) {
    const { question, waiting, gone, pinned, pinnedAt = null, settings } = item as ToldQuestions
    let next = view
    if (question !== undefined) next = upsert(next, question)
    if (waiting !== undefined) {
      const others = next.waiting.filter(({ id }) => id !== waiting.id)
      next = { ...next, waiting: [...others, waiting].sort((a, b) => a.id - b.id) }
    }
    if (gone !== undefined) next = { ...next, waiting: next.waiting.filter(({ id }) => id !== gone) }
    if (pinned !== undefined) next = { ...next, pinned, pinnedAt }
    return settings === undefined ? next : { ...next, settings }
  },

  merge(view, key, value) {
    if (key !== 'questions.votes') return view
    const votes = value as Readonly<Record<number, number>>
    const counted = (question: Question): Question => {
      const count = question.removed === undefined ? (votes[question.id] ?? 0) : 0
      return count === question.votes ? question : { ...question, votes: count }
    }
    return { ...view, questions: view.questions.map(counted), pinned: view.pinned === null ? null : counted(view.pinned) }
  },
}

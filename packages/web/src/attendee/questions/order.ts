// Owns: in which order questions stand.
import type { Question } from '@voila/protocol'
import { useRef } from 'react'

export const questionOrders = ['votes', 'newest', 'unanswered'] as const
export type QuestionOrder = (typeof questionOrders)[number]

type Compare = (a: Question, b: Question) => number

const byVotes: Compare = (a, b) => b.votes - a.votes || a.order - b.order
const isAnswered = ({ answer }: Question): number => (answer === undefined ? 0 : 1)

const compares: Readonly<Record<QuestionOrder, Compare>> = {
  votes: byVotes,
  newest: (a, b) => b.order - a.order,
  unanswered: (a, b) => isAnswered(a) - isAnswered(b) || byVotes(a, b),
}

/** Those that are there, in this order. */
export function ordered(questions: readonly Question[], order: QuestionOrder): Question[] {
  return questions.filter(({ removed }) => removed === undefined).sort(compares[order])
}

/** Those that stood before as they stood, then those that have come since. */
export function keptInPlace(questions: readonly Question[], before: readonly number[]): Question[] {
  const places = new Map(before.map((id, at) => [id, at]))
  const placeOf = ({ id }: Question): number => places.get(id) ?? before.length
  return [...questions].sort((a, b) => placeOf(a) - placeOf(b))
}

/**
 * Questions in their order, which holds still for as long as `held()`: nothing moves away from under a pointer or a finger. Another `order` is
 * taken at once.
 */
export function useOrdered(questions: readonly Question[], { order, held }: { order: QuestionOrder; held: () => boolean }): Question[] {
  const last = useRef<{ order: QuestionOrder; ids: readonly number[] }>({ order, ids: [] })
  const now = ordered(questions, order)
  const shown = last.current.order === order && last.current.ids.length > 0 && held() ? keptInPlace(now, last.current.ids) : now
  last.current = { order, ids: shown.map(({ id }) => id) }
  return shown
}

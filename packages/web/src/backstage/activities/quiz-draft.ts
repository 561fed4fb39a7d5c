// Owns: a quiz while it is written: what the form holds, and what it becomes. Pure.
import { limits, QuizContent } from '@voila/protocol'

export type QuestionDraft = {
  /** Known by it while it is moved about; not kept. */
  readonly key: number
  readonly text: string
  readonly options: readonly string[]
  readonly right: readonly number[]
  readonly choose: 'one' | 'all'
  readonly points: number
  readonly seconds: number
}
export type QuizDraft = { readonly title: string; readonly questions: readonly QuestionDraft[] }

let lastKey = 0
export function newQuestion(): QuestionDraft {
  lastKey += 1
  return { key: lastKey, text: '', options: ['', '', '', ''], right: [0], choose: 'one', points: 1_000, seconds: 20 }
}

/** What is in a prepared quiz, as the form shows it. */
export function draftOf(title: string, content: unknown): QuizDraft {
  const read = QuizContent.safeParse(content)
  if (!read.success) return { title, questions: [newQuestion()] }
  return { title, questions: read.data.questions.map((question) => ({ ...newQuestion(), ...question })) }
}

/** Without the options that are empty, the right answers moved along. */
function questionOf({ text, options, right, choose, points, seconds }: QuestionDraft) {
  const filled = options.map((option, index) => ({ option: option.trim(), index })).filter(({ option }) => option !== '')
  return {
    text,
    options: filled.map(({ option }) => option),
    right: filled.flatMap(({ index }, at) => (right.includes(index) ? [at] : [])),
    choose: right.length > 1 ? choose : ('one' as const),
    points,
    seconds,
  }
}

export type Wrong = { readonly question?: number; readonly says: string }

const words: Readonly<Record<string, string>> = {
  text: 'Write the question.',
  options: 'Two answers at least.',
  right: 'Mark at least one answer as right.',
  points: `Between 0 and ${limits.quizPoints} points.`,
  seconds: `Between ${limits.quizMinSeconds} and ${limits.quizMaxSeconds} seconds.`,
}

/** The content, or what is wrong with which question (from 0). */
export function contentOf(draft: QuizDraft): { title: string; content: QuizContent } | Wrong {
  const title = draft.title.trim()
  if (title === '') return { says: 'Give the quiz a title.' }
  const read = QuizContent.safeParse({ questions: draft.questions.map(questionOf) })
  if (read.success) return { title, content: read.data }
  const [issue] = read.error.issues
  const [, question, field] = issue?.path ?? []
  if (typeof question !== 'number') return { says: 'This is too much for one quiz. Make two of it.' }
  return { question, says: (typeof field === 'string' && words[field]) || issue?.message || 'This can’t be saved as it is.' }
}

/** A list with one of its things elsewhere. */
export function moved<Thing>(list: readonly Thing[], from: number, to: number): Thing[] {
  const rest = list.filter((_, index) => index !== from)
  const thing = list[from]
  return thing === undefined ? rest : [...rest.slice(0, to), thing, ...rest.slice(to)]
}

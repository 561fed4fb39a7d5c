// Owns: what the team does with a question, and the way back from it.
import type { Question } from '@voila/protocol'
import type { Deeds } from './undo.ts'

export type QuestionDoings = ReturnType<typeof questionDoings>

/** Back to the answer that a question has now, or to none. */
const answerBack =
  ({ id, answer }: Question) =>
  (): { type: string; [key: string]: unknown } =>
    answer === undefined
      ? { type: 'unanswer', question: id }
      : { type: 'answer', question: id, live: answer.live, text: answer.text ?? null }

/** `pinned`: the id of the one that everybody looks at. */
export function questionDoings({ deeds, pinned }: { deeds: Deeds; pinned: number | undefined }) {
  const restore = (question: number) => () => ({ type: 'restore', question })
  const pin = (question: number | null, says: string) =>
    deeds.act({ command: { type: 'pin', question }, says, back: () => ({ type: 'pin', question: pinned ?? null }) })
  const labelled = ({ id, labels = [] }: Question, wanted: readonly string[]) =>
    deeds.act({
      command: { type: 'label', question: id, labels: wanted },
      says: 'Changed the labels.',
      back: () => ({ type: 'label', question: id, labels }),
    })
  return {
    pin: ({ id }: Question) => pin(id, 'Everybody sees the question now.'),
    unpin: () => pin(null, 'The question is no longer shown to everybody.'),
    answerLive: (question: Question) =>
      deeds.act({ command: { type: 'answer', question: question.id }, says: 'Marked as answered live.', back: answerBack(question) }),
    answer: (question: Question, text: string) =>
      deeds.act({ command: { type: 'answer', question: question.id, text }, says: 'Published the answer.', back: answerBack(question) }),
    unanswer: (question: Question) =>
      deeds.act({ command: { type: 'unanswer', question: question.id }, says: 'Not answered any more.', back: answerBack(question) }),
    reply: ({ id }: Question, text: string) =>
      deeds.act({
        command: { type: 'reply', question: id, text },
        says: 'Published the reply.',
        back: (reply) => ({ type: 'unreply', question: id, reply }),
      }),
    unreply: ({ id }: Question, reply: number) =>
      deeds.act({
        command: { type: 'unreply', question: id, reply },
        says: 'Deleted the reply.',
        back: () => ({ type: 'restore', question: id, reply }),
      }),
    archive: ({ id }: Question) =>
      deeds.act({ command: { type: 'archive', question: id }, says: 'Archived the question.', back: restore(id) }),
    restore: ({ id }: Question) => deeds.act({ command: { type: 'restore', question: id } }),
    remove: ({ id }: Question) =>
      deeds.act({ command: { type: 'remove', question: id }, says: 'Deleted the question.', back: restore(id) }),
    label: labelled,
    assign: ({ id, speaker }: Question, wanted: string | null) =>
      deeds.act({
        command: { type: 'assign', question: id, speaker: wanted },
        says: wanted === null ? 'The question is for nobody in particular.' : `The question is for ${wanted}.`,
        back: () => ({ type: 'assign', question: id, speaker: speaker ?? null }),
      }),
  }
}

export const questionLists = ['open', 'answered', 'archived'] as const
export type QuestionList = (typeof questionLists)[number]

/** Which list of the team a question stands in; undefined: it was taken away for good, or may only be brought back. */
export function listOf({ removed, archived, answer }: Question): QuestionList | undefined {
  if (removed !== undefined) return removed === 'team' ? 'archived' : undefined
  return archived === true ? 'archived' : answer === undefined ? 'open' : 'answered'
}

/** What the lists can be narrowed to: every label and every speaker that some question has, each once, by name. */
export function tagsOf(questions: readonly Question[]): { labels: string[]; speakers: string[] } {
  const sorted = (all: readonly string[]): string[] => [...new Set(all)].sort((a, b) => a.localeCompare(b))
  return {
    labels: sorted(questions.flatMap(({ labels = [] }) => labels)),
    speakers: sorted(questions.flatMap(({ speaker }) => speaker ?? [])),
  }
}

/** `only`: a label behind `#`, a speaker behind `@`, or all. */
export function isNarrowedTo(question: Question, only: string): boolean {
  if (only === '') return true
  const name = only.slice(1)
  return only.startsWith('@') ? question.speaker === name : (question.labels ?? []).includes(name)
}

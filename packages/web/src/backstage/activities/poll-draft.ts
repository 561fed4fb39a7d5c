// Owns: a poll while it is written: what the form holds, and what it becomes. Pure.
import { PollContent, type PollForm, type PollResults } from '@voila/protocol'

export type PollDraft = {
  readonly question: string
  readonly form: PollForm
  readonly options: readonly string[]
  readonly steps: number
  readonly min: number
  readonly max: number
  readonly lowest: string
  readonly highest: string
  readonly results: PollResults
  readonly seconds: number | null
  readonly changes: boolean
  readonly secret: boolean
  readonly review: boolean
}

export const emptyPoll: PollDraft = {
  question: '',
  form: 'single',
  options: ['', ''],
  steps: 5,
  min: 1,
  max: 2,
  lowest: '',
  highest: '',
  results: 'after-voting',
  seconds: null,
  changes: false,
  secret: false,
  review: true,
}

/** What is in a prepared poll, as the form shows it. */
export function draftOf(content: unknown): PollDraft {
  const read = PollContent.safeParse(content)
  if (!read.success) return emptyPoll
  const { options, ...poll } = read.data
  const isChoice = poll.form === 'single' || poll.form === 'multiple'
  return {
    ...emptyPoll,
    ...poll,
    options: isChoice ? options : emptyPoll.options,
    steps: poll.form === 'rating' ? options.length : emptyPoll.steps,
  }
}

/** The content, or which field is wrong and why. */
export function contentOf(draft: PollDraft): { content: PollContent } | { field: string; says: string } {
  const { steps, options, min, max, lowest, highest, ...poll } = draft
  const filled = options.filter((option) => option.trim() !== '')
  const { form } = draft
  const asked = {
    ...poll,
    ...(form === 'single' || form === 'multiple' ? { options: filled } : {}),
    ...(form === 'rating' ? { options: Array.from({ length: steps }, (_, index) => `${index + 1}`), lowest, highest } : {}),
    ...(form === 'multiple' ? { min, max: Math.min(max, Math.max(filled.length, min)) } : {}),
    ...(form === 'words' ? { max } : {}),
  }
  const read = PollContent.safeParse(asked)
  if (read.success) return { content: read.data }
  const [issue] = read.error.issues
  const field = String(issue?.path[0] ?? 'question')
  return { field, says: words[field] ?? 'This can’t be saved as it is.' }
}

const words: Readonly<Record<string, string>> = {
  question: 'Write the question.',
  options: 'Two options at least, no two the same.',
  max: 'At most as many as there are options, and not fewer than the least.',
  min: 'One at least.',
  seconds: 'Between 5 seconds and an hour.',
}

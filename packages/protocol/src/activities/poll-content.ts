// Owns: what a poll may ask.
import { z } from 'zod'
import { limits } from '../limits.ts'
import { cleanText, line } from '../text.ts'
import { type PollContent as Content, pollForms, pollResults } from './polls-view.ts'

const End = z.string().transform(cleanText).pipe(z.string().max(limits.pollOptionUnits))
const sameWord = (text: string): string => text.normalize('NFKC').toLowerCase()

const Asked = z.strictObject({
  question: line(limits.pollQuestionUnits),
  form: z.enum(pollForms),
  options: z.array(line(limits.pollOptionUnits)).max(limits.pollOptions).optional(),
  min: z.int().min(1).max(limits.pollOptions).optional(),
  max: z.int().min(1).max(limits.pollOptions).optional(),
  lowest: End.optional(),
  highest: End.optional(),
  results: z.enum(pollResults).optional(),
  seconds: z.int().min(limits.pollSecondsMin).max(limits.pollSecondsMax).nullable().optional(),
  changes: z.boolean().optional(),
  secret: z.boolean().optional(),
  review: z.boolean().optional(),
})

/** How many are chosen, by form; undefined where what was given can't be. */
function bounds({ form, options = [], min, max }: z.output<typeof Asked>): { min: number; max: number } | undefined {
  if (form === 'single' || form === 'rating' || form === 'text') return { min: 1, max: 1 }
  const most = form === 'words' ? limits.pollWords : options.length
  const range = { min: form === 'words' ? 1 : (min ?? 1), max: max ?? (form === 'words' ? 3 : most) }
  return range.min <= range.max && range.max <= most ? range : undefined
}

/**
 * A poll as it is prepared and as it is asked: what is left out is filled in, so that whatever is stored says everything. A rating's
 * options are its steps.
 */
export const PollContent = Asked.transform((asked, context): Content => {
  const { question, form, options = [], results = 'after-voting', seconds = null, secret = false } = asked
  const fault = (path: string, message: string): never => {
    context.addIssue({ code: 'custom', path: [path], message })
    return z.NEVER
  }
  const written = form === 'text' || form === 'words'
  if (!written && options.length < 2) return fault('options', 'at least two')
  if (written && options.length > 0) return fault('options', 'none where people write')
  if (new Set(options.map(sameWord)).size < options.length) return fault('options', 'two are the same')
  const chosen = bounds(asked)
  if (chosen === undefined) return fault('max', 'not fewer than min, not more than there are options')
  const ends = form === 'rating' ? { lowest: asked.lowest ?? '', highest: asked.highest ?? '' } : { lowest: '', highest: '' }
  return {
    question,
    form,
    options,
    ...chosen,
    ...ends,
    results,
    seconds,
    changes: !written && !secret && (asked.changes ?? false),
    secret,
    review: written && (asked.review ?? true),
  }
})
export type PollContent = Content

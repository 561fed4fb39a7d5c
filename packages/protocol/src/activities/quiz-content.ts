// Owns: what a quiz asks, as it is prepared and as it is started.
import { z } from 'zod'
import { limits } from '../limits.ts'
import { line } from '../text.ts'

export const QuizQuestion = z
  .strictObject({
    text: line(limits.quizTextUnits),
    options: z.array(line(limits.quizOptionUnits)).min(2).max(limits.quizOptions),
    /** Indices of options. */
    right: z
      .array(z.int().min(0))
      .min(1)
      .max(limits.quizOptions)
      .transform((right) => [...new Set(right)].sort((a, b) => a - b)),
    /** Whether one of the right answers is enough, or all of them are asked for. */
    choose: z.enum(['one', 'all']).default('one'),
    points: z.int().min(0).max(limits.quizPoints).default(1_000),
    seconds: z.int().min(limits.quizMinSeconds).max(limits.quizMaxSeconds).default(20),
  })
  .refine(({ options, right }) => right.every((option) => option < options.length), { error: 'A right answer is none of the answers.' })
  .refine(({ options }) => new Set(options).size === options.length, { error: 'Two answers are the same.' })

/** A quiz as it is prepared, and as it is started. */
export const QuizContent = z
  .strictObject({ questions: z.array(QuizQuestion).min(1).max(limits.quizQuestions) })
  .refine((content) => JSON.stringify(content).length <= limits.quizContentUnits, { error: 'This is too much for one quiz.' })
export type QuizContent = z.output<typeof QuizContent>

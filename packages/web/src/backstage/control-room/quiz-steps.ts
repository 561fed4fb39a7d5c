// Owns: which step of a quiz comes next. Pure.
import type { QuizNow } from '@voila/protocol'

export type QuizStep = { readonly says: string; readonly command: { readonly type: string; readonly question?: number } }

/** The one step that the main button and its key take. */
export function nextStep({ phase, number, script = [] }: QuizNow): QuizStep | undefined {
  const toCome = script.findIndex(({ state }) => state === 'to come')
  const ask: QuizStep | undefined =
    toCome < 0 ? undefined : { says: `Ask question ${toCome + 1}`, command: { type: 'open', question: toCome } }
  const hasResults = script.some(({ state }) => state === 'revealed')
  switch (phase) {
    case 'lobby':
      return ask ?? { says: 'Close the quiz', command: { type: 'close' } }
    case 'question':
      return { says: 'Show the answer', command: { type: 'reveal', question: number - 1 } }
    case 'reveal':
      return { says: 'Show the leaderboard', command: { type: 'leaderboard' } }
    case 'leaderboard':
      return ask ?? (hasResults ? { says: 'Show the final result', command: { type: 'finish' } } : undefined)
    case 'podium':
      return { says: 'Close the quiz', command: { type: 'close' } }
  }
}

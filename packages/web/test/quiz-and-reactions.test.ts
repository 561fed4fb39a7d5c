// Owns: the proof of what pages reckon for the quiz and for reactions.
import { limits, type QuizNow, type QuizScriptRow, type ReactionKind } from '@voila/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTaps } from '../src/attendee/reactions/taps.ts'
import { floatsOf } from '../src/attendee/reactions/use-floats.ts'
import { contentOf, draftOf, moved, newQuestion, type QuestionDraft } from '../src/backstage/activities/quiz-draft.ts'
import { nextStep } from '../src/backstage/control-room/quiz-steps.ts'

describe('taps', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function tapping(viewers = 10) {
    const sent: { at: number; counts: object }[] = []
    const startedAt = Date.now()
    const send = (counts: object) => sent.push({ at: Date.now() - startedAt, counts })
    return { sent, taps: createTaps({ send, viewers: () => viewers, now: Date.now }) }
  }
  const tapFor = (ms: number, tap: () => void) => {
    for (let passed = 0; passed < ms; passed += 100) {
      tap()
      vi.advanceTimersByTime(100)
    }
  }

  test('of three seconds leave as one command a second, and none is lost', () => {
    const { sent, taps } = tapping()
    tapFor(3_000, () => taps.tap('clap'))
    vi.advanceTimersByTime(2_000)
    expect(sent.map(({ at }) => at)).toEqual([150, 1_150, 2_150, 3_150])
    expect(sent.reduce((sum, { counts }) => sum + ((counts as { clap: number }).clap ?? 0), 0)).toBe(30)
  })

  test('leave the less often the more people watch', () => {
    const { sent, taps } = tapping(5_000)
    tapFor(6_000, () => taps.tap('heart'))
    expect(sent.map(({ at }) => at)).toEqual([150, 5_150])
  })

  test('of one command are bounded, and those of a page that is left are not sent', () => {
    const { sent, taps } = tapping()
    for (let n = 0; n < 100; n++) taps.tap('wow')
    vi.advanceTimersByTime(200)
    taps.tap('wow')
    taps.close()
    vi.advanceTimersByTime(5_000)
    expect(sent).toEqual([{ at: 150, counts: { wow: limits.reactionsAtOnce } }])
  })
})

describe('what floats', () => {
  test.each<[string, Partial<Record<ReactionKind, number>>, Partial<Record<ReactionKind, number>>, number]>([
    ['nothing new', { clap: 3 }, { clap: 3 }, 0],
    ['each, where there are few', { clap: 3 }, { clap: 5, wow: 1 }, 3],
    ['a bounded number, where there are many', {}, { clap: 4_000, heart: 1_000 }, 10],
    ['nothing, where the sums begin anew', { clap: 9 }, { clap: 2 }, 0],
  ])('is %s', (_what, before, after, count) => {
    expect(floatsOf(before, after)).toHaveLength(count)
  })

  test('has each kind that grew', () => {
    expect(new Set(floatsOf({}, { clap: 4_000, heart: 1 }))).toEqual(new Set(['clap', 'heart']))
  })
})

describe('a quiz that is written', () => {
  const question = (more: Partial<QuestionDraft> = {}): QuestionDraft => ({
    ...newQuestion(),
    text: 'Where?',
    options: ['north', '', 'south', ''],
    right: [2],
    ...more,
  })

  test('leaves out empty answers, and its right ones stay right', () => {
    expect(contentOf({ title: ' Warm-up ', questions: [question()] })).toEqual({
      title: 'Warm-up',
      content: { questions: [{ text: 'Where?', options: ['north', 'south'], right: [1], choose: 'one', points: 1_000, seconds: 20 }] },
    })
  })

  test('is the same when it is opened again', () => {
    const made = contentOf({ title: 'Warm-up', questions: [question({ right: [0, 2], choose: 'all' })] })
    if (!('content' in made)) throw new Error(made.says)
    expect(contentOf(draftOf(made.title, made.content))).toEqual(made)
  })

  test.each<[string, Partial<QuestionDraft>, string]>([
    ['without words', { text: ' ' }, 'Write the question.'],
    ['with one answer', { options: ['north', ''], right: [0] }, 'Two answers at least.'],
    ['with no right one', { right: [] }, 'Mark at least one answer as right.'],
    ['whose right answer is empty', { right: [1] }, 'Mark at least one answer as right.'],
    ['with two answers alike', { options: ['north', 'north'], right: [0] }, 'Two answers are the same.'],
    ['that is too short', { seconds: 1 }, `Between ${limits.quizMinSeconds} and ${limits.quizMaxSeconds} seconds.`],
  ])('says which question is wrong where one is %s', (_what, more, says) => {
    expect(contentOf({ title: 'Warm-up', questions: [question(), question(more)] })).toEqual({ question: 1, says })
  })

  test('can be put in another order', () => {
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
    expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'c', 'b'])
  })
})

describe('the next step', () => {
  const script = (...states: QuizScriptRow['state'][]) => states.map((state) => ({ state })) as unknown as QuizScriptRow[]
  test.each<[QuizNow['phase'], QuizScriptRow['state'][], object | undefined]>([
    ['lobby', ['to come', 'to come'], { type: 'open', question: 0 }],
    ['lobby', ['skipped', 'to come'], { type: 'open', question: 1 }],
    ['lobby', ['skipped'], { type: 'close' }],
    ['question', ['open', 'to come'], { type: 'reveal', question: 0 }],
    ['reveal', ['revealed', 'to come'], { type: 'leaderboard' }],
    ['leaderboard', ['revealed', 'to come'], { type: 'open', question: 1 }],
    ['leaderboard', ['revealed', 'revealed'], { type: 'finish' }],
    ['podium', ['revealed'], { type: 'close' }],
  ])('from the %s with %j is %j', (phase, states, command) => {
    expect(nextStep({ phase, number: 1, script: script(...states) } as unknown as QuizNow)?.command).toEqual(command)
  })
})

import { limits, type Question, type QuestionsSelf, type QuestionsSettings } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { askingOf } from '../src/attendee/questions/asking.ts'
import { keptInPlace, ordered } from '../src/attendee/questions/order.ts'

const now = 1_800_000_000_000
const question = (id: number, more: Partial<Question> = {}): Question => ({
  id,
  order: id,
  at: now,
  actorId: 'ada',
  text: `${id}`,
  votes: 0,
  ...more,
})
const ids = (questions: readonly Question[]): number[] => questions.map(({ id }) => id)

const all = [
  question(1, { votes: 2, answer: { at: now, live: true } }),
  question(2, { votes: 1 }),
  question(3, { votes: 5, removed: 'team' }),
  question(4, { votes: 2 }),
  question(5, { removed: 'archived' }),
  question(6),
]

describe('questions stand', () => {
  test.each([
    ['votes', [1, 4, 2, 6]],
    ['newest', [6, 4, 2, 1]],
    ['unanswered', [4, 2, 6, 1]],
  ] as const)('by %s, and those that were taken away do not', (order, wanted) => {
    expect(ids(ordered(all, order))).toEqual(wanted)
  })

  test('where they stood while somebody points at them, with what has come since after them', () => {
    expect(ids(keptInPlace(ordered(all, 'votes'), [6, 2, 3, 1]))).toEqual([6, 2, 1, 4])
  })
})

describe('asking', () => {
  const settings: QuestionsSettings = { on: true, open: true, review: false, anonymous: 'no', upvotes: true }
  const self: QuestionsSelf = { own: [], voted: [], asks: [] }
  const full: QuestionsSelf = {
    ...self,
    own: Array.from({ length: limits.questionsPerAttendee }, (_, id) => ({ id, at: now, text: '', state: 'waiting', editable: false })),
  }
  const usual = { watches: false, activities: 'open', settings, self, muted: null, onTeam: false, now } as const
  test.each([
    ['to an attendee of a live program', {}, { may: true }],
    ['not to a guest who watches', { watches: true }, { may: false, why: 'watching' }],
    ['not after the end', { activities: 'read-only' }, { may: false, why: 'readOnly' }],
    ['not to an attendee during a rehearsal', { activities: 'team' }, { may: false, why: 'closed' }],
    ['to the team during a rehearsal', { activities: 'team', onTeam: true }, { may: true }],
    ['not to somebody muted, with the end', { muted: { until: now + 1 } }, { may: false, why: 'muted', until: now + 1 }],
    ['not to somebody muted for good', { muted: { until: null } }, { may: false, why: 'muted' }],
    ['to somebody whose mute is over', { muted: { until: now } }, { may: true }],
    ['not while none is taken', { settings: { ...settings, open: false } }, { may: false, why: 'closedForNow' }],
    ['to the team while none is taken', { settings: { ...settings, open: false }, onTeam: true }, { may: true }],
    ['not to somebody who has asked all that he may', { self: full }, { may: false, why: 'full' }],
  ] as const)('is open %s', (_whom, differs, wanted) => {
    expect(askingOf({ ...usual, ...differs })).toEqual(wanted)
  })
})

// Owns: the proof of what the form of a poll becomes, and of which field it says that it is wrong.
import type { PollContent } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { contentOf, draftOf, emptyPoll, type PollDraft } from '../src/backstage/activities/poll-draft.ts'

const draft = (more: Partial<PollDraft>): PollDraft => ({ ...emptyPoll, question: 'Now?', options: ['Yes', 'No', ''], ...more })
const made = (more: Partial<PollDraft>) => contentOf(draft(more))

describe('the form of a poll', () => {
  test.each([
    ['a single choice, without the empty option', {}, { form: 'single', options: ['Yes', 'No'], min: 1, max: 1 }],
    ['several, at most as many as there are', { form: 'multiple', max: 9 }, { min: 1, max: 2 }],
    ['a scale', { form: 'rating', steps: 4, lowest: 'Bad', highest: 'Good' }, { options: ['1', '2', '3', '4'], lowest: 'Bad' }],
    ['an open answer, which nobody changes', { form: 'text', changes: true }, { options: [], changes: false, review: true }],
    ['a cloud', { form: 'words', max: 4 }, { options: [], max: 4 }],
    ['a secret choice, which nobody changes', { secret: true, changes: true }, { secret: true, changes: false }],
  ] as const)('becomes %s, and comes back as it was', (_what, more, expected) => {
    const { content } = made(more as Partial<PollDraft>) as { content: PollContent }
    expect(content).toMatchObject(expected)
    expect(contentOf(draftOf(content))).toEqual({ content })
  })

  test.each([
    ['question', { question: ' ' }],
    ['options', { options: ['Yes', ''] }],
    ['options', { options: ['Yes', 'YES'] }],
    ['max', { form: 'multiple', min: 3, max: 2 }],
    ['seconds', { seconds: 2 }],
  ] as const)('says that %s is wrong', (field, more) => {
    expect(made(more as Partial<PollDraft>)).toMatchObject({ field, says: expect.stringMatching(/\.$/) })
  })

  test('opens empty for what it can’t read', () => {
    expect(draftOf({ form: 'dance' })).toEqual(emptyPoll)
  })
})

// Owns: the proof that an edit of a program sends of its activities what was changed, and no more.
import { fullOptions, optionedActivities, type Program } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { activityForms, optionLines } from '../src/backstage/activities/option-forms.ts'
import { fieldsOf, fieldWords, patchOf } from '../src/backstage/programs/program-fields.ts'

const program = { title: 'The year ahead', activities: fullOptions({}), blockedWords: [], cueTiming: true } as unknown as Program
const base = fieldsOf(program)

describe('an edit of activities', () => {
  test.each([
    ['nothing', {}, {}],
    ['one option', { chat: { ...base.chat, review: true } }, { activities: { chat: { review: true } } }],
    [
      'options of two, and a field of the program',
      { chat: { ...base.chat, on: false }, quiz: { ...base.quiz, nicknames: true }, blockedWords: ['scam'] },
      { blockedWords: ['scam'], activities: { chat: { on: false }, quiz: { nicknames: true } } },
    ],
  ])('sends %s', (_what, changes, sent) => {
    expect(patchOf(base, { ...base, ...changes })).toEqual(sent)
  })
})

test.each(optionedActivities)('%s can be set, and its options be told in words', (name) => {
  expect(Object.keys(activityForms[name].options).sort()).toEqual(
    Object.keys(base[name])
      .filter((option) => option !== 'on')
      .sort(),
  )
  expect(optionLines(name, base[name])).toHaveLength(Object.keys(base[name]).length)
  expect(optionLines(name, base[name]).join()).not.toMatch(/undefined|object/)
  expect(fieldWords[name].label).toBe(activityForms[name].title)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changesOf, meet } from '../src/backstage/programs/edit.ts'

const before = { title: 'Town hall', description: '', accent: null as string | null, origins: ['https://a.example'] }

test('what was changed here stays, and what they alone changed is taken over and told', () => {
  const { values, differences } = meet({
    before,
    mine: { ...before, title: 'Town hall, spring' },
    theirs: { ...before, description: 'With the board.' },
  })
  expect(values).toEqual({ ...before, title: 'Town hall, spring', description: 'With the board.' })
  expect(differences).toEqual([{ field: 'description', before: '', theirs: 'With the board.', mine: '', both: false, kept: 'theirs' }])
})

test('a field that both changed keeps what was written here, and shows theirs', () => {
  const { values, differences } = meet({ before, mine: { ...before, title: 'Mine' }, theirs: { ...before, title: 'Theirs' } })
  expect(values.title).toBe('Mine')
  expect(differences).toEqual([{ field: 'title', before: 'Town hall', theirs: 'Theirs', mine: 'Mine', both: true, kept: 'mine' }])
})

test('both coming to the same is no difference', () => {
  const both = { ...before, origins: ['https://b.example'] }
  expect(meet({ before, mine: both, theirs: { ...both } }).differences).toEqual([])
})

test('a change is told by value: a list with the same lines is the same', () => {
  expect(changesOf(before, { ...before, origins: ['https://a.example'] })).toEqual({})
  expect(changesOf(before, { ...before, origins: [] })).toEqual({ origins: [] })
})

test('nothing is lost: each value of either stands, or is shown as a difference', () => {
  const fields = fc.record({
    a: fc.integer({ min: 0, max: 2 }),
    b: fc.integer({ min: 0, max: 2 }),
    c: fc.array(fc.boolean(), { maxLength: 1 }),
  })
  fc.assert(
    fc.property(fields, fields, fields, (start, mine, theirs) => {
      const { values, differences } = meet({ before: start, mine, theirs })
      for (const field of Object.keys(start) as (keyof typeof start)[]) {
        const shown = differences.find((difference) => difference.field === field)
        for (const [edited, name] of [
          [mine, 'mine'],
          [theirs, 'theirs'],
        ] as const) {
          const changed = JSON.stringify(edited[field]) !== JSON.stringify(start[field])
          if (changed) expect([values[field], shown?.[name]]).toContainEqual(edited[field])
        }
      }
    }),
  )
})

import { describe, expect, test } from 'vitest'
import { clockWords } from '../src/backstage/control-room/clock-words.ts'
import { roomShortcutOf, shortcutNames, shortcuts } from '../src/backstage/control-room/shortcuts.ts'
import { clockOf, durationText, rateText, sizeText } from '../src/backstage/programs/measures.ts'

describe('the keys of the control room', () => {
  test('each does one thing', () => {
    const keys = shortcutNames.map((name) => shortcuts[name].key)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test.each(shortcutNames)('%s is heard on a button or in a list, not while somebody writes or holds Ctrl', (name) => {
    const { key } = shortcuts[name]
    for (const focus of ['control', 'list', 'elsewhere'] as const) expect(roomShortcutOf({ key, modified: false, focus })).toBe(name)
    expect(roomShortcutOf({ key: key.toUpperCase(), modified: false, focus: 'elsewhere' })).toBe(name)
    expect(roomShortcutOf({ key, modified: false, focus: 'typing' })).toBeUndefined()
    expect(roomShortcutOf({ key, modified: true, focus: 'elsewhere' })).toBeUndefined()
  })

  test('keys that move the focus or press a button stay theirs', () => {
    for (const key of ['Enter', ' ', 'Tab', 'Escape', 'ArrowDown'])
      expect(roomShortcutOf({ key, modified: false, focus: 'elsewhere' })).toBeUndefined()
  })
})

describe('the clock of the show', () => {
  const startsAt = '2026-05-01T16:00:00.000Z'
  const at = (time: string): number => Date.parse(`2026-05-01T${time}.000Z`)
  test.each([
    ['scheduled', '2026-05-01T10:00:00Z', at('15:30:00'), '−30:00'],
    ['scheduled', '2026-05-01T10:00:00Z', at('16:02:05'), '2:05 late'],
    ['scheduled', '2026-05-01T10:00:00Z', Date.parse('2026-04-28T16:00:00Z'), 'in 3 days'],
    ['draft', '2026-05-01T10:00:00Z', Date.parse('2026-04-30T10:00:00Z'), 'in 1 day'],
    ['rehearsal', '2026-05-01T15:00:00Z', at('15:10:00'), '10:00'],
    ['live', '2026-05-01T16:00:00Z', at('17:02:09'), '1:02:09'],
    ['ended', '2026-05-01T17:00:00Z', at('17:12:00'), 'ended 12 min ago'],
    ['archived', '2026-05-01T17:00:00Z', at('18:00:00'), ''],
  ] as const)('in %s, since %s, it says %s', (state, stateSince, now, says) => {
    expect(clockWords({ state, startsAt, stateSince }, now).says).toBe(says)
  })
})

test('lengths, sizes and rates are written as people read them', () => {
  expect([0, 9, 65, 3_600, 36_061].map(clockOf)).toEqual(['0:00', '0:09', '1:05', '1:00:00', '10:01:01'])
  expect([12, 600, 3_600, 3_900].map(durationText)).toEqual(['12 s', '10 min', '1 h', '1 h 5 min'])
  expect([0, 999, 1_500, 1_540_000, 2_250_000_000].map(sizeText)).toEqual(['0 B', '999 B', '2 kB', '1.5 MB', '2.3 GB'])
  expect([850_400, 4_500_000].map(rateText)).toEqual(['850 kbit/s', '4.5 Mbit/s'])
})

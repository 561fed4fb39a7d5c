// Owns: the proof of what the waiting page says at which moment.
import { describe, expect, test } from 'vitest'
import { countdownTo, msToNextSecond } from '../src/attendee/countdown.ts'

const startsAt = Date.UTC(2026, 4, 4, 13, 0, 0)
const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

function reads(leftMs: number): string {
  const countdown = countdownTo(startsAt, startsAt - leftMs)
  return countdown.soon ? 'soon' : countdown.parts.map(({ unit, count }) => `${count} ${unit}`).join(' ')
}

describe('the countdown', () => {
  test.each([
    [3 * day + 4 * hour + 5 * minute + 6 * second, '3 days 4 hours 5 minutes'],
    [day, '1 days 0 hours 0 minutes'],
    [day - second, '23 hours 59 minutes 59 seconds'],
    [hour, '1 hours 0 minutes 0 seconds'],
    [hour - second, '59 minutes 59 seconds'],
    [minute, '1 minutes 0 seconds'],
    [9 * second, '0 minutes 9 seconds'],
    [1, '0 minutes 1 seconds'],
    [0, 'soon'],
    [-5 * minute, 'soon'],
  ])('%i ms before the start', (leftMs, expected) => {
    expect(reads(leftMs)).toBe(expected)
  })

  test('a begun second counts as one', () => {
    expect(reads(8 * second + 1)).toBe('0 minutes 9 seconds')
  })

  test('a clock that is asked when the text changes next reads differently then, and not before', () => {
    let now = startsAt - 3 * second - 250
    const heard: string[] = []
    while (now <= startsAt) {
      heard.push(reads(startsAt - now))
      const wait = msToNextSecond(startsAt, now)
      expect(reads(startsAt - (now + wait - 1))).toBe(heard.at(-1))
      now += wait
    }
    expect(heard).toEqual(['0 minutes 4 seconds', '0 minutes 3 seconds', '0 minutes 2 seconds', '0 minutes 1 seconds', 'soon'])
  })
})

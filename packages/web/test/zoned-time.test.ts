import { describe, expect, test } from 'vitest'
import { instantOf, wallTime } from '../src/backstage/programs/zoned-time.ts'

describe('the clock on the wall of a zone', () => {
  test.each([
    ['2026-05-01 18:00:00', 'Europe/Paris', '2026-05-01T16:00:00.000Z'],
    ['2026-12-01 18:00:00', 'Europe/Paris', '2026-12-01T17:00:00.000Z'],
    ['2026-05-01 09:30:00', 'Asia/Kolkata', '2026-05-01T04:00:00.000Z'],
    ['2026-05-01 09:30:00', 'America/St_Johns', '2026-05-01T12:00:00.000Z'],
    ['2026-05-01 00:00:00', 'Pacific/Auckland', '2026-04-30T12:00:00.000Z'],
    ['2026-05-01 18:00:00', 'UTC', '2026-05-01T18:00:00.000Z'],
  ])('%s in %s is %s, and back', (wall, zone, instant) => {
    expect(instantOf(wall, zone)).toBe(instant)
    expect(wallTime(instant, zone)).toBe(wall)
  })

  test('a time without seconds is one', () => {
    expect(instantOf('2026-05-01 18:00', 'Europe/Paris')).toBe('2026-05-01T16:00:00.000Z')
  })

  test('the hour that comes twice is its first', () => {
    expect(instantOf('2026-10-25 02:30:00', 'Europe/Paris')).toBe('2026-10-25T00:30:00.000Z')
  })

  test('the hour that is left out is what it would have been', () => {
    expect(instantOf('2026-03-29 02:30:00', 'Europe/Paris')).toBe('2026-03-29T01:30:00.000Z')
  })

  test('the day of a change keeps both of its halves', () => {
    expect(instantOf('2026-03-29 01:59:00', 'Europe/Paris')).toBe('2026-03-29T00:59:00.000Z')
    expect(instantOf('2026-03-29 03:00:00', 'Europe/Paris')).toBe('2026-03-29T01:00:00.000Z')
    expect(instantOf('2026-11-01 12:00:00', 'America/New_York')).toBe('2026-11-01T17:00:00.000Z')
  })
})

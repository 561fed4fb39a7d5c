// Owns: the small parts of live that a test can hold by themselves: views, buckets, the tick, close codes.
import { type ErrorCode, errorRow, errors, limits } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { fullBucket, takeToken } from '../../src/live/bucket.ts'
import { closeCodeOf } from '../../src/live/close-code.ts'
import { audienceMs, inSlices, tickMs } from '../../src/live/pace.ts'
import { createViews } from '../../src/live/views.ts'

describe('views', () => {
  test('are told when they change, with a version that grows, and not again', () => {
    const views = createViews()
    views.set('audience', { count: 1 })
    expect(views.take()).toEqual(['{"t":"view","key":"audience","version":1,"value":{"count":1}}'])
    views.set('audience', { count: 1 })
    expect([views.waiting(), views.take()]).toEqual([false, []])
    views.set('audience', { count: 2 })
    expect(views.take()).toEqual(['{"t":"view","key":"audience","version":2,"value":{"count":2}}'])
  })

  test('are told again when a value came and went unseen: a message may have been told with it', () => {
    const views = createViews()
    views.set('chat.likes', { 1: 2 })
    views.take()
    views.set('chat.likes', { 1: 3 })
    views.set('chat.likes', { 1: 2 })
    expect(views.take()).toEqual(['{"t":"view","key":"chat.likes","version":3,"value":{"1":2}}'])
  })

  test('all of them go to whoever enters, told already or not, and stay to be told to the others', () => {
    const views = createViews()
    views.set('a', 1)
    views.take()
    views.set('b', 2)
    expect(views.all()).toHaveLength(2)
    expect(views.take()).toEqual(['{"t":"view","key":"b","version":1,"value":2}'])
  })
})

test('a bucket gives its burst at once, then its rate, and a clock that goes back gives nothing', () => {
  const start = 1_800_000_000_000
  const bucket = fullBucket(start)
  const taken = (now: number, tries: number): number => Array.from({ length: tries }, () => takeToken(bucket, now)).filter(Boolean).length
  expect(taken(start, 2 * limits.framesBurst)).toBe(limits.framesBurst)
  expect(taken(start + 1_000, 2 * limits.framesBurst)).toBe(limits.framesPerSecond)
  expect(taken(start - 60_000, 5)).toBe(0)
  expect(taken(start + 3_600_000, 2 * limits.framesBurst)).toBe(limits.framesBurst)
})

test.each([
  [1, 20, 21],
  [100, 20, 25],
  [10_000, 200, 300],
  [100_000, 300, 300],
])('[5] for %i sockets the tick is between %i and %i ms', (sockets, least, most) => {
  expect(tickMs(sockets)).toBeGreaterThanOrEqual(least)
  expect(tickMs(sockets)).toBeLessThanOrEqual(most)
})

test('a thousand are told in two seconds how many they are, and nobody waits longer than ten to hear it', () => {
  expect([audienceMs(10), audienceMs(1_000), audienceMs(3_000), audienceMs(50_000)]).toEqual([20, 2_000, 6_000, 10_000])
})

test('work on many gives others their turn, and misses nobody', async () => {
  let turns = 0
  const others = setInterval(() => {
    turns += 1
  }, 1)
  const met: number[] = []
  await inSlices(
    Array.from({ length: 400 }, (_, n) => n),
    (n) => {
      met.push(n)
      const end = performance.now() + 0.2
      while (performance.now() < end);
    },
  )
  clearInterval(others)
  expect(met).toEqual(Array.from({ length: 400 }, (_, n) => n))
  expect(turns).toBeGreaterThan(2)
})

test.each(Object.keys(errors) as ErrorCode[])('[5] %s ends a socket with a code that says what its row says', (code) => {
  const { close, retry } = errorRow(code)
  const closes = closeCodeOf(code)
  if (close !== undefined) expect(closes).toBe(close)
  const again = [1012, 4408, 4413, 4429]
  const newToken = [4401, 4419]
  const terminal = [1009, 4400, 4403, 4409, 4410]
  expect([...again, ...newToken, ...terminal]).toContain(closes)
  if (retry === 'later' || retry === 'reconnect') expect(again).toContain(closes)
  if (retry === 'new-token') expect(newToken).toContain(closes)
  if (retry === 'never') expect(terminal).toContain(closes)
})

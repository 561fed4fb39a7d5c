// Owns: the proof that the event's own page keeps its session while it is open, and leaves off where the platform does.
import { Refusal, type SessionAnswer } from '@voila/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepSession } from '../src/attendee/stay.ts'
import type { LiveState } from '../src/live/index.ts'
import { initialState } from '../src/live/state.ts'

const hour = 3_600_000
const start = Date.parse('2030-01-01T00:00:00Z')

let state: LiveState
let bound: number
let renewals: number[]
let renew: ReturnType<typeof vi.fn<() => Promise<SessionAnswer>>>
let wake: () => void
const endingAt = (at: number) => ({ session: { expiresAt: new Date(at).toISOString() } }) as SessionAnswer

beforeEach(() => {
  vi.useFakeTimers({ now: start })
  state = initialState
  bound = start + 24 * hour
  renewals = []
  renew = vi.fn(async () => {
    renewals.push((Date.now() - start) / hour)
    return endingAt(Math.min(Date.now() + 12 * hour, bound))
  })
  keepSession({
    client: { now: Date.now, state: () => state, renew },
    answer: endingAt(start + 12 * hour),
    onWake(listener) {
      wake = listener
      return () => {}
    },
  })
})
afterEach(() => vi.useRealTimers())

test('the session is renewed at half of its time, as often as that gains any, and not after its bound', async () => {
  await vi.advanceTimersByTimeAsync(48 * hour)
  // The last but one reaches the bound; the last finds that nothing is to be had.
  expect(renewals).toEqual([6, 12, 18])
})

test('a machine that was asleep renews when it wakes', async () => {
  vi.setSystemTime(start + 11 * hour)
  wake()
  await vi.advanceTimersByTimeAsync(0)
  expect(renewals).toEqual([11])
})

test('a platform that is away is asked again soon, and at every half of what is left', async () => {
  renew.mockRejectedValueOnce(new Refusal('unavailable'))
  await vi.advanceTimersByTimeAsync(6 * hour + 60_000)
  expect(renewals).toHaveLength(1)
})

test('whoever was sent away asks no more', async () => {
  state = { ...state, connection: { phase: 'ended', code: 'session_revoked' } }
  await vi.advanceTimersByTimeAsync(48 * hour)
  expect(renew).not.toHaveBeenCalled()
})

// Owns: how often the hub tells, and how long it may keep the main loop for it.
import { setImmediate as nextTurn } from 'node:timers/promises'

const shortestTickMs = 20
const longestTickMs = 300
const longestAudienceMs = 10_000
const sliceMs = 5
/** Viewers between two looks at the clock. */
const stride = 16

/** The time between two tellings: what a person doesn't notice, longer the more sockets share the work (23 ms for 100, 298 for 10,000). */
export function tickMs(viewers: number): number {
  return Math.min(longestTickMs, shortestTickMs + viewers / 36)
}

/** The least time between two tellings of how many are there. A thousand are told in two seconds, so more of them are told less often. */
export function audienceMs(viewers: number): number {
  return Math.min(longestAudienceMs, viewers * 2)
}

/** Goes through many viewers in slices of at most 5 ms a loop turn, so that media and commands are never kept waiting. */
export async function inSlices<Each>(all: Iterable<Each>, work: (each: Each) => void): Promise<void> {
  let until = performance.now() + sliceMs
  let done = 0
  for (const each of all) {
    work(each)
    done += 1
    if (done % stride !== 0 || performance.now() < until) continue
    await nextTurn()
    until = performance.now() + sliceMs
  }
}

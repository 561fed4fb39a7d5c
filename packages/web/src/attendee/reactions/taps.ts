// Owns: gathering taps, so that no more than one command a second leaves this page, and fewer where many watch.
import { limits, type ReactionKind } from '@voila/protocol'

export type Counts = Partial<Record<ReactionKind, number>>

/** Some of the first taps are gathered too. */
const gatherMs = 150
/** What a server takes of all pages together, per second. */
const togetherPerSecond = 1_000

/** `now`: Unix milliseconds. */
export function createTaps(options: { send: (counts: Counts) => unknown; viewers: () => number; now: () => number }) {
  let waiting: Counts = {}
  let sentAt = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined

  function flush(): void {
    timer = undefined
    sentAt = options.now()
    const counts = waiting
    waiting = {}
    options.send(counts)
  }
  return {
    tap(kind: ReactionKind): void {
      waiting = { ...waiting, [kind]: Math.min((waiting[kind] ?? 0) + 1, limits.reactionsAtOnce) }
      const pauseMs = Math.max(limits.reactionsMs, (options.viewers() / togetherPerSecond) * 1_000)
      timer ??= setTimeout(flush, Math.max(gatherMs, sentAt + pauseMs - options.now()))
    },
    close(): void {
      clearTimeout(timer)
    },
  }
}

// Owns: how long those who are let in may keep the main loop.
import { setImmediate as nextTurn } from 'node:timers/promises'

const sliceMs = 5

export type Turns = ReturnType<typeof createTurns>

/** Resolves when whoever was let go on has gone on, as far as he goes without waiting for something else. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

/**
 * Lets its callers go on one after the other, for at most 5 ms of a turn of the loop: thousands who come at once are dealt with between
 * media, commands and everything else.
 *
 * @param options.clock  milliseconds, for tests
 */
export function createTurns({ clock = () => performance.now() }: { clock?: () => number } = {}) {
  const waiting: (() => void)[] = []
  let running = false
  let until: number | undefined

  /** Whether there is something left of this turn's slice, which begins with its first use. */
  function isTime(): boolean {
    if (until === undefined) {
      until = clock() + sliceMs
      setImmediate(() => {
        until = undefined
      })
    }
    return clock() < until
  }

  async function run(): Promise<void> {
    running = true
    while (waiting.length > 0) {
      if (isTime()) {
        waiting.shift()?.()
        await settled()
      } else await nextTurn()
    }
    running = false
  }

  return {
    /** Resolves when it is the caller's turn. What he does then, up to his next wait, counts. */
    turn(): Promise<void> {
      return new Promise((resolve) => {
        waiting.push(resolve)
        if (!running) void run()
      })
    },
  }
}

// Owns: a bell for a moment of the server's clock, also where the machine was asleep then or its clock has jumped.
import type { Connectivity } from './connectivity.ts'

/** Timers stand still while a machine sleeps, so the clock is looked at so often. */
const lookMs = 30_000

type Alarm = { set(at: number | undefined): void; close(): void }

/** Rings once for each moment set, never before. Setting another replaces the one before; undefined: none. */
export function createAlarm({ now, onWake, ring }: { now(): number; onWake: Connectivity['onWake']; ring(): void }): Alarm {
  let due: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function look(): void {
    clearTimeout(timer)
    if (due === undefined) return
    const leftMs = due - now()
    if (leftMs > 0) {
      timer = setTimeout(look, Math.min(leftMs, lookMs))
      return
    }
    due = undefined
    ring()
  }

  const stop = onWake(look)
  return {
    set(at) {
      due = at
      look()
    },
    close() {
      due = undefined
      clearTimeout(timer)
      stop()
    },
  }
}

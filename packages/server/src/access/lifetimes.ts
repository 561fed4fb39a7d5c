// Owns: how long sessions last.
import type { Admission } from './candidate.ts'

/** How long somebody may stay who was let in, or let go on, at `at`; all Unix milliseconds. */
export type LifetimeFrom = (at: number) => Pick<Admission, 'expiresAt' | 'renewableUntil'>

export function lifetimes({ sessionSeconds, sessionMaxSeconds }: { sessionSeconds: number; sessionMaxSeconds: number }): LifetimeFrom {
  return (at) => ({ expiresAt: at + sessionSeconds * 1_000, renewableUntil: at + sessionMaxSeconds * 1_000 })
}

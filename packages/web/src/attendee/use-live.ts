// Owns: how components read the live client: what they select, and the passing of time.
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { LiveClient, LiveState } from '../live/index.ts'

/** A part of the live state; `select` must return something that stays the same while nothing of it changed. */
export function useLive<Part>(client: LiveClient, select: (state: LiveState) => Part): Part {
  return useSyncExternalStore(client.subscribe, () => select(client.state()))
}

/**
 * Whole seconds of the server's time until `until` (Unix milliseconds), at least 0, counted down while they pass. Undefined and the past are 0.
 */
export function useSecondsUntil(client: LiveClient, until: number | undefined): number {
  const left = (): number => (until === undefined ? 0 : Math.max(0, Math.ceil((until - client.now()) / 1_000)))
  const [, tick] = useState(0)
  const seconds = left()
  useEffect(() => {
    if (until === undefined || seconds === 0) return
    const timer = setTimeout(() => tick((count) => count + 1), Math.max(50, until - client.now() - (seconds - 1) * 1_000))
    return () => clearTimeout(timer)
  })
  return seconds
}

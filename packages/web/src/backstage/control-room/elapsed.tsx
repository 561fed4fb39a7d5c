// Owns: the clock of the show: how long until it starts, how long it has been on, how long it is over.
import type { Program } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { clockWords } from './clock-words.ts'

type ElapsedProps = { program: Pick<Program, 'state' | 'startsAt' | 'stateSince'>; now: () => number }

/** Counted by the server's clock, renewed on the second. */
export function Elapsed({ program, now }: ElapsedProps) {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setTimeout(() => tick((count) => count + 1), 1_000 - (now() % 1_000) + 5)
    return () => clearTimeout(timer)
  })
  const { says, label } = clockWords(program, now())
  return (
    <span className="room-clock" role="timer" aria-label={label}>
      {says}
    </span>
  )
}

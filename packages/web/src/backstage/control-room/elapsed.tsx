// Owns: the clock of the show: how long until it starts, how long it has been on, how long it is over.
import type { Program } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { clockOf, durationText } from '../programs/measures.ts'

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

const dayMs = 86_400_000

export function clockWords({ state, startsAt, stateSince }: ElapsedProps['program'], now: number): { says: string; label: string } {
  const since = (now - Date.parse(stateSince)) / 1_000
  const until = (Date.parse(startsAt) - now) / 1_000
  if (state === 'live') return { says: clockOf(since), label: 'Time on air' }
  if (state === 'rehearsal') return { says: clockOf(since), label: 'Length of the rehearsal' }
  if (state === 'ended') return { says: `ended ${durationText(since)} ago`, label: 'Time since the end' }
  if (state === 'archived') return { says: '', label: 'Archived' }
  if (until > dayMs / 1_000) return { says: `in ${Math.floor((until * 1_000) / dayMs)} days`, label: 'Time to the start' }
  return until >= 0
    ? { says: `−${clockOf(until)}`, label: 'Time to the start' }
    : { says: `${clockOf(-until)} late`, label: 'Time past the start' }
}

// Owns: what the clock of the show says, by the state of the program.
import type { Program } from '@voila/protocol'
import { clockOf, durationText } from '../programs/measures.ts'

const daySeconds = 86_400

/** @param now  Unix milliseconds, on the server's clock */
export function clockWords(
  { state, startsAt, stateSince }: Pick<Program, 'state' | 'startsAt' | 'stateSince'>,
  now: number,
): { says: string; label: string } {
  const since = (now - Date.parse(stateSince)) / 1_000
  const until = (Date.parse(startsAt) - now) / 1_000
  const days = Math.floor(until / daySeconds)
  if (state === 'live') return { says: clockOf(since), label: 'Time on air' }
  if (state === 'rehearsal') return { says: clockOf(since), label: 'Length of the rehearsal' }
  if (state === 'ended') return { says: `ended ${durationText(Math.max(0, since))} ago`, label: 'Time since the end' }
  if (state === 'archived') return { says: '', label: 'Archived' }
  if (days > 0) return { says: `in ${days} ${days === 1 ? 'day' : 'days'}`, label: 'Time to the start' }
  return until >= 0
    ? { says: `−${clockOf(until)}`, label: 'Time to the start' }
    : { says: `${clockOf(-until)} late`, label: 'Time past the start' }
}

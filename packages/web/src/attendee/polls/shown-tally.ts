// Owns: what came of a poll as attendees are to see it now: once they have voted where that is asked, and when the picture is at the close.
import type { Poll, PollTally } from '@voila/protocol'
import type { LiveClient } from '../../live/index.ts'
import { useCue } from '../cue.ts'
import { useLive } from '../use-live.ts'

/** Undefined: nothing is to be shown. */
export function useShownTally(client: LiveClient, poll: Poll | undefined): PollTally | undefined {
  const tally = useLive(client, (state) => (poll === undefined ? undefined : state.activities.polls?.view.tallies[poll.id]))
  const hasVoted = useLive(client, (state) => poll !== undefined && state.activities.polls?.self?.votes[poll.id] !== undefined)
  const isClosed = poll?.state === 'closed'
  const isCloseHere = useCue(client, poll?.closedAt ?? undefined)
  const waits = { always: false, 'after-voting': !hasVoted && !isClosed, 'after-close': !isClosed || !isCloseHere, never: true }
  return poll === undefined || waits[poll.content.results] ? undefined : tally
}

// Owns: what of a program's life the host page hears of.
import type { LiveState } from '../live/index.ts'
import type { VoilaEventName } from './types.ts'

type Happening = Extract<VoilaEventName, 'ready' | 'live' | 'interrupted' | 'ended'>
type Stage = 'before' | 'live' | 'interrupted' | 'ended'

function stageOf({ views: { program, stream } }: LiveState, before: Stage): Stage {
  if (program?.state === 'ended' || program?.state === 'archived') return 'ended'
  if (program?.state !== 'live') return 'before'
  if (stream?.live === true) return 'live'
  return before === 'live' || before === 'interrupted' ? 'interrupted' : 'before'
}

/** Reads one state after another, and answers what has happened in between. A connection that is lost and back is nothing. */
export function createHappenings(): (state: LiveState) => Happening[] {
  let isReady = false
  let stage: Stage = 'before'
  return (state) => {
    if (state.connection.phase !== 'open') return []
    const happened: Happening[] = isReady ? [] : ['ready']
    isReady = true
    const next = stageOf(state, stage)
    if (next !== stage && next !== 'before') happened.push(next)
    stage = next
    return happened
  }
}

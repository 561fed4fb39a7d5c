// Owns: which take stands on this page now, in the time of its own picture.
import type { ScreenTake } from '@voila/protocol'
import { useEffect, useState } from 'react'
import type { LiveClient } from '../../live/index.ts'
import { useCue } from '../cue.ts'
import { useLive } from '../use-live.ts'

export type Held = { readonly shown: ScreenTake | null; readonly coming: readonly ScreenTake[] }

/** `held` with a take that was told; what has come after it is dropped with a run that is shown no more. */
export function withTake(held: Held, told: readonly ScreenTake[]): Held {
  const newest = told.at(-1)
  if (newest === undefined) return { shown: null, coming: [] }
  const known = [...(held.shown === null ? [] : [held.shown]), ...held.coming]
  // Another run, or a past that was changed.
  if (known.some(({ id, at }) => id > newest.id || (id === newest.id && at !== newest.at))) return { shown: null, coming: [...told] }
  const last = known.at(-1)?.id ?? 0
  const fresh = told.filter(({ id }) => id > last)
  return fresh.length === 0 ? held : { ...held, coming: [...held.coming, ...fresh] }
}

/** `held` once the picture has come to `reached`: it is shown, and waits no more. */
export const withReached = ({ coming }: Held, reached: ScreenTake): Held => ({
  shown: reached,
  coming: coming.filter(({ id }) => id !== reached.id),
})

/** Takes wait for the picture one after another: the speaker may have gone on twice before it comes to the first. */
export function useShownTake(client: LiveClient): ScreenTake | null {
  const current = useLive(client, (state) => state.activities.screen?.view.current ?? null)
  const previous = useLive(client, (state) => state.activities.screen?.view.previous ?? null)
  const isOn = useLive(client, (state) => state.activities.screen?.view.settings.on === true)
  const [held, setHeld] = useState<Held>({ shown: null, coming: [] })
  useEffect(() => {
    setHeld((before) =>
      withTake(
        before,
        [previous, current].filter((take) => take !== null),
      ),
    )
  }, [current, previous])
  const [next] = held.coming
  const reached = useCue(client, next?.at)
  useEffect(() => {
    if (next !== undefined && reached) setHeld((before) => withReached(before, next))
  }, [next, reached])
  return isOn ? held.shown : null
}

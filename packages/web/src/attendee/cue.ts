// Owns: when something that the team has launched is shown: when the picture that somebody sees has come to that moment.
import { useEffect, useRef, useState } from 'react'
import type { LiveClient } from '../live/index.ts'
import { useLive } from './use-live.ts'

/** The moment that the picture shows (Unix milliseconds, of EXT-X-PROGRAM-DATE-TIME); awaited: it is being loaded; undefined: none plays. */
export type Picture = { readonly shows: number } | 'awaited' | undefined

/** A picture that has stood still for so long shows nothing of what is to come. */
const stallMs = 15_000
/** Behind by more than this is no delay of a picture any more, but a clock that is wrong. */
const longestMs = 60_000
const lookMs = 200

/** Whether a picture stands still. One for all cues of a page: what was launched while it stood need not wait anew, one after another. */
export function createStillness() {
  let last: number | undefined
  let movedAt: number | undefined
  return (shows: number | undefined, now: number): boolean => {
    if (movedAt === undefined || shows !== last) movedAt = now
    last = shows
    return now - movedAt >= stallMs
  }
}
export type Stillness = ReturnType<typeof createStillness>

/** Waits for the picture to come to `at` (Unix milliseconds). Reached at once where no picture plays, and where it stands still too long. */
export function createCue(at: number, standsStill: Stillness = createStillness()) {
  return {
    reached(picture: Picture, now: number): boolean {
      if (picture === undefined || now - at > longestMs) return true
      const shows = picture === 'awaited' ? undefined : picture.shows
      if (shows !== undefined && shows >= at) return true
      return standsStill(shows, now)
    },
  }
}

const pictures = new WeakMap<LiveClient, () => Picture>()
const stillnesses = new WeakMap<LiveClient, Stillness>()

function stillnessOf(client: LiveClient): Stillness {
  const known = stillnesses.get(client) ?? createStillness()
  stillnesses.set(client, known)
  return known
}

/** Says what picture the page of this client shows, until it is called off. */
export function offerPicture(client: LiveClient, look: () => Picture): () => void {
  pictures.set(client, look)
  return () => {
    if (pictures.get(client) === look) pictures.delete(client)
  }
}

/** The moment that the picture of this page shows now. */
const pictureOf = (client: LiveClient): Picture => pictures.get(client)?.()

/** How late the picture of this page is, in milliseconds: 0 where none plays; undefined while it is being loaded. */
export function pictureDelay(client: LiveClient): number | undefined {
  const picture = pictureOf(client)
  if (picture === 'awaited') return undefined
  return picture === undefined ? 0 : Math.max(0, client.now() - picture.shows)
}

/**
 * Whether what was launched at `at` (Unix milliseconds, the server's) is to be shown here already; once true it stays so. Nothing is waited
 * for where the program says that cues come at once, and for undefined.
 */
export function useCue(client: LiveClient, at: number | undefined): boolean {
  const isTimed = useLive(client, (state) => state.views.program?.cueTiming !== false)
  const [reached, setReached] = useState(() =>
    at !== undefined && createCue(at, stillnessOf(client)).reached(pictureOf(client), client.now()) ? at : undefined,
  )
  useEffect(() => {
    if (at === undefined || !isTimed) return
    const cue = createCue(at, stillnessOf(client))
    const look = (): void => {
      if (!cue.reached(pictureOf(client), client.now())) return
      clearInterval(timer)
      setReached(at)
    }
    const timer = setInterval(look, lookMs)
    look()
    return () => clearInterval(timer)
  }, [client, at, isTimed])
  return at === undefined || !isTimed || reached === at
}

/** `told`, once the picture has come to `at`, when it was told; until then what was shown before it. Undefined: nothing yet. */
export function useInTime<Shown>(client: LiveClient, told: Shown, at: number | undefined): Shown | undefined {
  const reached = useCue(client, at)
  const held = useRef<Shown>(undefined)
  if (reached) held.current = told
  return held.current
}

// Owns: the pictures of slides that this page holds: each fetched once, as an address that an image can show.
import type { Slide } from '@voila/protocol'
import { useEffect, useState } from 'react'
import type { LiveClient } from '../live/index.ts'

/** Of a whole deck, as somebody goes back and forth. */
const kept = 40
const retryMs = 3_000

type Held = Map<string, Promise<string>>
const byClient = new WeakMap<LiveClient, Held>()

function fetchSlide(client: LiveClient, imageId: string): Promise<string> {
  const held: Held = byClient.get(client) ?? new Map()
  byClient.set(client, held)
  const known = held.get(imageId)
  if (known !== undefined) return known
  const asked = client.slide(imageId).then((blob) => URL.createObjectURL(blob))
  held.set(imageId, asked)
  asked.catch(() => held.delete(imageId))
  const [oldest] = held.keys()
  if (held.size > kept && oldest !== undefined) {
    void held
      .get(oldest)
      ?.then((url) => URL.revokeObjectURL(url))
      .catch(() => undefined)
    held.delete(oldest)
  }
  return asked
}

/**
 * The slide that can be shown, with the address of its picture: the one before stays until the next is there, so that no screen blinks between
 * them. Undefined until the first is there. What could not be fetched is asked for again.
 */
export function useSlide(client: LiveClient, slide: Slide): { slide: Slide; url: string } | undefined {
  const [shown, setShown] = useState<{ slide: Slide; url: string }>()
  useEffect(() => {
    let gone = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = (): void => {
      fetchSlide(client, slide.imageId).then(
        (url) => !gone && setShown({ slide, url }),
        () => {
          if (!gone) timer = setTimeout(ask, retryMs)
        },
      )
    }
    ask()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [client, slide])
  return shown
}

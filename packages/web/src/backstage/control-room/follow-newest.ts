// Owns: a short list that stays at its newest end, unless somebody has scrolled up in it.
import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react'

const nearPx = 32

/** `newest` changes with each arrival. Give the list the ref and the handler. */
export function useFollowNewest<Box extends HTMLElement>(newest: unknown): { box: RefObject<Box | null>; onScroll(): void } {
  const box = useRef<Box>(null)
  const follows = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: an arrival is what moves it
  useLayoutEffect(() => {
    if (follows.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [newest])
  const onScroll = useCallback(() => {
    const element = box.current
    if (element !== null) follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearPx
  }, [])
  return { box, onScroll }
}

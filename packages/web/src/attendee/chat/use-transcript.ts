// Owns: a scrolling list of messages: following the newest, staying put for somebody who reads further up, fetching what was before.
import { type ChatMessage, type ChatView, limits } from '@voila/protocol'
import { type DependencyList, type RefObject, useCallback, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react'
import type { LiveClient } from '../../live/index.ts'
import { advance, applyTold, leaveNewest, prepend, type Transcript } from './transcript.ts'

/** Closer to the newest end than this counts as being there, pixels. */
const nearPx = 48
/** Earlier messages are fetched when this close to the top, pixels. */
const fetchPx = 240

type Change =
  | { readonly kind: 'leave'; readonly view: ChatView }
  | { readonly kind: 'follow' }
  | { readonly kind: 'change'; readonly with: (transcript: Transcript) => Transcript }

/** Undefined: at the newest end, where the view itself is shown. */
function reduceTranscript(before: Transcript | undefined, change: Change): Transcript | undefined {
  if (change.kind === 'follow') return undefined
  if (change.kind === 'leave') return before ?? leaveNewest(change.view)
  return before === undefined ? undefined : change.with(before)
}

export type Fetching = 'idle' | 'busy' | 'failed'

export type ScrolledTranscript = {
  /** Of the element that scrolls; a row in it is known by `data-id`. */
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly items: readonly ChatMessage[]
  readonly earlier: boolean
  readonly fetching: Fetching
  /** Somebody reads further up; `unseen` messages came since. */
  readonly isAway: boolean
  readonly unseen: number
  onScroll(): void
  fetchEarlier(): void
  toNewest(): void
}

/** @param options.around  whatever else changes the height of the list */
export function useTranscript({
  client,
  view,
  around,
}: {
  client: LiveClient
  view: ChatView
  around: DependencyList
}): ScrolledTranscript {
  const scroller = useRef<HTMLDivElement>(null)
  const [away, change] = useReducer(reduceTranscript, undefined)
  const [fetching, setFetching] = useState<Fetching>('idle')
  /** The message that stays where it is while others come and go around it. */
  const anchor = useRef<{ id: string; top: number }>(undefined)
  const following = useRef(true)
  following.current = away === undefined

  const items = away?.items ?? view.messages
  const earlier = away?.earlier ?? view.earlier
  const { snapshots } = client.state()

  useEffect(
    () => client.onItem((item) => item.activity === 'chat' && change({ kind: 'change', with: (held) => applyTold(held, item) })),
    [client],
  )
  useEffect(() => change({ kind: 'change', with: (held) => advance(held, view) }), [view])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a snapshot voids what was gathered before it
  useEffect(() => change({ kind: 'follow' }), [snapshots])

  const noteAnchor = useCallback(() => {
    const box = scroller.current
    if (box === null) return
    const rows = box.querySelectorAll<HTMLElement>('[data-id]')
    const first = [...rows].find((row) => row.offsetTop + row.offsetHeight > box.scrollTop)
    anchor.current = first === undefined ? undefined : { id: first.dataset.id ?? '', top: first.offsetTop - box.scrollTop }
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: everything that changes the height of the list
  useLayoutEffect(() => {
    const box = scroller.current
    if (box === null) return
    if (following.current) {
      box.scrollTop = box.scrollHeight
      return
    }
    const held = anchor.current
    const row = held === undefined ? null : box.querySelector<HTMLElement>(`[data-id="${held.id}"]`)
    if (held !== undefined && row !== null) box.scrollTop += row.offsetTop - box.scrollTop - held.top
    noteAnchor()
  }, [items, away === undefined, fetching, ...around])

  // A keyboard that opens or a composer that grows must not hide the newest message.
  useEffect(() => {
    const box = scroller.current
    if (box === null) return
    const observer = new ResizeObserver(() => {
      if (following.current) box.scrollTop = box.scrollHeight
    })
    observer.observe(box)
    return () => observer.disconnect()
  }, [])

  const fetchEarlier = useCallback(async () => {
    const oldest = items[0]
    if (oldest === undefined || fetching === 'busy') return
    setFetching('busy')
    change({ kind: 'leave', view })
    try {
      const page = await client.history<ChatMessage>('chat', { before: String(oldest.order), limit: limits.chatPage })
      change({ kind: 'change', with: (held) => prepend(held, page) })
      setFetching('idle')
    } catch {
      setFetching('failed')
    }
  }, [client, items, fetching, view])

  function onScroll(): void {
    const box = scroller.current
    if (box === null) return
    const below = box.scrollHeight - box.scrollTop - box.clientHeight
    if (below < nearPx && (away === undefined || away.attached)) {
      change({ kind: 'follow' })
      return
    }
    change({ kind: 'leave', view })
    noteAnchor()
    if (box.scrollTop < fetchPx && earlier && fetching === 'idle') void fetchEarlier()
  }

  const toNewest = useCallback(() => change({ kind: 'follow' }), [])
  return {
    scroller,
    items,
    earlier,
    fetching,
    isAway: away !== undefined,
    unseen: away?.unseen ?? 0,
    onScroll,
    fetchEarlier: () => void fetchEarlier(),
    toNewest,
  }
}

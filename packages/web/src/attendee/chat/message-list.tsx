// Owns: the list of messages: following the newest, staying put for somebody who reads further up, moving through it by keyboard.
import { type ChatMessage, type ChatSelf, type ChatView, limits, type Person } from '@voila/protocol'
import {
  type KeyboardEvent,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { readerLocale } from '../../i18n/index.ts'
import type { LiveClient } from '../../live/index.ts'
import { Icon } from '../icons.tsx'
import type { ChatSend, People } from './chat-port.ts'
import { type MessageMode, MessageRow } from './message-row.tsx'
import { advance, applyTold, leaveNewest, prepend, type Transcript } from './transcript.ts'
import { WaitingRow } from './waiting-row.tsx'
import { editableUntil } from './writing.ts'

export type MessageListHandle = { toNewest(): void; show(id: number): void }

type MessageListProps = {
  ref: Ref<MessageListHandle>
  client: LiveClient
  view: ChatView
  chatSelf: ChatSelf
  self: Person
  people: People
  /** Whether this attendee may write (and like) now. */
  writing: boolean
  send: ChatSend
  onReply: (message: ChatMessage) => void
}

/** Closer to the newest end than this counts as being there, pixels. */
const nearPx = 48
/** Earlier messages are fetched when this close to the top, pixels. */
const fetchPx = 240
/** Messages of one person within this time stand under one name. */
const groupMs = 120_000

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

type Fetching = 'idle' | 'busy' | 'failed'

export function MessageList({ ref, client, view, chatSelf, self, people, writing, send, onReply }: MessageListProps) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const [away, change] = useReducer(reduceTranscript, undefined)
  const [fetching, setFetching] = useState<Fetching>('idle')
  const [activeId, setActiveId] = useState<number>()
  const [mode, setMode] = useState<MessageMode>()
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
  }, [items, away === undefined, fetching, chatSelf.waiting, mode])

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
  useImperativeHandle(ref, () => ({
    toNewest,
    show(id) {
      scroller.current?.querySelector<HTMLElement>(`[data-id="${id}"]`)?.scrollIntoView({ block: 'center' })
      setActiveId(id)
    },
  }))

  /** Arrows walk through the messages; the row that has the focus shows what can be done with it. */
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const row = event.target instanceof HTMLElement && event.target.matches('[data-id]') ? event.target : null
    if (row === null) return
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-id]')]
    const at = rows.indexOf(row)
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    rows[to]?.focus()
  }

  const liked = useMemo(() => new Set(chatSelf.liked), [chatSelf.liked])
  const inView = useMemo(() => new Set(view.messages.map((message) => message.id)), [view.messages])
  const onTeam = self.team === true
  const lastId = items.at(-1)?.id
  const tabbable = activeId !== undefined && items.some((message) => message.id === activeId) ? activeId : lastId
  const onActive = useCallback((id: number | undefined) => setActiveId(id), [])
  const unseen = away?.unseen ?? 0
  const isEmpty = items.length === 0 && chatSelf.waiting.length === 0

  return (
    <div className="log-frame">
      <div
        className="log"
        ref={scroller}
        role="log"
        aria-label={t('chat.log')}
        aria-live="off"
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setActiveId(undefined)}
      >
        {isEmpty && (
          <div className="log-empty">
            <Icon name="message" size={28} />
            <p>{t('chat.empty')}</p>
            <p className="quiet">{writing ? t('chat.emptyHint') : t('chat.emptyClosed')}</p>
          </div>
        )}
        {!isEmpty && <Top earlier={earlier} fetching={fetching} onFetch={() => void fetchEarlier()} />}
        {items.map((message, at) => {
          const before = items[at - 1]
          const own = message.actorId === self.id
          return (
            <MessageRow
              key={message.id}
              message={message}
              person={people.get(message.actorId)}
              repliedTo={message.replyTo === undefined ? undefined : people.get(message.replyTo.actorId)}
              own={own}
              grouped={before !== undefined && groups(before, message)}
              active={activeId === message.id}
              tabbable={tabbable === message.id}
              liked={liked.has(message.id)}
              likeable={writing && inView.has(message.id)}
              writing={writing}
              onTeam={onTeam}
              pinned={view.pinned?.id === message.id}
              editableUntil={own ? editableUntil({ at: message.at, held: false }, { settings: view.settings, onTeam }) : 0}
              mode={mode?.id === message.id ? mode : undefined}
              client={client}
              send={send}
              onActive={onActive}
              onMode={setMode}
              onReply={onReply}
            />
          )
        })}
        {chatSelf.waiting.map((waiting) => (
          <WaitingRow key={waiting.id} waiting={waiting} client={client} send={send} />
        ))}
      </div>
      {away !== undefined && (
        <button
          type="button"
          className="to-newest"
          data-count={unseen > 0}
          onClick={toNewest}
          aria-label={unseen === 0 ? t('chat.toNewest') : undefined}
        >
          {unseen > 0 && t('chat.unseen', { count: unseen, shown: new Intl.NumberFormat(readerLocale()).format(unseen) })}
          <Icon name="down" size={16} />
        </button>
      )}
    </div>
  )
}

function groups(before: ChatMessage, message: ChatMessage): boolean {
  const same = before.actorId === message.actorId && message.at - before.at < groupMs
  return same && before.removed === undefined && message.removed === undefined && message.replyTo === undefined
}

function Top({ earlier, fetching, onFetch }: { earlier: boolean; fetching: Fetching; onFetch: () => void }) {
  const { t } = useTranslation()
  if (!earlier) return <p className="log-top quiet">{t('chat.beginning')}</p>
  if (fetching === 'busy') {
    return (
      <p className="log-top quiet" aria-live="polite">
        {t('chat.loadingEarlier')}
      </p>
    )
  }
  return (
    <p className="log-top quiet">
      {fetching === 'failed' && <span>{t('chat.earlierFailed')} </span>}
      <button type="button" className="link-button" onClick={onFetch}>
        {fetching === 'failed' ? t('chat.again') : t('chat.earlier')}
      </button>
    </p>
  )
}

// Owns: the list of messages on an attendee's page, and moving through it by keyboard.
import type { ChatMessage, ChatSelf, ChatView, Person } from '@voila/protocol'
import { type KeyboardEvent, type Ref, useCallback, useImperativeHandle, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readerLocale } from '../../i18n/index.ts'
import type { LiveClient } from '../../live/index.ts'
import { Icon } from '../icons.tsx'
import type { ChatSend, People } from './chat-port.ts'
import { type MessageMode, MessageRow } from './message-row.tsx'
import { type Fetching, useTranscript } from './use-transcript.ts'
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

/** Messages of one person within this time stand under one name. */
const groupMs = 120_000

export function MessageList({ ref, client, view, chatSelf, self, people, writing, send, onReply }: MessageListProps) {
  const { t } = useTranslation()
  const [activeId, setActiveId] = useState<number>()
  const [mode, setMode] = useState<MessageMode>()
  const { scroller, items, earlier, fetching, isAway, unseen, onScroll, fetchEarlier, toNewest } = useTranscript({
    client,
    view,
    // What stands below the messages and inside them, and so moves them.
    around: [chatSelf.waiting, mode],
  })
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
  // Approval is told to all first, and to its author a moment after.
  const waiting = chatSelf.waiting.filter(({ id }) => !inView.has(id))
  const isEmpty = items.length === 0 && waiting.length === 0

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
        {!isEmpty && <Top earlier={earlier} fetching={fetching} onFetch={fetchEarlier} />}
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
        {waiting.map((each) => (
          <WaitingRow key={each.id} waiting={each} client={client} send={send} />
        ))}
      </div>
      {isAway && (
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

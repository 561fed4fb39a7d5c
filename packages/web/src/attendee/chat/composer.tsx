// Owns: writing a message: the limits told before they bite, and what is on its way until it is in the log.
import { type ActivityStates, type ChatMessage, cleanText, type ErrorCode, limits, type StateRow } from '@voila/protocol'
import {
  type FormEvent,
  type KeyboardEvent,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import { Icon } from '../icons.tsx'
import { useLive, useSecondsUntil } from '../use-live.ts'
import type { ChatSend, Names } from './chat-port.ts'
import { clockText, everyText } from './durations.ts'
import { sendableAt, type Writing, writingOf } from './writing.ts'

/** The counter shows from here on. */
const nearLimit = limits.chatTextUnits - 100

type Outgoing = {
  readonly key: number
  readonly text: string
  readonly at: number
  readonly replyTo: ChatMessage | undefined
  /** Set once acknowledged: gone from here when the log has come that far, or it is among those that wait. */
  readonly seq?: number
  readonly refused?: ErrorCode
}

type ComposerProps = {
  ref: Ref<HTMLTextAreaElement>
  client: LiveClient
  chat: ActivityStates['chat']
  onTeam: boolean
  activities: StateRow['activities']
  watches: boolean
  send: ChatSend
  replyTo: ChatMessage | undefined
  nameOf: Names
  onReplied: () => void
  onSent: () => void
}

export function Composer(props: ComposerProps) {
  const { client, chat, onTeam, activities, watches } = props
  const mutedUntil = chat.self.muted?.until ?? undefined
  // Counted for its end: nothing arrives when a mute runs out.
  useSecondsUntil(client, mutedUntil)
  const writing = writingOf({ watches, activities, settings: chat.view.settings, self: chat.self, onTeam, now: client.now() })
  return writing.may ? <Writer {...props} /> : <Closed writing={writing} />
}

function Closed({ writing }: { writing: Exclude<Writing, { may: true }> }) {
  const { t } = useTranslation()
  const says = writing.until === undefined ? t(`chat.${writing.why}`) : t('chat.mutedUntil', { when: clockText(writing.until) })
  return (
    <p className="composer composer-closed" aria-live="polite">
      <Icon name={writing.why === 'muted' ? 'mute' : 'lock'} size={16} />
      {says}
    </p>
  )
}

function useOutgoing({
  client,
  send,
  waiting,
}: {
  client: LiveClient
  send: ChatSend
  waiting: ActivityStates['chat']['self']['waiting']
}) {
  const seq = useLive(client, (state) => state.position?.seq ?? 0)
  const [outgoing, setOutgoing] = useState<readonly Outgoing[]>([])
  const nextKey = useRef(0)
  const change = (key: number, to: Partial<Outgoing>): void =>
    setOutgoing((list) => list.map((item) => (item.key === key ? { ...item, ...to } : item)))

  const isThere = (item: Outgoing): boolean => item.seq !== undefined && (item.seq <= seq || waiting.some(({ id }) => id === item.seq))
  const shown = outgoing.filter((item) => !isThere(item))
  const isSettled = shown.length === outgoing.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is there by now
  useEffect(() => {
    if (!isSettled) setOutgoing((list) => list.filter((item) => !isThere(item)))
  }, [isSettled])

  return {
    outgoing: shown,
    async post(text: string, replyTo: ChatMessage | undefined): Promise<void> {
      nextKey.current += 1
      const key = nextKey.current
      setOutgoing((list) => [...list, { key, text, replyTo, at: client.now() }])
      const ack = await send({ type: 'post', text, ...(replyTo === undefined ? {} : { replyTo: replyTo.id }) })
      change(key, 'refused' in ack ? { refused: ack.refused.code } : { seq: ack.seq })
    },
    discard: (key: number): void => setOutgoing((list) => list.filter((item) => item.key !== key)),
  }
}

function Writer({ ref, client, chat, onTeam, send, replyTo, nameOf, onReplied, onSent }: ComposerProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const area = useRef<HTMLTextAreaElement>(null)
  const foot = useId()
  useImperativeHandle(ref, () => area.current as HTMLTextAreaElement)
  const connected = useLive(client, (state) => state.connection.phase === 'open')
  const { outgoing, post, discard } = useOutgoing({ client, send, waiting: chat.self.waiting })
  const { settings } = chat.view
  const onTheirWay = outgoing.filter((item) => item.refused === undefined).map((item) => item.at)
  const waitSeconds = useSecondsUntil(client, sendableAt(chat.self, settings, { onTeam, onTheirWay }))
  const cleaned = cleanText(text)
  const over = cleaned.length - limits.chatTextUnits
  const may = cleaned !== '' && over <= 0 && waitSeconds === 0

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = area.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [text])

  function submit(event?: FormEvent): void {
    event?.preventDefault()
    if (!may) return
    void post(cleaned, replyTo)
    setText('')
    onReplied()
    onSent()
    area.current?.focus()
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape' && replyTo !== undefined) onReplied()
    // While an input method composes, Enter chooses a word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    submit()
  }

  return (
    <form className="composer" onSubmit={submit}>
      {outgoing.map((item) => (
        <OutgoingRow
          key={item.key}
          item={item}
          connected={connected}
          onDiscard={() => discard(item.key)}
          onEdit={() => {
            discard(item.key)
            setText((now) => (now.trim() === '' ? item.text : `${item.text}\n${now}`))
            area.current?.focus()
          }}
        />
      ))}
      {replyTo !== undefined && (
        <div className="composer-reply">
          <Icon name="reply" size={16} />
          <p dir="auto">
            <span>{t('chat.replyingTo', { name: nameOf(replyTo.actorId) })}</span>
            <span className="message-excerpt">{replyTo.text}</span>
          </p>
          <button
            type="button"
            className="icon-button"
            aria-label={t('chat.cancelReply')}
            title={t('chat.cancelReply')}
            onClick={onReplied}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
      <div className="composer-field">
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          enterKeyHint="send"
          aria-label={t('chat.write')}
          aria-describedby={foot}
          aria-invalid={over > 0}
          placeholder={t('chat.write')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="submit"
          className="send"
          aria-label={waitSeconds > 0 ? t('chat.sendIn', { count: waitSeconds }) : t('chat.send')}
          title={waitSeconds > 0 ? t('chat.sendIn', { count: waitSeconds }) : t('chat.send')}
          disabled={!may}
        >
          {waitSeconds > 0 ? <span className="send-wait">{waitSeconds}</span> : <Icon name="send" />}
        </button>
      </div>
      <p className="composer-foot" id={foot}>
        <span>
          {!onTeam && settings.slowMs > 0 && t('chat.slow', { every: everyText(settings.slowMs) })}
          {!onTeam && settings.slowMs === 0 && waitSeconds > 0 && t('chat.sendIn', { count: waitSeconds })}
          {!onTeam && settings.review && ` ${t('chat.review')}`}
        </span>
        {cleaned.length >= nearLimit && (
          <span className="composer-count" data-over={over > 0} role={over > 0 ? 'alert' : undefined}>
            {over > 0 ? t('chat.tooLong', { count: over }) : t('chat.length', { used: cleaned.length, max: limits.chatTextUnits })}
          </span>
        )}
      </p>
    </form>
  )
}

type OutgoingRowProps = { item: Outgoing; connected: boolean; onEdit: () => void; onDiscard: () => void }

function OutgoingRow({ item, connected, onEdit, onDiscard }: OutgoingRowProps) {
  const { t } = useTranslation()
  return (
    <div className="outgoing" data-refused={item.refused !== undefined}>
      <p className="message-text" dir="auto">
        {item.text}
      </p>
      {item.refused === undefined ? (
        <p className="quiet">{connected ? t('chat.sending') : t('chat.sendingLater')}</p>
      ) : (
        <div className="row-ways">
          <p className="failed" role="alert">
            {t('chat.notSent')} {t(`errors.${item.refused}`)}
          </p>
          <button type="button" className="button button-small" onClick={onEdit}>
            {t('chat.editAgain')}
          </button>
          <button type="button" className="button button-small" onClick={onDiscard}>
            {t('chat.discard')}
          </button>
        </div>
      )}
    </div>
  )
}

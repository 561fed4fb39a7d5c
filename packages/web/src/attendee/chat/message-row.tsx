// Owns: one message: its words, and what can be done with it.
import type { Ack, ChatMessage, Person } from '@voila/protocol'
import { memo, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import { Icon, type IconName } from '../icons.tsx'
import { useSecondsUntil } from '../use-live.ts'
import type { ChatSend } from './chat-port.ts'
import { clockText } from './durations.ts'
import { MessageEditor } from './message-editor.tsx'
import { MessageText } from './message-text.tsx'

/** What is being asked or changed in a row. */
export type MessageMode = { readonly id: number; readonly kind: 'delete' | 'edit' | 'mute' }

type RowProps = {
  message: ChatMessage
  person: Person | undefined
  repliedTo: Person | undefined
  own: boolean
  /** Stands under the name of the message before. */
  grouped: boolean
  active: boolean
  tabbable: boolean
  liked: boolean
  likeable: boolean
  writing: boolean
  onTeam: boolean
  pinned: boolean
  /** Unix milliseconds; 0: never. */
  editableUntil: number
  mode: MessageMode | undefined
  client: LiveClient
  send: ChatSend
  onActive: (id: number | undefined) => void
  onMode: (mode: MessageMode | undefined) => void
  onReply: (message: ChatMessage) => void
}

/** Rendered again only when something of this message changed. */
export const MessageRow = memo(function MessageRow(props: RowProps) {
  const { t } = useTranslation()
  const { message, person, own, grouped, active, mode } = props
  const [refused, setRefused] = useState('')
  const row = useRef<HTMLElement>(null)
  const name = person?.displayName ?? t('chat.someone')

  async function ask(command: Parameters<ChatSend>[0]): Promise<Ack> {
    const ack = await props.send(command)
    setRefused('refused' in ack ? t(`errors.${ack.refused.code}`) : '')
    return ack
  }
  function leaveMode(): void {
    props.onMode(undefined)
    row.current?.focus()
  }

  return (
    <article
      ref={row}
      className="message"
      data-id={message.id}
      data-own={own}
      data-grouped={grouped}
      data-active={active}
      tabIndex={props.tabbable ? 0 : -1}
      onPointerEnter={(event) => event.pointerType === 'mouse' && props.onActive(message.id)}
      onPointerUp={(event) => event.pointerType !== 'mouse' && props.onActive(message.id)}
      onFocus={() => props.onActive(message.id)}
    >
      {message.replyTo !== undefined && message.removed === undefined && (
        <p className="message-reply" dir="auto">
          <Icon name="reply" size={14} />
          <span className="unseen">{t('chat.repliedTo', { name: '' })}</span>
          <bdi>{props.repliedTo?.displayName ?? t('chat.someone')}</bdi>
          <span className="message-excerpt">{message.replyTo.excerpt}</span>
        </p>
      )}
      {!grouped && (
        <p className="message-head">
          <bdi className="message-name">{name}</bdi>
          {person?.team === true && <span className="badge">{t('chat.team')}</span>}
          {person?.guest === true && <span className="badge badge-quiet">{t('chat.guest')}</span>}
          {own && <span className="badge badge-own">{t('chat.you')}</span>}
          <time className="message-time" dateTime={new Date(message.at).toISOString()}>
            {clockText(message.at)}
          </time>
        </p>
      )}
      {grouped && <span className="unseen">{name}</span>}
      {mode?.kind === 'edit' ? (
        <MessageEditor
          id={message.id}
          text={message.text}
          editableUntil={props.editableUntil}
          client={props.client}
          send={ask}
          onDone={leaveMode}
        />
      ) : (
        <Body {...props} ask={ask} />
      )}
      {message.likes > 0 && message.removed === undefined && <Likes {...props} ask={ask} />}
      {mode?.kind === 'delete' && (
        <Confirm question={t('chat.deleteAsk')} onCancel={leaveMode} cancel={t('chat.keep')}>
          <button
            type="button"
            className="button button-small button-danger"
            onClick={() => void ask({ type: 'remove', message: message.id }).then(leaveMode)}
          >
            {t('chat.delete')}
          </button>
        </Confirm>
      )}
      {mode?.kind === 'mute' && (
        <Confirm question={t('chat.muteAsk', { name })} onCancel={leaveMode} cancel={t('chat.cancel')}>
          <button
            type="button"
            className="button button-small"
            onClick={() => void ask({ type: 'mute', attendee: message.actorId, forMs: 600_000 }).then(leaveMode)}
          >
            {t('chat.muteTen')}
          </button>
          <button
            type="button"
            className="button button-small"
            onClick={() => void ask({ type: 'mute', attendee: message.actorId }).then(leaveMode)}
          >
            {t('chat.muteAlways')}
          </button>
        </Confirm>
      )}
      {refused !== '' && (
        <p className="failed" aria-live="polite">
          {refused}
        </p>
      )}
      {active && mode === undefined && message.removed === undefined && <Actions {...props} ask={ask} />}
    </article>
  )
})

type Ask = { ask: ChatSend }

function Body({ message, own, onTeam, writing, ask }: RowProps & Ask) {
  const { t } = useTranslation()
  if (message.removed !== undefined) {
    const says = { author: t('chat.removedByAuthor'), team: t('chat.removedByTeam'), erased: t('chat.removedErased') }
    const restorable = onTeam && writing && (message.removed === 'team' || (message.removed === 'author' && own))
    return (
      <p className="message-gone">
        {says[message.removed]}{' '}
        {restorable && (
          <button type="button" className="link-button" onClick={() => void ask({ type: 'restore', message: message.id })}>
            {t('chat.restore')}
          </button>
        )}
      </p>
    )
  }
  return (
    <p className="message-text" dir="auto">
      <MessageText text={message.text} />
      {message.editedAt !== undefined && <span className="message-edited"> ({t('chat.edited')})</span>}
    </p>
  )
}

function Likes({ message, liked, likeable, ask }: RowProps & Ask) {
  const { t } = useTranslation()
  const label = t('chat.likes', { count: message.likes })
  if (!likeable) {
    return (
      <span className="likes" title={label}>
        <Icon name="heart" size={14} filled={liked} />
        <span aria-hidden="true">{message.likes}</span>
        <span className="unseen">{label}</span>
      </span>
    )
  }
  return (
    <button
      type="button"
      className="likes"
      aria-pressed={liked}
      aria-label={label}
      title={liked ? t('chat.unlike') : t('chat.like')}
      onClick={() => void ask({ type: liked ? 'unlike' : 'like', message: message.id })}
    >
      <Icon name="heart" size={14} filled={liked} />
      {message.likes}
    </button>
  )
}

function Actions(props: RowProps & Ask) {
  const { t } = useTranslation()
  const { message, own, onTeam, writing, liked, pinned, likeable, ask, onMode } = props
  const editable = useSecondsUntil(props.client, props.editableUntil) > 0
  const mode = (kind: MessageMode['kind']) => (): void => onMode({ id: message.id, kind })
  return (
    <div className="actions" role="toolbar" aria-label={t('chat.actions')}>
      {likeable && (
        <Action
          icon="heart"
          filled={liked}
          label={liked ? t('chat.unlike') : t('chat.like')}
          onDo={() => void ask({ type: liked ? 'unlike' : 'like', message: message.id })}
        />
      )}
      {writing && <Action icon="reply" label={t('chat.reply')} onDo={() => props.onReply(message)} />}
      {own && writing && editable && <Action icon="pencil" label={t('chat.edit')} onDo={mode('edit')} />}
      {onTeam && (
        <Action
          icon={pinned ? 'unpin' : 'pin'}
          label={pinned ? t('chat.unpin') : t('chat.pin')}
          onDo={() => void ask({ type: 'pin', message: pinned ? null : message.id })}
        />
      )}
      {onTeam && !own && <Action icon="mute" label={t('chat.mute')} onDo={mode('mute')} />}
      {onTeam && <Action icon="trash" label={t('chat.delete')} onDo={() => void ask({ type: 'remove', message: message.id })} />}
      {own && !onTeam && <Action icon="trash" label={t('chat.delete')} onDo={mode('delete')} />}
    </div>
  )
}

function Action({ icon, label, filled = false, onDo }: { icon: IconName; label: string; filled?: boolean; onDo: () => void }) {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onDo}>
      <Icon name={icon} size={18} filled={filled} />
    </button>
  )
}

type ConfirmProps = { question: string; cancel: string; onCancel: () => void; children: React.ReactNode }

function Confirm({ question, cancel, onCancel, children }: ConfirmProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.querySelector('button')?.focus(), [])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape cancels from whichever button inside has the focus
    <div className="confirm" ref={place} onKeyDown={(event) => event.key === 'Escape' && onCancel()}>
      <p>{question}</p>
      <div className="row-ways">
        {children}
        <button type="button" className="button button-small" onClick={onCancel}>
          {cancel}
        </button>
      </div>
    </div>
  )
}

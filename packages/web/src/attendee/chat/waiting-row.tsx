// Owns: an own message that the team has not read yet.
import { type ChatSelf, limits } from '@voila/protocol'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import { Icon } from '../icons.tsx'
import { useSecondsUntil } from '../use-live.ts'
import type { ChatSend } from './chat-port.ts'
import { MessageEditor } from './message-editor.tsx'

type WaitingProps = { waiting: ChatSelf['waiting'][number]; client: LiveClient; send: ChatSend }

/** Its author alone sees it, and may take it back or change it. */
export function WaitingRow({ waiting, client, send }: WaitingProps) {
  const { t } = useTranslation()
  const [editing, setEditing] = useState(false)
  const [refused, setRefused] = useState('')
  const editableUntil = waiting.at + limits.chatEditMs
  const editable = useSecondsUntil(client, editableUntil) > 0

  async function ask(command: Parameters<ChatSend>[0]): ReturnType<ChatSend> {
    const ack = await send(command)
    setRefused('refused' in ack ? t(`errors.${ack.refused.code}`) : '')
    return ack
  }
  return (
    <div className="message message-waiting">
      {editing ? (
        <MessageEditor
          id={waiting.id}
          text={waiting.text}
          editableUntil={editableUntil}
          client={client}
          send={ask}
          onDone={() => setEditing(false)}
        />
      ) : (
        <p className="message-text" dir="auto">
          {waiting.text}
        </p>
      )}
      <p className="message-foot">
        <Icon name="clock" size={14} /> <span>{t('chat.waiting')}</span>
        {editable && !editing && (
          <button type="button" className="link-button" onClick={() => setEditing(true)}>
            {t('chat.edit')}
          </button>
        )}
        <button type="button" className="link-button" onClick={() => void ask({ type: 'remove', message: waiting.id })}>
          {t('chat.delete')}
        </button>
      </p>
      <p className="failed" aria-live="polite">
        {refused}
      </p>
    </div>
  )
}

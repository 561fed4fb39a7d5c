// Owns: the messages that wait for the team, and what the team does with them.
import type { ChatMessage } from '@voila/protocol'
import { useTranslation } from 'react-i18next'
import type { ChatSend, Names } from './chat-port.ts'
import { MessageText } from './message-text.tsx'

export function ReviewQueue({ waiting, send, nameOf }: { waiting: readonly ChatMessage[]; send: ChatSend; nameOf: Names }) {
  const { t } = useTranslation()
  return (
    <details className="queue" open>
      <summary>{t('chat.queue', { count: waiting.length })}</summary>
      <ul>
        {waiting.map((message) => (
          <li key={message.id}>
            <p className="message-head">
              <bdi className="message-name">{nameOf(message.actorId)}</bdi>
            </p>
            <p className="message-text" dir="auto">
              <MessageText text={message.text} />
            </p>
            <div className="row-ways">
              <button
                type="button"
                className="button button-small button-main"
                onClick={() => void send({ type: 'approve', message: message.id })}
              >
                {t('chat.approve')}
              </button>
              <button type="button" className="button button-small" onClick={() => void send({ type: 'dismiss', message: message.id })}>
                {t('chat.dismiss')}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </details>
  )
}

// Owns: the messages that wait for the team, and what the team does with them.
import { type ChatMessage, claimKey } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import { useLive } from '../use-live.ts'
import type { ChatSend, Names } from './chat-port.ts'
import { MessageText } from './message-text.tsx'

const undoMs = 10_000

type QueueProps = { client: LiveClient; waiting: readonly ChatMessage[]; send: ChatSend; nameOf: Names }

/** Nothing while nothing waits, and nothing was dismissed that could come back. */
export function ReviewQueue({ client, waiting, send, nameOf }: QueueProps) {
  const { t } = useTranslation()
  const claims = useLive(client, (state) => state.activities.moderation?.view.claims)
  const selfId = useLive(client, (state) => state.self?.id)
  /** Somebody else of the team looks at it. */
  const holderOf = ({ id }: ChatMessage): string | undefined => {
    const holder = claims?.[claimKey('chat', id)]?.actorId
    return holder === selfId ? undefined : holder
  }
  const [dismissed, setDismissed] = useState<number>()
  useEffect(() => {
    if (dismissed === undefined) return
    const timer = setTimeout(() => setDismissed(undefined), undoMs)
    return () => clearTimeout(timer)
  }, [dismissed])

  async function dismiss(message: number): Promise<void> {
    const ack = await send({ type: 'dismiss', message })
    if (!('refused' in ack)) setDismissed(message)
  }
  function restore(): void {
    void send({ type: 'restore', message: dismissed })
    setDismissed(undefined)
  }

  if (waiting.length === 0 && dismissed === undefined) return null
  return (
    <details className="queue" open>
      <summary>{t('chat.queue', { count: waiting.length })}</summary>
      {dismissed !== undefined && (
        <p className="queue-undo" aria-live="polite">
          {t('chat.dismissed')}{' '}
          <button type="button" className="link-button" onClick={restore}>
            {t('chat.undo')}
          </button>
        </p>
      )}
      <ul>
        {waiting.map((message) => (
          <li key={message.id}>
            <p className="message-head">
              <bdi className="message-name">{nameOf(message.actorId)}</bdi>
            </p>
            <p className="message-text" dir="auto">
              <MessageText text={message.text} />
            </p>
            {holderOf(message) === undefined ? (
              <div className="row-ways">
                <button
                  type="button"
                  className="button button-small button-main"
                  onClick={() => void send({ type: 'approve', message: message.id })}
                >
                  {t('chat.approve')}
                </button>
                <button type="button" className="button button-small" onClick={() => void dismiss(message.id)}>
                  {t('chat.dismiss')}
                </button>
              </div>
            ) : (
              <p className="quiet">{t('chat.heldBy', { name: nameOf(holderOf(message) ?? '') })}</p>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}

// Owns: the pinned message above the others.
import type { ChatMessage } from '@voila/protocol'
import { useTranslation } from 'react-i18next'
import { Icon } from '../icons.tsx'
import { MessageText } from './message-text.tsx'

type PinnedProps = { message: ChatMessage; name: string; onShow: (id: number) => void; onUnpin?: () => void }

/** `onUnpin` is there for the team alone. */
export function Pinned({ message, name, onShow, onUnpin }: PinnedProps) {
  const { t } = useTranslation()
  return (
    <div className="pinned">
      <Icon name="pin" size={16} />
      <div className="pinned-body">
        <p className="pinned-head">
          <button type="button" className="pinned-label" title={t('chat.goTo')} onClick={() => onShow(message.id)}>
            {t('chat.pinned')}
          </button>{' '}
          <bdi>{name}</bdi>
        </p>
        <p className="pinned-text" dir="auto">
          <MessageText text={message.text} />
        </p>
      </div>
      {onUnpin !== undefined && (
        <button type="button" className="icon-button" aria-label={t('chat.unpin')} title={t('chat.unpin')} onClick={onUnpin}>
          <Icon name="close" size={16} />
        </button>
      )}
    </div>
  )
}

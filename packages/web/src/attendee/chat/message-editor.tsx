// Owns: editing an own message in its place.
import { limits } from '@voila/protocol'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import { useSecondsUntil } from '../use-live.ts'
import type { ChatSend } from './chat-port.ts'

type EditorProps = {
  id: number
  text: string
  /** Unix milliseconds; after that the server refuses. */
  editableUntil: number
  client: LiveClient
  send: ChatSend
  onDone: () => void
}

/** Edits an own message in its place, for as long as that is possible. */
export function MessageEditor({ id, text: original, editableUntil, client, send, onDone }: EditorProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(original)
  const area = useRef<HTMLTextAreaElement>(null)
  const left = useSecondsUntil(client, editableUntil)
  const trimmed = text.trim()
  const good = trimmed !== '' && trimmed.length <= limits.chatTextUnits && left > 0
  useEffect(() => {
    area.current?.focus()
    area.current?.setSelectionRange(original.length, original.length)
  }, [original])

  async function save(): Promise<void> {
    if (!good) return
    const ack = await send({ type: 'edit', message: id, text: trimmed })
    if (!('refused' in ack)) onDone()
  }
  return (
    <form
      className="edit"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <textarea
        ref={area}
        dir="auto"
        rows={2}
        aria-label={t('chat.editing')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone()
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault()
            void save()
          }
        }}
      />
      <p className="quiet">
        {trimmed.length > limits.chatTextUnits
          ? t('chat.tooLong', { count: trimmed.length - limits.chatTextUnits })
          : t('chat.editLeft', { count: left })}
      </p>
      <div className="row-ways">
        <button type="submit" className="button button-small button-main" disabled={!good}>
          {t('chat.save')}
        </button>
        <button type="button" className="button button-small" onClick={onDone}>
          {t('chat.cancel')}
        </button>
      </div>
    </form>
  )
}

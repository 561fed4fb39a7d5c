// Owns: writing or changing a text in its place: a question of one's own, an answer, a reply.
import { cleanText } from '@voila/protocol'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

type TextFormProps = {
  label: string
  text: string
  maxUnits: number
  saves: string
  /** Below the field. */
  says?: string
  /** Answers whether it happened. */
  onSave: (text: string) => Promise<boolean>
  onDone: () => void
}

export function TextForm({ label, text: original, maxUnits, saves, says, onSave, onDone }: TextFormProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(original)
  const area = useRef<HTMLTextAreaElement>(null)
  const cleaned = cleanText(text)
  const over = cleaned.length - maxUnits
  const good = cleaned !== '' && over <= 0
  useEffect(() => {
    area.current?.focus()
    area.current?.setSelectionRange(original.length, original.length)
  }, [original])

  async function save(): Promise<void> {
    if (good && (await onSave(cleaned))) onDone()
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
        rows={3}
        aria-label={label}
        aria-invalid={over > 0}
        placeholder={label}
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
      {(over > 0 || says !== undefined) && <p className="quiet">{over > 0 ? t('chat.tooLong', { count: over }) : says}</p>}
      <div className="row-ways">
        <button type="submit" className="button button-small button-main" disabled={!good}>
          {saves}
        </button>
        <button type="button" className="button button-small" onClick={onDone}>
          {t('chat.cancel')}
        </button>
      </div>
    </form>
  )
}

// Owns: asking a question: the limits told before they bite, and under which name it is asked.
import { cleanText, type ErrorCode, limits, nextAskAt, type QuestionsSelf, type QuestionsSettings } from '@voila/protocol'
import { type FormEvent, type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import { clockText } from '../chat/durations.ts'
import { Icon } from '../icons.tsx'
import { useLive, useSecondsUntil } from '../use-live.ts'
import type { Asking } from './asking.ts'
import type { QuestionsSend } from './questions-port.ts'

/** The counter shows from here on. */
const nearLimit = limits.questionTextUnits - 100

type AskFormProps = {
  client: LiveClient
  settings: QuestionsSettings
  self: QuestionsSelf
  onTeam: boolean
  send: QuestionsSend
}

export function AskClosed({ asking }: { asking: Exclude<Asking, { may: true }> }) {
  const { t } = useTranslation()
  const says = asking.until === undefined ? t(`questions.${asking.why}`) : t('questions.mutedUntil', { when: clockText(asking.until) })
  return (
    <p className="composer composer-closed" aria-live="polite">
      <Icon name={asking.why === 'muted' ? 'mute' : 'lock'} size={16} />
      {says}
    </p>
  )
}

export function AskForm({ client, settings, self, onTeam, send }: AskFormProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [wantsToHide, setWantsToHide] = useState(false)
  const [sending, setSending] = useState(false)
  const [sent, setSent] = useState(false)
  const [refused, setRefused] = useState<ErrorCode>()
  const area = useRef<HTMLTextAreaElement>(null)
  const foot = useId()
  const connected = useLive(client, (state) => state.connection.phase === 'open')
  const waitSeconds = useSecondsUntil(client, onTeam ? undefined : nextAskAt(self.asks))
  const cleaned = cleanText(text)
  const over = cleaned.length - limits.questionTextUnits
  const may = cleaned !== '' && over <= 0 && waitSeconds === 0 && !sending
  const { anonymous } = settings

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    const element = area.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [text])

  async function submit(event?: FormEvent): Promise<void> {
    event?.preventDefault()
    if (!may) return
    setSending(true)
    setRefused(undefined)
    const hides = wantsToHide && anonymous !== 'no'
    const ack = await send({ type: 'ask', text: cleaned, ...(hides ? { anonymous: true } : {}) })
    setSending(false)
    if ('refused' in ack) setRefused(ack.refused.code)
    else {
      setText('')
      setSent(true)
    }
    area.current?.focus()
  }
  function onKeyDown(event: KeyboardEvent): void {
    // While an input method composes, Enter chooses a word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    void submit()
  }
  const label = waitSeconds > 0 ? t('questions.askIn', { count: waitSeconds }) : t('questions.send')

  return (
    <form className="composer" onSubmit={(event) => void submit(event)}>
      <div className="composer-field">
        <textarea
          ref={area}
          rows={1}
          dir="auto"
          enterKeyHint="send"
          aria-label={t('questions.ask')}
          aria-describedby={foot}
          aria-invalid={over > 0}
          placeholder={t('questions.ask')}
          value={text}
          readOnly={sending}
          onChange={(event) => {
            setText(event.target.value)
            setSent(false)
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="send" aria-label={label} title={label} disabled={!may}>
          {waitSeconds > 0 ? <span className="send-wait">{waitSeconds}</span> : <Icon name="send" />}
        </button>
      </div>
      {anonymous !== 'no' && !onTeam && (
        <label className="ask-hide">
          <input type="checkbox" checked={wantsToHide} onChange={(event) => setWantsToHide(event.target.checked)} />
          <span>
            {t(anonymous === 'fully' ? 'questions.hideFully' : 'questions.hide')}
            <small>{t(anonymous === 'fully' ? 'questions.hideFullyHint' : 'questions.hideHint')}</small>
          </span>
        </label>
      )}
      <p className="composer-foot" id={foot}>
        <span aria-live="polite">
          {sending && t(connected ? 'questions.sending' : 'questions.sendingLater')}
          {!sending && sent && t('questions.sent')}
          {!sending && !sent && waitSeconds > 0 && text !== '' && t('questions.askIn', { count: waitSeconds })}
          {!sending && !sent && !(waitSeconds > 0 && text !== '') && !onTeam && settings.review && t('questions.reviewed')}
        </span>
        {cleaned.length >= nearLimit && (
          <span className="composer-count" data-over={over > 0} role={over > 0 ? 'alert' : undefined}>
            {over > 0 ? t('chat.tooLong', { count: over }) : t('chat.length', { used: cleaned.length, max: limits.questionTextUnits })}
          </span>
        )}
      </p>
      {refused !== undefined && (
        <p className="failed" role="alert">
          {t('questions.notSent')} {t(`errors.${refused}`)}
        </p>
      )}
    </form>
  )
}

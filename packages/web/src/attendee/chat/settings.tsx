// Owns: what the team sets for the whole chat.
import { type ChatView, limits } from '@voila/protocol'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChatSend, Names } from './chat-port.ts'
import { clockText, everyText } from './durations.ts'

const slowChoicesMs = [5_000, 10_000, 30_000, 60_000, 300_000, limits.chatSlowMaxMs]

type SettingsProps = { view: ChatView; send: ChatSend; nameOf: Names; onClose: () => void }

/** Shows the settings as they are; a change is a command, and shows when it has happened. */
export function Settings({ view, send, nameOf, onClose }: SettingsProps) {
  const { t } = useTranslation()
  const [failed, setFailed] = useState('')
  const place = useRef<HTMLDivElement>(null)
  const { settings, clearing } = view
  const muted = Object.keys(view.muted)
  useEffect(() => place.current?.querySelector('input')?.focus(), [])

  async function ask(command: Parameters<ChatSend>[0]): Promise<void> {
    const ack = await send(command)
    setFailed('refused' in ack ? t('settings.failed', { why: t(`errors.${ack.refused.code}`) }) : '')
  }
  const configure = (change: { open?: boolean; review?: boolean; slowMs?: number }): void => void ask({ type: 'configure', ...change })

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from whichever control inside has the focus
    <div className="settings" ref={place} onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <Switch
        label={t('settings.chatOpen')}
        hint={t('settings.chatOpenHint')}
        on={settings.open}
        onSwitch={(open) => configure({ open })}
      />
      <Switch
        label={t('settings.review')}
        hint={t('settings.reviewHint')}
        on={settings.review}
        onSwitch={(review) => configure({ review })}
      />
      <label className="setting">
        <span>{t('settings.slow')}</span>
        <select value={settings.slowMs} onChange={(event) => configure({ slowMs: Number(event.target.value) })}>
          <option value={0}>{t('settings.slowOff')}</option>
          {[...new Set([...slowChoicesMs, ...(settings.slowMs > 0 ? [settings.slowMs] : [])])]
            .sort((a, b) => a - b)
            .map((ms) => (
              <option key={ms} value={ms}>
                {everyText(ms)}
              </option>
            ))}
        </select>
      </label>
      {muted.length > 0 && (
        <details className="setting-list">
          <summary>{t('settings.muted', { count: muted.length })}</summary>
          <ul>
            {muted.map((id) => (
              <li key={id}>
                <bdi>{nameOf(id)}</bdi>
                <button type="button" className="button button-small" onClick={() => void ask({ type: 'unmute', attendee: id })}>
                  {t('settings.unmute')}
                </button>
              </li>
            ))}
          </ul>
        </details>
      )}
      <div className="row-ways">
        <button type="button" className="button button-small" onClick={() => void ask({ type: 'clear' })}>
          {t('settings.clear')}
        </button>
        {clearing !== null && (
          <button type="button" className="button button-small" onClick={() => void ask({ type: 'restore', clearing: clearing.id })}>
            {t('settings.unclear', { when: clockText(clearing.at) })}
          </button>
        )}
      </div>
      <p className="quiet">{t('settings.clearHint')}</p>
      <p className="failed" aria-live="polite">
        {failed}
      </p>
    </div>
  )
}

function Switch({ label, hint, on, onSwitch }: { label: string; hint: string; on: boolean; onSwitch: (on: boolean) => void }) {
  const id = useId()
  return (
    <label className="setting">
      <span>
        {label}
        <small id={id}>{hint}</small>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-describedby={id}
        aria-checked={on}
        checked={on}
        onChange={(event) => onSwitch(event.target.checked)}
      />
    </label>
  )
}

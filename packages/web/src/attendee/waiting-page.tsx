// Owns: the page before the start: what it is, when it starts, and how long that is.
import type { PlatformViews } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readerLocale } from '../i18n/index.ts'
import { countdownTo, msToNextSecond } from './countdown.ts'

/** The time that is left, renewed on the second. `to`: Unix milliseconds; `soon`: what is said when none is. */
export function Countdown(props: { to: number; now: () => number; label: string; soon: string; onSoon?: (soon: boolean) => void }) {
  const { to, now, label, onSoon } = props
  const { t } = useTranslation()
  const [at, setAt] = useState(now)
  useEffect(() => {
    const timer = setTimeout(() => setAt(now()), msToNextSecond(to, at) + 5)
    return () => clearTimeout(timer)
  }, [at, to, now])
  const countdown = countdownTo(to, at)
  useEffect(() => onSoon?.(countdown.soon), [countdown.soon, onSoon])
  if (countdown.soon) {
    return (
      <p className="waiting-soon" aria-live="polite">
        <span className="waiting-pulse" aria-hidden="true" />
        {props.soon}
      </p>
    )
  }
  return (
    <div className="countdown" role="timer" aria-label={label}>
      {countdown.parts.map(({ unit, count }) => (
        <div key={unit} className="countdown-part">
          <span className="countdown-count">{unit === 'days' || unit === 'hours' ? count : String(count).padStart(2, '0')}</span>
          <span className="countdown-unit">{t(`waiting.${unit}`, { count })}</span>
        </div>
      ))}
    </div>
  )
}

/** The page itself. */
export function Waiting({ program, now }: { program: PlatformViews['program']; now: () => number }) {
  const { title, description, language, startsAt, coverUrl, logoUrl } = program
  const { t } = useTranslation()
  const [soon, setSoon] = useState(() => countdownTo(startsAt, now()).soon)
  return (
    <div className="waiting">
      {coverUrl !== null && <img className="waiting-cover" src={coverUrl} alt="" />}
      {logoUrl !== null && <img className="waiting-logo" src={logoUrl} alt="" />}
      <h1 lang={language} dir="auto">
        {title}
      </h1>
      <p className="waiting-when">
        <time dateTime={new Date(startsAt).toISOString()}>{t('waiting.startsAt', { when: whenOf(startsAt) })}</time>
      </p>
      <Countdown to={startsAt} now={now} label={t('waiting.startsIn')} soon={t('waiting.soon')} onSoon={setSoon} />
      <p className="waiting-hint">{soon ? t('waiting.soonHint') : t('waiting.stayHint')}</p>
      {description !== '' && (
        <p className="waiting-about" lang={language} dir="auto">
          {description}
        </p>
      )}
    </div>
  )
}

/** Day and time in the reader's zone, the zone named. */
export function whenOf(at: number): string {
  return new Intl.DateTimeFormat(readerLocale(), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at)
}

// Owns: the page of somebody who comes before the doors open: when that is, how long, and that it goes on by itself then.
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './icons.tsx'
import { splitSentences } from './refusal-text.ts'
import { Countdown, whenOf } from './waiting-page.tsx'

/** Thousands wait for the same second: they come within so long after it. */
const spreadMs = 3_000
/** Timers take 31 bits. */
const longestMs = 2 ** 30

export function DoorsPage({ opensAt }: { opensAt: number }) {
  const { t } = useTranslation()
  const headingId = useId()
  const [now] = useState(() => Date.now)
  useEffect(() => {
    document.title = t('doors.title')
  }, [t])
  // The answer of the company's sign-in is no page to reload: it would be sent again.
  const isBack = location.pathname.startsWith('/saml/')
  useEffect(() => {
    if (isBack) return undefined
    const timer = setTimeout(() => location.reload(), Math.min(Math.max(opensAt - Date.now(), 0) + spreadMs * Math.random(), longestMs))
    return () => clearTimeout(timer)
  }, [opensAt, isBack])
  return (
    <main className="plain" aria-labelledby={headingId}>
      <div className="plain-card">
        <span className="plain-icon">
          <Icon name="clock" size={28} />
        </span>
        <h1 id={headingId}>{t('doors.title')}</h1>
        <p>
          <time dateTime={new Date(opensAt).toISOString()}>{t('doors.opensAt', { when: whenOf(opensAt) })}</time>
        </p>
        <Countdown to={opensAt} now={now} label={t('doors.opensIn')} soon={t('doors.soon')} />
        <p className="waiting-hint">{isBack ? splitSentences(t('errors.doors_closed')).todo : t('doors.hint')}</p>
      </div>
    </main>
  )
}

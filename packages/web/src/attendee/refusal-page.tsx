// Owns: the page of somebody who does not get in, or is in no longer.
import { type ErrorCode, errorRow, type Problem } from '@voila/protocol'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DoorsPage } from './doors-page.tsx'
import { Icon, type IconName } from './icons.tsx'
import { adviceOf, splitSentences } from './refusal-text.ts'

type Shown = { code: ErrorCode } & Partial<Pick<Problem, 'traceId' | 'signInUrl' | 'samlUrl' | 'opensAt'>>

function iconOf(code: ErrorCode): IconName {
  const { status } = errorRow(code)
  if (code === 'program_archived') return 'done'
  if (code === 'session_replaced') return 'alert'
  if (errorRow(code).retry === 'later') return status >= 500 ? 'alert' : 'clock'
  return status === 401 || status === 403 ? 'lock' : 'alert'
}

/** One sentence what happened, one what to do, and the way on where there is one. Before the doors open, when that is. */
export function RefusalPage(shown: Shown) {
  return shown.opensAt === undefined ? <Refused {...shown} /> : <DoorsPage opensAt={Date.parse(shown.opensAt)} />
}

function Refused({ code, traceId, signInUrl, samlUrl }: Shown) {
  const { t } = useTranslation()
  const { what, todo } = splitSentences(t(`errors.${code}`))
  const { retry } = errorRow(code)
  const title = what.replace(/\.$/, '')
  useEffect(() => {
    document.title = title
  }, [title])
  const heading = useRef<HTMLHeadingElement>(null)
  const headingId = useId()
  useEffect(() => {
    // An iframe must not take the focus from the page around it.
    if (window.parent === window || document.hasFocus()) heading.current?.focus()
  }, [])
  // The answer of the company's sign-in is no page to reload: it would be sent again.
  const isBack = location.pathname.startsWith('/saml/')
  const mayReload = isBack
    ? false
    : retry === 'later' || retry === 'reconnect' || (code === 'session_replaced' && signInUrl === undefined) || code === 'protocol'
  return (
    <main className="plain" aria-labelledby={headingId}>
      <div className="plain-card">
        <span className="plain-icon">
          <Icon name={iconOf(code)} size={28} />
        </span>
        <h1 ref={heading} id={headingId} tabIndex={-1}>
          {title}
        </h1>
        <p>{todo === '' ? t(`refusal.${adviceOf(code)}`) : todo}</p>
        <div className="plain-ways">
          {/* An iframe in somebody else's page is no place to sign in with one's company. */}
          {samlUrl !== undefined && window.parent === window && (retry !== 'later' || isBack) && (
            <a className="button button-main" href={samlUrl}>
              {t('refusal.company')}
            </a>
          )}
          {signInUrl !== undefined && retry !== 'later' && (
            <a className="button button-main" href={signInUrl} target="_top">
              {t('refusal.signIn')}
            </a>
          )}
          {mayReload && (
            <button type="button" className="button button-main" onClick={() => location.reload()}>
              {code === 'session_replaced' ? t('refusal.useHere') : t('refusal.reload')}
            </button>
          )}
        </div>
        {traceId !== undefined && traceId !== '' && <Trace id={traceId} />}
      </div>
    </main>
  )
}

function Trace({ id }: { id: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <p className="trace">
      <span>{t('refusal.reference')}</span> <code>{id}</code>
      <button
        type="button"
        className="icon-button"
        aria-label={t('refusal.copy')}
        title={t('refusal.copy')}
        onClick={() => {
          // Without a secure context there is no clipboard; the text can still be selected.
          navigator.clipboard?.writeText(id).then(
            () => setCopied(true),
            () => {},
          )
        }}
      >
        <Icon name={copied ? 'check' : 'copy'} size={16} />
      </button>
      <span className="unseen" aria-live="polite">
        {copied ? t('refusal.copied') : ''}
      </span>
    </p>
  )
}

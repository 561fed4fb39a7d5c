// Owns: the page of somebody who has signed in with his company account and has yet to say whether, and as whom, he goes on.
import type { ConsentFacts, Problem } from '@voila/protocol'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readProblem } from '../live/index.ts'
import { Icon } from './icons.tsx'
import { RefusalPage } from './refusal-page.tsx'

/** Says yes for this browser; undefined where that is done. */
async function agree(programId: string, share: boolean | undefined): Promise<Problem | undefined> {
  try {
    const response = await fetch(`/api/programs/${programId}/consent`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ share }),
    })
    return response.ok ? undefined : readProblem(await response.json().catch(() => undefined), response.status)
  } catch {
    return readProblem(undefined, 503)
  }
}

export function ConsentPage({ programId, displayName, email, asks }: ConsentFacts & { programId: string }) {
  const { t } = useTranslation()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const heading = useRef<HTMLHeadingElement>(null)
  const headingId = useId()
  const title = t('consent.title', { name: displayName })
  useEffect(() => {
    document.title = title
    heading.current?.focus()
  }, [title])

  async function answer(share?: boolean): Promise<void> {
    setBusy(true)
    const refused = await agree(programId, share)
    // Not in the history: going back must not ask again.
    if (refused === undefined) return location.replace(`/${programId}`)
    setBusy(false)
    setProblem(refused)
  }

  if (problem !== undefined) return <RefusalPage {...problem} />
  return (
    <main className="plain" aria-labelledby={headingId} aria-busy={busy}>
      <div className="plain-card">
        <span className="plain-icon">
          <Icon name={asks ? 'users' : 'check'} size={28} />
        </span>
        <h1 ref={heading} id={headingId} tabIndex={-1}>
          {title}
        </h1>
        <p>{asks ? t('consent.ask') : t('consent.goOnHint')}</p>
        {email !== null && <p className="plain-fact">{email}</p>}
        <div className="plain-ways">
          {asks ? (
            <>
              <button type="button" className="button" disabled={busy} onClick={() => void answer(true)}>
                {t('consent.share')}
              </button>
              <button type="button" className="button" disabled={busy} onClick={() => void answer(false)}>
                {t('consent.keep')}
              </button>
            </>
          ) : (
            <button type="button" className="button button-main" disabled={busy} onClick={() => void answer()}>
              {t('consent.goOn')}
            </button>
          )}
        </div>
      </div>
    </main>
  )
}

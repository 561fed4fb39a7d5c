// Owns: the page of somebody who may enter without a token: under which name, and what became of the token that he came with.
import { type DoorFacts, limits, type Problem, type SessionAnswer } from '@voila/protocol'
import { type FormEvent, useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemRefusal, readProblem } from '../live/index.ts'
import { Icon } from './icons.tsx'
import { RefusalPage } from './refusal-page.tsx'
import { splitSentences } from './refusal-text.ts'

type Door = Omit<DoorFacts, 'exchanges'> & {
  /** @throws ProblemRefusal */
  enter(name?: string): Promise<SessionAnswer>
  onEntered(answer: SessionAnswer): void
}

/** Refusals that another name mends. */
const ofName = (problem: Problem | undefined): boolean => problem?.code === 'name_needed' || problem?.code === 'name_taken'

export function DoorPage({ guests, tokenRefused, signInUrl, samlUrl, enter, onEntered }: Door) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const ids = { heading: useId(), name: useId(), fault: useId() }
  const title = t(guests === 'watch' ? 'door.watchTitle' : 'door.nameTitle')
  useEffect(() => {
    document.title = title
  }, [title])

  async function go(): Promise<void> {
    setBusy(true)
    try {
      const answer = await enter(guests === 'watch' ? undefined : name)
      onEntered(tokenRefused === undefined ? answer : { tokenRefused, ...answer })
    } catch (error) {
      setProblem(error instanceof ProblemRefusal ? error.problem : readProblem(undefined, 503))
      setBusy(false)
    }
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!busy) void go()
  }

  if (problem !== undefined && !ofName(problem)) return <RefusalPage {...problem} />
  return (
    <main className="plain" aria-labelledby={ids.heading} aria-busy={busy}>
      <form className="plain-card" onSubmit={submit} noValidate>
        <span className="plain-icon">
          <Icon name="users" size={28} />
        </span>
        <h1 id={ids.heading}>{title}</h1>
        <p>{t(guests === 'watch' ? 'door.watchHint' : 'door.nameHint')}</p>
        {tokenRefused !== undefined && (
          <p className="plain-note">{t('door.refused', { why: splitSentences(t(`errors.${tokenRefused}`)).what })}</p>
        )}
        {guests === 'name' && (
          <div className="plain-field">
            <label htmlFor={ids.name}>{t('door.name')}</label>
            <input
              id={ids.name}
              value={name}
              maxLength={limits.guestNameUnits}
              autoComplete="nickname"
              aria-invalid={problem !== undefined}
              aria-describedby={problem === undefined ? undefined : ids.fault}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
            {problem !== undefined && (
              <p id={ids.fault} className="plain-fault" role="alert">
                {t(`errors.${problem.code}`)}
              </p>
            )}
          </div>
        )}
        <div className="plain-ways">
          <button type="submit" className="button button-main" disabled={busy}>
            {t(guests === 'watch' ? 'door.watch' : 'door.enter')}
          </button>
          {samlUrl !== undefined && window.parent === window && (
            <a className="button" href={samlUrl}>
              {t('refusal.company')}
            </a>
          )}
          {signInUrl !== undefined && (
            <a className="button" href={signInUrl} target="_top">
              {t('refusal.signIn')}
            </a>
          )}
        </div>
      </form>
    </main>
  )
}

/** Whether a refusal leads to the door rather than to its page, where guests are let in. */
export function leadsToDoor(problem: Pick<Problem, 'code'>, guests: DoorFacts['guests']): boolean {
  return guests !== 'none' && (problem.code === 'name_needed' || problem.code === 'token_missing')
}

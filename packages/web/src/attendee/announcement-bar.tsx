// Owns: what the team announces to everybody: where it stands, that it is heard, and that each may put it away.
import type { Announcement } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../live/index.ts'
import { MessageText } from './chat/message-text.tsx'
import { Icon } from './icons.tsx'
import { useLive } from './use-live.ts'

const icons = { info: 'info', highlight: 'speaker', warning: 'alert' } as const

/** The picture's own element while it fills the screen: nothing beside it is seen then. */
function useFilledStage(): Element | undefined {
  const [stage, setStage] = useState<Element>()
  useEffect(() => {
    const look = (): void => setStage(document.fullscreenElement?.id === 'stage' ? document.fullscreenElement : undefined)
    document.addEventListener('fullscreenchange', look)
    return () => document.removeEventListener('fullscreenchange', look)
  }, [])
  return stage
}

/** The id of the announcement that this browser has put away; it stays so over a reload where the browser keeps anything. */
function useDismissed(programId: string): [dismissed: number, dismiss: (id: number) => void] {
  const key = `voila-announcement-${programId}`
  const [dismissed, setDismissed] = useState(() => {
    try {
      return Number(localStorage.getItem(key) ?? 0)
    } catch {
      return 0
    }
  })
  return [
    dismissed,
    (id) => {
      setDismissed(id)
      try {
        localStorage.setItem(key, String(id))
      } catch {}
    },
  ]
}

/** Shows the one announcement there is, above the picture; says nothing where there is none. */
export function AnnouncementBar({ client, programId }: { client: LiveClient; programId: string }) {
  const current = useLive(client, (state) => state.activities.announcements?.view.current ?? null)
  const [dismissed, dismiss] = useDismissed(programId)
  const stage = useFilledStage()
  const shown = current !== null && current.id !== dismissed ? current : undefined
  const bar = <Bar {...(shown === undefined ? {} : { shown, onDismiss: () => dismiss(shown.id) })} />
  return stage === undefined ? bar : createPortal(bar, stage)
}

/** There also while it is empty: a screen reader hears only what comes into a region that it knows. */
function Bar({ shown, onDismiss }: { shown?: Announcement; onDismiss?: () => void }) {
  const { t } = useTranslation()
  return (
    <section className="announcement" aria-label={shown && t('announcement.region')} data-style={shown?.style}>
      {shown !== undefined && <Icon name={icons[shown.style]} />}
      <div className="announcement-body" aria-live="polite" aria-atomic="true">
        {shown !== undefined && (
          <p dir="auto">
            {shown.style === 'warning' && <span className="unseen">{t('announcement.important')} </span>}
            <MessageText text={shown.text} />
          </p>
        )}
        {shown?.link !== undefined && (
          <a className="announcement-link" href={shown.link.url} target="_blank" rel="noopener noreferrer">
            {shown.link.text}
            <span className="unseen"> {t('announcement.newTab')}</span>
          </a>
        )}
      </div>
      {shown !== undefined && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('announcement.dismiss')}
          title={t('announcement.dismiss')}
          onClick={onDismiss}
        >
          <Icon name="close" size={18} />
        </button>
      )}
    </section>
  )
}

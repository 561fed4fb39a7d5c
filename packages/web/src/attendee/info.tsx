// Owns: what stands under the picture: title, state, viewers, description.
import type { PlatformViews } from '@voila/protocol'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readerLocale } from '../i18n/index.ts'
import type { LiveClient } from '../live/index.ts'
import { Icon } from './icons.tsx'
import { useLive } from './use-live.ts'

/** `live`: the program is live, whether or not a feed is there. */
export function Info({ client, program, live }: { client: LiveClient; program: PlatformViews['program']; live: boolean }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const feed = useLive(client, (state) => state.views.stream?.live === true)
  const about = useId()
  const { title, description, language, logoUrl } = program
  return (
    <header className="info" data-open={open}>
      <div className="info-line">
        {logoUrl !== null && <img className="info-logo" src={logoUrl} alt="" />}
        <h1 lang={language} dir="auto" title={title}>
          {title}
        </h1>
        {live && feed && <span className="live-mark">{t('page.live')}</span>}
        {live && <Viewers client={client} />}
        {description !== '' && (
          <button
            type="button"
            className="icon-button info-more"
            aria-expanded={open}
            aria-controls={about}
            aria-label={t('page.about')}
            title={t('page.about')}
            onClick={() => setOpen(!open)}
          >
            <Icon name="chevron" />
          </button>
        )}
      </div>
      {description !== '' && (
        <p className="info-about" id={about} lang={language} dir="auto">
          {description}
        </p>
      )}
    </header>
  )
}

function Viewers({ client }: { client: LiveClient }) {
  const { t } = useTranslation()
  const count = useLive(client, (state) => state.views.audience?.count)
  if (count === undefined) return null
  const shown = new Intl.NumberFormat(readerLocale()).format(count)
  const says = t('page.viewers', { count, shown })
  return (
    <span className="viewers" title={says}>
      <Icon name="users" size={18} />
      <span aria-hidden="true">{shown}</span>
      <span className="unseen">{says}</span>
    </span>
  )
}

// Owns: the big screen in the room: what was taken last, full size. It holds its picture when the network drops.
import { useTranslation } from 'react-i18next'
import { useLive } from '../attendee/use-live.ts'
import type { LiveClient } from '../live/index.ts'
import { ScreenItemView } from './screen-item.tsx'
import { useScreenWords } from './screen-words.ts'

/** The room hears the speaker as he speaks, so nothing waits for a picture here. */
export function BigScreen({ client }: { client: LiveClient }) {
  const { t } = useTranslation()
  const words = useScreenWords()
  const connection = useLive(client, (state) => state.connection)
  const view = useLive(client, (state) => state.activities.screen?.view)
  if (connection.phase === 'ended') {
    return (
      <main className="screen-frame">
        <div className="screen-card" role="alert">
          <p>{t(`errors.${connection.code}`)}</p>
        </div>
      </main>
    )
  }
  const item = view?.settings.on === true ? (view.current?.item ?? null) : null
  return (
    <main className="screen-frame" aria-label={t('screen.title')}>
      {item !== null && <ScreenItemView client={client} item={item} words={words} />}
      {view !== undefined && connection.phase !== 'open' && (
        <span className="screen-lost" role="img" aria-label={t('screen.lost')} title={t('screen.lost')} />
      )}
    </main>
  )
}

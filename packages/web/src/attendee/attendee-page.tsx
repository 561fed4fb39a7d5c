// Owns: what an attendee sees, by the state of the program and of the connection.
import { type ErrorCode, type PlatformViews, programStates, type SessionAnswer } from '@voila/protocol'
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../live/index.ts'
import { accentStyle } from './accent-style.ts'
import { AnnouncementBar } from './announcement-bar.tsx'
import { ConnectionLine } from './connection-line.tsx'
import { Ended } from './ended-page.tsx'
import { Icon } from './icons.tsx'
import { Info } from './info.tsx'
import { Notice } from './notice.tsx'
import { loadPlayer, Player } from './player/player.tsx'
import { RefusalPage } from './refusal-page.tsx'
import { splitSentences } from './refusal-text.ts'
import { Side, usePanels } from './side.tsx'
import { useLive } from './use-live.ts'
import { Waiting } from './waiting-page.tsx'

const ScreenBeside = lazy(async () => ({ default: (await import('./screen/activity-screen.tsx')).ScreenBeside }))
const Reactions = lazy(async () => ({ default: (await import('./reactions/activity-reactions.tsx')).Reactions }))

type ProgramView = PlatformViews['program']

function programOf({ program }: SessionAnswer): ProgramView {
  return { ...program, startsAt: Date.parse(program.startsAt) }
}

type PageProps = { client: LiveClient; entered: SessionAnswer }

/** The page of somebody who was let in; `entered` says what was so at that moment. */
export function AttendeePage({ client, entered }: PageProps) {
  const title = useLive(client, (state) => state.views.program?.title) ?? entered.program.title
  useEffect(() => {
    document.title = title
  }, [title])
  return <AttendeeView client={client} entered={entered} />
}

/** All of the page but what it changes of the document around it. */
export function AttendeeView({ client, entered }: PageProps) {
  const { t } = useTranslation()
  const connection = useLive(client, (state) => state.connection)
  const told = useLive(client, (state) => state.views.program)
  const self = useLive(client, (state) => state.self)
  const panels = usePanels(client)
  const hasScreen = useLive(client, ({ activities: { screen } }) => screen?.view.settings.on === true && screen.view.current !== null)
  const [screenLayout, setScreenLayout] = useState<string>()
  const hasPicture = useSyncExternalStore(client.media.onChange, () => client.media.current() !== null)
  const program = told ?? programOf(entered)
  const row = programStates[program.state]
  const onTeam = self?.team === true
  const showsPicture = row.attendees === 'in' || (hasPicture && row.picture === 'team')

  useEffect(() => {
    if (showsPicture) void loadPlayer()
  }, [showsPicture])

  if (connection.phase === 'ended') return <RefusalPage {...connection.problem} code={connection.code} />
  if (row.attendees === 'program_not_open' || row.attendees === 'program_archived') return <RefusalPage code={row.attendees} />

  const takesPart = row.activities === 'open' || row.activities === 'read-only' || (row.activities === 'team' && onTeam)
  const hasSide = takesPart && panels.length > 0
  const waiting = row.attendees === 'waiting' && !showsPicture
  return (
    <div className="page" data-side={hasSide} data-waiting={waiting} data-accent={program.accent} style={accentStyle(program.accent)}>
      <main className="page-main" aria-label={t('page.picture')}>
        {entered.tokenRefused !== undefined && <GuestNote code={entered.tokenRefused} />}
        {row.attendees !== 'ended' && <AnnouncementBar client={client} programId={entered.program.id} />}
        {/* The waiting page may be longer than its place, and the keyboard must scroll it. */}
        <div className="stage" id="stage" tabIndex={waiting ? 0 : undefined} data-screen={screenLayout}>
          <div className="stage-picture">
            <Stage client={client} program={program} showsPicture={showsPicture} hasPicture={hasPicture} />
          </div>
          {showsPicture && hasScreen && (
            <Suspense fallback={null}>
              <ScreenBeside client={client} onLayout={setScreenLayout} />
            </Suspense>
          )}
        </div>
        {takesPart && row.attendees === 'in' && (
          <Suspense fallback={null}>
            <Reactions client={client} activities={row.activities} />
          </Suspense>
        )}
        {!waiting && <Info client={client} program={program} live={row.attendees === 'in'} />}
        {!hasSide && <ConnectionLine client={client} />}
      </main>
      {hasSide && <Side client={client} activities={row.activities} panels={panels} />}
    </div>
  )
}

/** Why somebody who came with a token is here as a guest. */
function GuestNote({ code }: { code: ErrorCode }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(true)
  if (!shown) return null
  return (
    <div className="guest-note" aria-live="polite">
      <p>{t('door.asGuest', { why: splitSentences(t(`errors.${code}`)).what })}</p>
      <button type="button" className="icon-button" aria-label={t('door.dismiss')} onClick={() => setShown(false)}>
        <Icon name="close" size={16} />
      </button>
    </div>
  )
}

function Stage(props: { client: LiveClient; program: ProgramView; showsPicture: boolean; hasPicture: boolean }) {
  const { t } = useTranslation()
  const { client, program, showsPicture, hasPicture } = props
  if (programStates[program.state].attendees === 'ended') return <Ended program={program} />
  if (!showsPicture) return <Waiting program={program} now={client.now} />
  return hasPicture ? <Player client={client} /> : <Notice title={t('player.noPicture')} hint={t('player.noPictureHint')} calm />
}

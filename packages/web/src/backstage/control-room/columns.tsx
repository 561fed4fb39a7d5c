// Owns: how the parts of the control room stand on the screen, wide and narrow.
import { Badge } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconBroadcast, type TablerIcon } from '@tabler/icons-react'
import { type Program, programStates } from '@voila/protocol'
import { type ReactNode, useId, useState } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { panels } from './panels.ts'
import { ShowColumn } from './show-column.tsx'

type Place = {
  readonly id: string
  readonly title: string
  readonly short: string
  readonly icon: TablerIcon
  readonly waiting: number
  readonly newest: number
  readonly shows: ReactNode
}

function usePlaces(client: LiveClient, program: Program): readonly Place[] {
  const { activities } = programStates[program.state]
  // As one text, so that nothing is rendered again while nothing of it changed.
  const facts = useLive(client, (state) => panels.map((panel) => `${panel.waiting(state)}:${panel.newest(state)}`).join(' '))
  const counts = facts.split(' ').map((each) => each.split(':').map(Number))
  return panels.map(({ activity, title, short, icon, Panel }, at) => ({
    id: activity,
    title,
    short,
    icon,
    waiting: counts[at]?.[0] ?? 0,
    newest: counts[at]?.[1] ?? 0,
    shows: <Panel client={client} activities={activities} />,
  }))
}

/** Wide: all of it side by side. Narrow: one at a time, with tabs at the thumb; what is not shown goes on in the background. */
export function Columns({ client, program }: { client: LiveClient; program: Program }) {
  const isNarrow = useMediaQuery('(max-width: 1010px)', false, { getInitialValueInEffect: false })
  const places = usePlaces(client, program)
  const show = <ShowColumn client={client} program={program} />
  if (isNarrow === true) return <OneAtATime places={[{ ...showPlace, shows: show }, ...places]} />
  return (
    <main className="room-columns">
      <section className="room-column" aria-label="Show">
        {show}
      </section>
      {(['main', 'side'] as const).map((place) => (
        <div key={place} className="room-column">
          {places
            .filter((_, at) => panels[at]?.place === place)
            .map((each) => (
              <Panel key={each.id} place={each} />
            ))}
        </div>
      ))}
    </main>
  )
}

const showPlace = { id: 'show', title: 'Show', short: 'Show', icon: IconBroadcast, waiting: 0, newest: 0 }

function OneAtATime({ places }: { places: readonly Place[] }) {
  const [open, setOpen] = useState('show')
  /** How far each was looked at. */
  const [seen, setSeen] = useState<Readonly<Record<string, number>>>(() => Object.fromEntries(places.map(({ id, newest }) => [id, newest])))
  const shown = places.find(({ id }) => id === open)
  if (shown !== undefined && seen[open] !== shown.newest) setSeen({ ...seen, [open]: shown.newest })
  return (
    <>
      <main className="room-one">
        {places.map(({ id, title, shows }) => (
          <section key={id} hidden={id !== open} className="room-panel" aria-label={title}>
            {shows}
          </section>
        ))}
      </main>
      <nav className="room-tabs" aria-label="Parts of the control room">
        {places.map(({ id, short, icon: Icon, waiting, newest }) => (
          <button key={id} type="button" aria-current={id === open ? 'true' : undefined} onClick={() => setOpen(id)}>
            <Icon size={20} aria-hidden />
            {short}
            {waiting > 0 ? (
              <Badge size="xs" color="red" variant="filled" circle={waiting < 10}>
                {waiting}
              </Badge>
            ) : (
              newest > (seen[id] ?? 0) && (
                <span className="room-fresh">
                  <span className="unseen">new</span>
                </span>
              )
            )}
          </button>
        ))}
      </nav>
    </>
  )
}

function Panel({ place: { title, icon: Icon, waiting, shows } }: { place: Place }) {
  const heading = useId()
  return (
    <section className="room-panel" aria-labelledby={heading}>
      <h2 id={heading}>
        <Icon size={16} aria-hidden />
        {title}
        {waiting > 0 && (
          <Badge size="sm" color="red" variant="filled">
            {waiting}
          </Badge>
        )}
      </h2>
      {shows}
    </section>
  )
}

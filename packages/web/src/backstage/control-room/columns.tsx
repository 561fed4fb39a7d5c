// Owns: how the parts of the control room stand on the screen, wide and narrow.
import { Badge } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconBroadcast, type TablerIcon } from '@tabler/icons-react'
import { type ActivityName, type Program, programStates } from '@voila/protocol'
import { type KeyboardEvent, type ReactNode, useCallback, useId, useState } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { FrontContext } from './front.ts'
import { panels } from './panels.ts'
import { ShowColumn } from './show-column.tsx'

type Name = ActivityName | 'show'

type Place = {
  readonly id: Name
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

/** Wide: the show, the main panels behind one another, the others, side by side. Narrow: one at a time, with tabs at the thumb; what is not shown goes on in the background. */
export function Columns({ client, program }: { client: LiveClient; program: Program }) {
  const isNarrow = useMediaQuery('(max-width: 1010px)', false, { getInitialValueInEffect: false })
  const places = usePlaces(client, program)
  const show = <ShowColumn client={client} program={program} />
  const [wanted, bring] = useState<{ activity: ActivityName; times: number }>()
  const toFront = useCallback((activity: ActivityName) => bring((before) => ({ activity, times: (before?.times ?? 0) + 1 })), [])
  if (isNarrow === true) {
    return (
      <FrontContext.Provider value={toFront}>
        <OneAtATime places={[{ ...showPlace, shows: show }, ...places]} wanted={wanted} />
      </FrontContext.Provider>
    )
  }
  return (
    <FrontContext.Provider value={toFront}>
      <main className="room-columns">
        <section className="room-column" aria-label="Show">
          {show}
        </section>
        <div className="room-column">
          <Tabbed places={places.filter((_, at) => panels[at]?.place === 'main')} wanted={wanted} />
        </div>
        <div className="room-column">
          {places
            .filter((_, at) => panels[at]?.place === 'side')
            .map((each) => (
              <Panel key={each.id} place={each} />
            ))}
        </div>
      </main>
    </FrontContext.Provider>
  )
}

type Wanted = { readonly activity: ActivityName; readonly times: number } | undefined

/** Which place is open, how far each was looked at, and that one comes to the front that was asked for by a key. */
function useOpen(places: readonly Place[], first: Name, wanted: Wanted) {
  const [open, setOpen] = useState<Name>(first)
  const [seen, setSeen] = useState<Readonly<Record<string, number>>>(() => Object.fromEntries(places.map(({ id, newest }) => [id, newest])))
  const [brought, setBrought] = useState(wanted)
  if (wanted !== brought) {
    setBrought(wanted)
    if (wanted !== undefined && places.some(({ id }) => id === wanted.activity)) setOpen(wanted.activity)
  }
  const shown = places.find(({ id }) => id === open)
  if (shown !== undefined && seen[open] !== shown.newest) setSeen({ ...seen, [open]: shown.newest })
  return { open, setOpen, isFresh: ({ id, newest }: Place): boolean => newest > (seen[id] ?? 0) }
}

/** What waits in a place, or that something new is there. */
function Mark({ waiting, isFresh }: { waiting: number; isFresh: boolean }) {
  if (waiting > 0) {
    return (
      <Badge size="xs" color="red" variant="filled" circle={waiting < 10}>
        {waiting}
      </Badge>
    )
  }
  return isFresh ? (
    <span className="room-fresh">
      <span className="unseen">new</span>
    </span>
  ) : null
}

/** One panel at a time, with tabs above; what is not shown goes on in the background. */
function Tabbed({ places, wanted }: { places: readonly Place[]; wanted: Wanted }) {
  const id = useId()
  const { open, setOpen, isFresh } = useOpen(places, places[0]?.id ?? 'show', wanted)
  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const at = places.findIndex((place) => place.id === open)
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: places.length - 1 }[event.key]
    const next = to === undefined ? undefined : places[(to + places.length) % places.length]
    if (next === undefined) return
    event.preventDefault()
    setOpen(next.id)
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[places.indexOf(next)]?.focus()
  }
  return (
    <section className="room-panel" aria-label="Activities">
      <div className="room-panel-tabs" role="tablist" aria-label="Activities" onKeyDown={onKeyDown}>
        {places.map((place) => (
          <button
            key={place.id}
            id={`${id}-${place.id}`}
            type="button"
            role="tab"
            aria-selected={place.id === open}
            aria-controls={`${id}-${place.id}-panel`}
            tabIndex={place.id === open ? 0 : -1}
            onClick={() => setOpen(place.id)}
          >
            <place.icon size={16} aria-hidden />
            {place.title}
            <Mark waiting={place.waiting} isFresh={isFresh(place)} />
          </button>
        ))}
      </div>
      {places.map((place) => (
        <div
          key={place.id}
          id={`${id}-${place.id}-panel`}
          className="panel-body"
          role="tabpanel"
          aria-labelledby={`${id}-${place.id}`}
          hidden={place.id !== open}
        >
          {place.shows}
        </div>
      ))}
    </section>
  )
}

const showPlace = { id: 'show' as const, title: 'Show', short: 'Show', icon: IconBroadcast, waiting: 0, newest: 0 }

function OneAtATime({ places, wanted }: { places: readonly Place[]; wanted: Wanted }) {
  const { open, setOpen, isFresh } = useOpen(places, 'show', wanted)
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
        {places.map((place) => (
          <button key={place.id} type="button" aria-current={place.id === open ? 'true' : undefined} onClick={() => setOpen(place.id)}>
            <place.icon size={20} aria-hidden />
            {place.short}
            <Mark waiting={place.waiting} isFresh={isFresh(place)} />
          </button>
        ))}
      </nav>
    </>
  )
}

function Panel({ place: { id, title, icon: Icon, waiting, shows } }: { place: Place }) {
  const heading = useId()
  return (
    <section className="room-panel" data-panel={id} data-quiet={waiting === 0} aria-labelledby={heading}>
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

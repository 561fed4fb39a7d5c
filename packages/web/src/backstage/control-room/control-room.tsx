// Owns: the control room of a program: everything of a live show on one screen.
import { ActionIcon, Alert, Badge, Button, Group, Skeleton, Text, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowLeft, IconBroadcast, IconHelp, IconUsers, type TablerIcon } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { errorRow, type Program, programStates } from '@voila/protocol'
import { type ReactNode, useEffect, useId, useState } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { useMay } from '../may.ts'
import { LinkButton } from '../pieces/links.tsx'
import { useProgram } from '../programs/program-queries.ts'
import { StateBadge } from '../programs/state-badge.tsx'
import { stepsFrom } from '../programs/states.ts'
import { StepButtons, useSteps } from '../programs/take-step.tsx'
import { programQuery } from '../queries.ts'
import { ConnectionNote } from './connection-note.tsx'
import { Elapsed } from './elapsed.tsx'
import { HelpOverlay } from './help-overlay.tsx'
import { panels } from './panels.ts'
import { ShowColumn } from './show-column.tsx'
import { useTeamClient } from './team-client.ts'
import { ShortcutsProvider, useShortcut } from './use-shortcuts.tsx'
import '../programs/programs.css'
import './control-room.css'

export function ControlRoom() {
  const program = useProgram()
  const client = useTeamClient(program.id)
  useEffect(() => {
    document.title = `${program.title} · Control room`
  }, [program.title])
  return (
    <ShortcutsProvider>
      {client === undefined ? <Skeleton height="100dvh" radius={0} animate={false} /> : <Room client={client} program={program} />}
    </ShortcutsProvider>
  )
}

function Room({ client, program }: { client: LiveClient; program: Program }) {
  const connection = useLive(client, (state) => state.connection)
  const told = useLive(client, (state) => state.views.program)
  const queryClient = useQueryClient()
  // The socket is first to know; the rest of the program is asked for then.
  useEffect(() => {
    if (told !== undefined) void queryClient.invalidateQueries({ queryKey: programQuery(program.id).queryKey, exact: true })
  }, [told, program.id, queryClient])
  const shown = told === undefined ? program : { ...program, state: told.state, title: told.title }

  return (
    <div className="room">
      <TopBar client={client} program={shown} />
      {connection.phase === 'ended' ? <Ended code={connection.code} /> : <Columns client={client} program={shown} />}
    </div>
  )
}

function Ended({ code }: { code: Parameters<typeof errorRow>[0] }) {
  return (
    <main className="room-ended">
      <Alert color="red" title="The control room has closed" maw={480}>
        <Text size="sm" mb="md">
          {errorRow(code).says}
        </Text>
        <Group gap="xs">
          <Button onClick={() => location.reload()}>Open it again</Button>
          <LinkButton to="/" variant="default">
            To your programs
          </LinkButton>
        </Group>
      </Alert>
    </main>
  )
}

function TopBar({ client, program }: { client: LiveClient; program: Program }) {
  const mayStep = useMay('programs:write')
  const steps = useSteps(program)
  const [help, setHelp] = useState(false)
  const viewers = useLive(client, (state) => state.views.audience?.count) ?? program.viewers
  useShortcut('help', () => setHelp((open) => !open))
  useShortcut('step', () => {
    const [main] = stepsFrom(program.state).filter((step) => step.main === true)
    if (mayStep && main !== undefined) steps.take(main)
  })
  return (
    <header className="room-bar" data-state={program.state}>
      <Tooltip label="Back to the program">
        <ActionIcon
          size={36}
          aria-label="Back to the program"
          renderRoot={(props) => <Link {...props} to="/p/$programId/page" params={{ programId: program.id }} />}
        >
          <IconArrowLeft size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <h1 dir="auto" title={program.title}>
        {program.title}
      </h1>
      <StateBadge state={program.state} size="lg" />
      <Elapsed program={program} now={client.now} />
      <span className="room-viewers">
        <IconUsers size={16} aria-hidden />
        {new Intl.NumberFormat().format(viewers)}
        <span className="unseen"> watching</span>
      </span>
      <span className="room-space" />
      <ConnectionNote client={client} />
      <Group gap="xs" wrap="nowrap" className="room-steps">
        {mayStep && <StepButtons program={program} steps={steps} size="md" withArchive={false} />}
        <Tooltip label="Keyboard shortcuts (?)">
          <ActionIcon size={36} aria-label="Keyboard shortcuts" onClick={() => setHelp(true)} className="room-help">
            <IconHelp size={20} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      {steps.dialogue}
      <HelpOverlay opened={help} onClose={() => setHelp(false)} />
    </header>
  )
}

type Place = {
  readonly id: string
  readonly title: string
  readonly short: string
  readonly icon: TablerIcon
  readonly waiting: number
  readonly shows: ReactNode
}

/** Wide: all of it side by side. Narrow: one at a time, with tabs at the thumb; what is not shown goes on in the background. */
function Columns({ client, program }: { client: LiveClient; program: Program }) {
  const isNarrow = useMediaQuery('(max-width: 900px)', false, { getInitialValueInEffect: false })
  const [open, setOpen] = useState('show')
  const { activities } = programStates[program.state]
  const waiting = useLive(client, (state) => panels.map((panel) => panel.waiting(state)).join(','))
  const counts = waiting.split(',').map(Number)
  const places: readonly Place[] = panels.map(({ activity, title, short, icon, Panel }, at) => ({
    id: activity,
    title,
    short,
    icon,
    waiting: counts[at] ?? 0,
    shows: <Panel client={client} activities={activities} />,
  }))
  const show = <ShowColumn client={client} program={program} />
  if (isNarrow !== true) {
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
  const all: readonly Place[] = [{ id: 'show', title: 'Show', short: 'Show', icon: IconBroadcast, waiting: 0, shows: show }, ...places]
  return (
    <>
      <main className="room-one">
        {all.map((place) => (
          <section key={place.id} hidden={place.id !== open} className="room-panel" aria-label={place.title} id={`room-${place.id}`}>
            {place.shows}
          </section>
        ))}
      </main>
      <nav className="room-tabs" aria-label="Parts of the control room">
        {all.map(({ id, short, icon: Icon, waiting }) => (
          <button key={id} type="button" aria-current={id === open ? 'true' : undefined} onClick={() => setOpen(id)}>
            <Icon size={20} aria-hidden />
            {short}
            {waiting > 0 && (
              <Badge size="xs" color="red" variant="filled" circle={waiting < 10}>
                {waiting}
              </Badge>
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

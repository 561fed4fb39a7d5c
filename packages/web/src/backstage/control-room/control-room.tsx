// Owns: the control room of a program: everything of a live show on one screen.
import { ActionIcon, Alert, Button, Group, Skeleton, Text, Tooltip } from '@mantine/core'
import { IconArrowLeft, IconHelp, IconUsers } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { errorRow, type Program } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { useMay } from '../may.ts'
import { LinkButton } from '../pieces/links.tsx'
import { useProgram } from '../programs/program-queries.ts'
import { StateBadge } from '../programs/state-badge.tsx'
import { stepsFrom } from '../programs/states.ts'
import { StepButtons, useSteps } from '../programs/take-step.tsx'
import { programQuery } from '../queries.ts'
import { Columns } from './columns.tsx'
import { ConnectionNote } from './connection-note.tsx'
import { Elapsed } from './elapsed.tsx'
import { HelpOverlay } from './help-overlay.tsx'
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

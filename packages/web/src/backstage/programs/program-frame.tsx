// Owns: what every tab of a program stands in: its head, its state, its tabs.
import { Anchor, Group, Text } from '@mantine/core'
import { IconDeviceDesktop, IconExternalLink, IconLock, IconLockOpen2 } from '@tabler/icons-react'
import { Link, Outlet } from '@tanstack/react-router'
import { useMay } from '../may.ts'
import { CopyButton } from '../pieces/copy.tsx'
import { LinkButton, LinkText } from '../pieces/links.tsx'
import { Moment } from '../pieces/moment.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { ProgramMenu } from './program-menu.tsx'
import { useProgram } from './program-queries.ts'
import { StateBadge } from './state-badge.tsx'
import { StateLine } from './state-line.tsx'
import { StepButtons, useSteps } from './take-step.tsx'
import './programs.css'

const tabs = [
  { to: '/p/$programId/page', label: 'Page' },
  { to: '/p/$programId/access', label: 'Access' },
  { to: '/p/$programId/stream', label: 'Stream' },
  { to: '/p/$programId/activities', label: 'Activities' },
  { to: '/p/$programId/prepare', label: 'Prepare' },
  { to: '/p/$programId/share', label: 'Share' },
  { to: '/p/$programId/audience', label: 'Audience' },
  { to: '/p/$programId/results', label: 'Results' },
] as const

export function ProgramFrame() {
  const program = useProgram()
  const mayStep = useMay('programs:write')
  const steps = useSteps(program)
  const { id, organizationId, title, state, startsAt, timeZone, attendeeUrl } = program
  return (
    <>
      <PageHead
        title={title}
        above={
          <LinkText to="/o/$organizationId/programs" params={{ organizationId }}>
            Programs
          </LinkText>
        }
        says={
          <Group component="span" gap="xs">
            <StateBadge state={state} />
            <Text span inherit>
              <Moment at={startsAt} timeZone={timeZone} />
            </Text>
            <Group component="span" gap={4} wrap="nowrap">
              {program.access === 'public' ? <IconLockOpen2 size={14} aria-hidden /> : <IconLock size={14} aria-hidden />}
              {program.access === 'public' ? 'Public' : 'Private'}
            </Group>
            <Group component="span" gap={2} wrap="nowrap" className="attendee-link">
              <Anchor href={attendeeUrl} target="_blank" rel="noopener" size="sm">
                {attendeeUrl.replace(/^https?:\/\//, '')} <IconExternalLink size={14} aria-hidden className="inline-icon" />
              </Anchor>
              <CopyButton value={attendeeUrl} what="link of the attendee page" size="sm" />
            </Group>
          </Group>
        }
        actions={
          <>
            <LinkButton
              to="/p/$programId/control-room"
              params={{ programId: id }}
              variant="default"
              leftSection={<IconDeviceDesktop size={16} aria-hidden />}
            >
              Control room
            </LinkButton>
            {mayStep && <StepButtons program={program} steps={steps} />}
            <ProgramMenu program={program} />
          </>
        }
      />
      {steps.dialogue}
      <StateLine state={state} />
      <nav className="tab-links" aria-label="Parts of the program">
        {tabs.map(({ to, label }) => (
          <Link key={to} to={to} params={{ programId: id }} activeProps={{ 'aria-current': 'page' }}>
            {label}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  )
}

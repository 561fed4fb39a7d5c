// Owns: what a new organization does first, each step ticked by what has happened and leading to where it is done.
import { Anchor, Collapse, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type ChecklistAnswer, checklistSteps } from '@voila/protocol'
import type { ReactNode } from 'react'
import { useOrganization } from '../may.ts'
import { LinkText } from '../pieces/links.tsx'
import { checklistQuery, programsQuery } from '../queries.ts'

type Step = (typeof checklistSteps)[number]

const words: Readonly<Record<Step, { title: string; says: string }>> = {
  key: { title: 'Declare a key', says: 'By its private half your server vouches for each attendee.' },
  program: { title: 'Create a program', says: 'One live show, with an address of its own.' },
  access: { title: 'Check who may enter', says: 'Private from the start; schedule it so that tokens let people in.' },
  token: { title: 'Send a test token', says: 'Sign one with your own code, or make one in the inspector.' },
  stream: { title: 'Push a stream', says: 'From OBS or any other encoder, to the address under Stream.' },
  watch: { title: 'Watch as an attendee', says: 'Open the attendee link with a token, and see what they see.' },
}

type StepFacts = { step: Step; programId: string | undefined; onCreateProgram: (() => void) | undefined }

/** Where a step is done. Steps of a program lead to the newest one, or to where one is made. */
function StepLink({ step, programId, onCreateProgram, children }: StepFacts & { children: ReactNode }) {
  const { id: organizationId } = useOrganization()
  const look = { size: 'sm', fw: 500 } as const
  if (step === 'key') {
    return (
      <LinkText to="/o/$organizationId/keys/new" params={{ organizationId }} {...look}>
        {children}
      </LinkText>
    )
  }
  if (step === 'token') {
    return (
      <LinkText to="/o/$organizationId/inspector" params={{ organizationId }} {...look}>
        {children}
      </LinkText>
    )
  }
  if (step === 'program' && onCreateProgram !== undefined) {
    return (
      <Anchor component="button" type="button" onClick={onCreateProgram} {...look}>
        {children}
      </Anchor>
    )
  }
  if (step === 'program' || programId === undefined) {
    return (
      <Text span {...look} c="dimmed">
        {children}
      </Text>
    )
  }
  const to = step === 'access' ? '/p/$programId/access' : step === 'stream' ? '/p/$programId/stream' : '/p/$programId/share'
  return (
    <LinkText to={to} params={{ programId }} {...look}>
      {children}
    </LinkText>
  )
}

function StepRow({ isDone, isNext, ...facts }: StepFacts & { isDone: boolean; isNext: boolean }) {
  const { step } = facts
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start" className="plain-row">
      {isDone ? (
        <IconCircleCheckFilled size={22} className="no-shrink checklist-done" aria-hidden />
      ) : (
        <IconCircle size={22} stroke={1.5} className="no-shrink checklist-open" aria-hidden />
      )}
      <div>
        {isDone ? (
          <Text size="sm" c="dimmed">
            {words[step].title}
            <span className="unseen"> (done)</span>
          </Text>
        ) : (
          <StepLink {...facts}>{words[step].title}</StepLink>
        )}
        <Collapse expanded={isNext}>
          <Text size="sm" c="dimmed">
            {words[step].says}
          </Text>
        </Collapse>
      </div>
    </Group>
  )
}

const isFinished = (done: ChecklistAnswer): boolean => checklistSteps.every((step) => done[step])

/** The steps of an organization that has not taken them all; else nothing. `onCreateProgram` opens the form for one. */
export function Checklist({ onCreateProgram }: { onCreateProgram?: () => void }) {
  const { id: organizationId, role } = useOrganization()
  // It ticks itself while the person pushes a stream or opens a link elsewhere.
  const { data: done } = useQuery({
    ...checklistQuery(organizationId),
    refetchInterval: ({ state }) => (state.data !== undefined && isFinished(state.data) ? false : 5_000),
  })
  const programs = useInfiniteQuery(programsQuery(organizationId))
  if (done === undefined || isFinished(done) || role === 'moderator') return null
  const count = checklistSteps.filter((step) => done[step]).length
  const next = checklistSteps.find((step) => !done[step])
  const programId = programs.data?.pages[0]?.items[0]?.id
  return (
    <Paper component="section" p={{ base: 'md', sm: 'lg' }} mb="lg" aria-labelledby="checklist" bg="var(--voila-panel)">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="checklist">
          First steps
        </Title>
        <Text size="sm" c="dimmed">
          {count} of {checklistSteps.length}
        </Text>
      </Group>
      <Progress value={(100 * count) / checklistSteps.length} size={4} mb="xs" aria-label="Steps done" />
      <Stack component="ol" gap={0} className="plain-list">
        {checklistSteps.map((step) => (
          <StepRow
            key={step}
            step={step}
            isDone={done[step]}
            isNext={step === next}
            programId={programId}
            onCreateProgram={onCreateProgram}
          />
        ))}
      </Stack>
    </Paper>
  )
}

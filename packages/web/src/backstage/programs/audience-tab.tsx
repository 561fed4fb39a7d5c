// Owns: who watches a program now, how many did when, and what of that is taken away.
import { Badge, Button, Checkbox, CloseButton, Group, SimpleGrid, Stack, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconDownload, IconSearch, IconUsers } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import type { AudienceAnswer, Program } from '@voila/protocol'
import { useMemo, useState } from 'react'
import { api } from '../api.ts'
import { useMay } from '../may.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { CursorList, SkeletonRows } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone } from '../pieces/notes.tsx'
import { Section } from '../pieces/section.tsx'
import { audienceQuery, curveQuery, programPath, useProgram } from './program-queries.ts'
import { ViewerCurve } from './viewer-curve.tsx'

const typingMs = 250
const number = new Intl.NumberFormat()

export function AudienceTab() {
  const program = useProgram()
  const mayExport = useMay('audience:export')
  return (
    <>
      <Section
        title="Viewers over time"
        says="Attendees who were there at the same time. Your team is not counted, and rehearsals are not."
        actions={
          mayExport && (
            <Button
              component="a"
              href={`${programPath(program.id)}/audience.csv`}
              download
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
            >
              Who watched (CSV)
            </Button>
          )
        }
      >
        <Curve program={program} />
      </Section>
      <Section title="In now" says="Who did not agree to share personal data has a pseudonym here, always the same one.">
        <InNow program={program} />
      </Section>
    </>
  )
}

function Curve({ program }: { program: Program }) {
  const query = useQuery(curveQuery(program.id))
  const points = useMemo(() => (query.data?.points ?? []).map(({ at, count }) => ({ at: Date.parse(at), count })), [query.data])
  if (query.isPending) return <SkeletonRows rows={1} height={220} />
  if (query.data === undefined) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  const { now, peak, total } = query.data
  const figures = [
    ['Now', now],
    ['At most', peak],
    ['Came in all', total],
  ] as const
  return (
    <Stack gap="md">
      <SimpleGrid component="dl" className="figures" cols={3} spacing="md">
        {figures.map(([name, count]) => (
          <div key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" fz={24} fw={600} lh={1.2}>
              {number.format(count)}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {points.length < 2 ? (
        <EmptyState says="The curve is drawn here, live, once the first attendee is there." />
      ) : (
        <ViewerCurve points={points} />
      )}
    </Stack>
  )
}

function InNow({ program }: { program: Program }) {
  const queryClient = useQueryClient()
  const mayEnd = useMay('audience:write')
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), typingMs)
  const [ending, setEnding] = useState<AudienceAnswer>()
  const query = useInfiniteQuery({ ...audienceQuery(program.id, search), placeholderData: keepPreviousData })

  const [keepOut, setKeepOut] = useState(false)

  async function end({ id, displayName }: AudienceAnswer): Promise<void> {
    await api.send('POST', `${programPath(program.id)}/attendees/${id}/revoke`, { keepOut })
    await queryClient.invalidateQueries({ queryKey: ['program', program.id, 'audience'] })
    showDone(keepOut ? `${displayName} is out, and is kept out.` : `${displayName} is out.`)
  }

  return (
    <>
      <TextInput
        mb="md"
        maw={340}
        aria-label="Search who is in now"
        placeholder="Search by name"
        value={text}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={text === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => setText('')} />}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <CursorList
        query={query}
        rows={4}
        empty={
          <EmptyState
            icon={<IconUsers size={28} stroke={1.5} aria-hidden />}
            says={search === '' ? 'Nobody is there at the moment.' : 'Nobody of that name is there at the moment.'}
          />
        }
      >
        {(people) => (
          <People
            people={people}
            program={program}
            {...(mayEnd
              ? {
                  onEnd: (person: AudienceAnswer) => {
                    setKeepOut(false)
                    setEnding(person)
                  },
                }
              : {})}
          />
        )}
      </CursorList>
      {ending !== undefined && (
        <Confirm opened onClose={() => setEnding(undefined)} title="End this visit" action="End the visit" onConfirm={() => end(ending)}>
          <Text size="sm">
            {ending.displayName} loses the picture and the chat at once{ending.sessions > 1 ? `, in all ${ending.sessions} places` : ''}. A
            new token lets them in again, unless you keep them out.
          </Text>
          <Checkbox
            mt="md"
            label="Keep them out of this program"
            description="No token and no account of theirs lets them in, until an owner or admin lifts it under Revocations."
            checked={keepOut}
            onChange={({ currentTarget }) => setKeepOut(currentTarget.checked)}
          />
        </Confirm>
      )}
    </>
  )
}

type PeopleProps = { people: readonly AudienceAnswer[]; program: Program; onEnd?: (person: AudienceAnswer) => void }

function People({ people, program, onEnd }: PeopleProps) {
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th visibleFrom="sm">E-mail</Table.Th>
          <Table.Th>There since</Table.Th>
          {onEnd !== undefined && (
            <Table.Th>
              <span className="unseen">What to do</span>
            </Table.Th>
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {people.map((person) => (
          <Table.Tr key={person.id}>
            <Table.Td>
              <Group gap={6}>
                <bdi>{person.displayName}</bdi>
                {person.moderates && <Badge size="sm">moderates</Badge>}
                {person.guest === true && (
                  <Badge size="sm" color="gray">
                    guest
                  </Badge>
                )}
                {person.sessions > 1 && (
                  <Badge size="sm" color="gray">
                    in {person.sessions} places
                  </Badge>
                )}
              </Group>
            </Table.Td>
            <Table.Td visibleFrom="sm" c="dimmed">
              {person.email ?? 'not shared'}
            </Table.Td>
            <Table.Td>
              <Moment at={person.since} timeZone={program.timeZone} relative />
            </Table.Td>
            {onEnd !== undefined && (
              <Table.Td ta="right">
                <Button variant="default" size="xs" onClick={() => onEnd(person)} aria-label={`End the visit of ${person.displayName}`}>
                  End visit
                </Button>
              </Table.Td>
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

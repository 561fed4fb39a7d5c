// Owns: the list of an organization's programs: finding one, and beginning another.
import { Button, Chip, CloseButton, Group, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconBroadcast, IconPlus, IconSearch } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { Program } from '@voila/protocol'
import { useState } from 'react'
import { useMay, useOrganization } from '../may.ts'
import { Checklist } from '../organization/checklist.tsx'
import { CursorList } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { Moment } from '../pieces/moment.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { programsQuery } from '../queries.ts'
import { CreateProgram } from './create-program.tsx'
import { ProgramMenu } from './program-menu.tsx'
import { StateBadge } from './state-badge.tsx'
import { stateOrder, stateWords } from './states.ts'
import './programs.css'

const route = '/team/o/$organizationId/programs'
const listMs = 15_000
const typingMs = 250

export function ProgramsPage() {
  const organization = useOrganization()
  const mayMake = useMay('programs:write')
  const { search, state } = useSearch({ from: route })
  const navigate = useNavigate({ from: '/o/$organizationId/programs' })
  const [creating, setCreating] = useState(false)
  const query = useInfiniteQuery({
    ...programsQuery(organization.id, { ...(search === undefined ? {} : { search }), ...(state === undefined ? {} : { state }) }),
    placeholderData: keepPreviousData,
    refetchInterval: listMs,
  })
  const isFiltered = search !== undefined || state !== undefined
  const clear = (): void => void navigate({ search: {}, replace: true })
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      New program
    </Button>
  )
  const isEmpty = query.data !== undefined && !isFiltered && query.data.pages.every((page) => page.items.length === 0)

  return (
    <>
      <PageHead title="Programs" actions={mayMake && !isEmpty ? create : undefined} />
      {!isFiltered && <Checklist {...(mayMake ? { onCreateProgram: () => setCreating(true) } : {})} />}
      {!isEmpty && <Filters key={organization.id} search={search ?? ''} states={state?.split(',') ?? []} />}
      <CursorList
        query={query}
        rows={5}
        empty={
          isFiltered ? (
            <EmptyState
              says="No program is like this."
              action={
                <Button variant="default" onClick={clear}>
                  Show all programs
                </Button>
              }
            />
          ) : (
            <EmptyState
              icon={<IconBroadcast size={32} stroke={1.5} aria-hidden />}
              says="A program is one live show: its page, its feed, its chat and its audience."
              {...(mayMake ? { action: create } : {})}
            />
          )
        }
      >
        {(programs) => <ProgramTable programs={programs} />}
      </CursorList>
      {creating && <CreateProgram opened onClose={() => setCreating(false)} />}
    </>
  )
}

function Filters({ search, states }: { search: string; states: readonly string[] }) {
  const navigate = useNavigate({ from: '/o/$organizationId/programs' })
  const [text, setText] = useState(search)
  const filter = (changes: { search?: string; state?: string }): void =>
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true })
  const look = useDebouncedCallback((wanted: string) => filter({ search: wanted.trim() }), typingMs)
  const change = (wanted: string): void => {
    setText(wanted)
    look(wanted)
  }
  return (
    <Group gap="sm" mb="md" align="center">
      <TextInput
        className="programs-search"
        aria-label="Search programs"
        placeholder="Search by title or id"
        value={text}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={text === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <Chip.Group multiple value={[...states]} onChange={(wanted) => filter({ state: wanted.join(',') })}>
        <Group gap={6} role="group" aria-label="Only programs in these states">
          {stateOrder.map((state) => (
            <Chip key={state} value={state} size="xs" variant="outline">
              {stateWords[state].label}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Group>
  )
}

function ProgramTable({ programs }: { programs: readonly Program[] }) {
  return (
    <Table className="programs-table" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Program</Table.Th>
          <Table.Th visibleFrom="sm">State</Table.Th>
          <Table.Th visibleFrom="sm">Start</Table.Th>
          <Table.Th visibleFrom="xs" ta="right">
            Viewers
          </Table.Th>
          <Table.Th w={52}>
            <span className="unseen">More</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {programs.map((program) => (
          <ProgramRow key={program.id} program={program} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function ProgramRow({ program }: { program: Program }) {
  const { id, title, state, startsAt, timeZone, viewers, live } = program
  return (
    <Table.Tr>
      <Table.Td>
        <Link className="programs-title" to="/p/$programId/page" params={{ programId: id }} dir="auto">
          {title}
        </Link>
        <Group gap={6} hiddenFrom="sm" mt={4}>
          <StateBadge state={state} />
          <Text size="xs" c="dimmed">
            <Moment at={startsAt} timeZone={timeZone} />
          </Text>
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Group gap={6} wrap="nowrap">
          <StateBadge state={state} />
          {live && (
            <Text size="xs" c="dimmed" className="feed-here">
              feed
            </Text>
          )}
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Moment at={startsAt} timeZone={timeZone} />
      </Table.Td>
      <Table.Td visibleFrom="xs" ta="right">
        {viewers === 0 ? (
          <Text span c="dimmed" inherit>
            0
          </Text>
        ) : (
          new Intl.NumberFormat().format(viewers)
        )}
      </Table.Td>
      <Table.Td>
        <ProgramMenu program={program} />
      </Table.Td>
    </Table.Tr>
  )
}

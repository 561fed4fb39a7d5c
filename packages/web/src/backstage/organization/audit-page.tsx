// Owns: the page of the audit log: who changed what, when, from where, and what it was before.
import { Anchor, Badge, Button, Group, Select, Text } from '@mantine/core'
import { IconDownload, IconHistory, IconX } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { AuditAnswer } from '@voila/protocol'
import { useMay, useOrganization } from '../may.ts'
import { CursorList } from '../pieces/cursor-list.tsx'
import { type Column, type DataRow, DataTable } from '../pieces/data-table.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { Moment } from '../pieces/moment.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { apiKeysQuery, auditQuery, membersQuery } from '../queries.ts'
import { actionNames, actionWords } from './action-words.ts'
import { Changes } from './changes.tsx'

const actorKinds = { member: 'Member', 'api-key': 'API key', administration: 'Administration' } as const

const columns: readonly Column[] = [
  { title: 'When', width: 180 },
  { title: 'Who', width: 200 },
  { title: 'What', width: 240 },
  { title: 'Before and after' },
]

function rowOf(entry: AuditAnswer, onTarget: (id: string) => void): DataRow {
  const { id, at, actor, action, target, before, after, from } = entry
  return {
    key: id,
    cells: [
      <Moment key="at" at={at} />,
      <div key="who">
        <Text size="sm">{actor.name}</Text>
        {actor.kind === 'member' ? null : <Badge color="gray">{actorKinds[actor.kind]}</Badge>}
        <Text size="xs" c="dimmed" className="mono">
          {from}
        </Text>
      </div>,
      <div key="what">
        <Text size="sm">{actionWords(action)}</Text>
        <Anchor
          component="button"
          type="button"
          size="sm"
          fw={500}
          ta="start"
          onClick={() => onTarget(target.id)}
          title="Show only what was done to this"
        >
          {target.name ?? target.id}
        </Anchor>
      </div>,
      before === null && after === null ? null : <Changes key="changes" before={before} after={after} />,
    ],
  }
}

/** Who can be chosen as having done something: the team of now, and its API keys. */
function useActors() {
  const { id: organizationId } = useOrganization()
  const mayKeys = useMay('api-keys:write')
  const members = useInfiniteQuery(membersQuery(organizationId))
  const apiKeys = useInfiniteQuery({ ...apiKeysQuery(organizationId), enabled: mayKeys })
  const options = (pages: { items: { id: string; name: string }[] }[] | undefined) =>
    pages?.flatMap(({ items }) => items).map(({ id, name }) => ({ value: id, label: name })) ?? []
  return [
    { group: 'Members', items: options(members.data?.pages) },
    { group: 'API keys', items: options(apiKeys.data?.pages) },
  ].filter(({ items }) => items.length > 0)
}

export function AuditPage() {
  const { id: organizationId } = useOrganization()
  const filters = useSearch({ from: '/team/o/$organizationId/audit' })
  const navigate = useNavigate({ from: '/o/$organizationId/audit' })
  const query = useInfiniteQuery(auditQuery(organizationId, filters))
  const actors = useActors()
  const targetName = query.data?.pages[0]?.items.find(({ target }) => target.id === filters.target)?.target.name ?? filters.target
  const filter = (name: 'actor' | 'action' | 'target', value: string): void => {
    const { [name]: _, ...others } = filters
    void navigate({ search: value === '' ? others : { ...others, [name]: value }, replace: true })
  }
  const csv = new URLSearchParams(Object.entries(filters))
  const isFiltered = Object.keys(filters).length > 0
  return (
    <>
      <PageHead
        title="Audit log"
        says="Every change, newest first. It holds no secret: keys appear by their thumbprint."
        actions={
          <Button
            component="a"
            href={`/api/organizations/${organizationId}/audit.csv?${csv}`}
            download
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Download as CSV
          </Button>
        }
      />
      <Group gap="sm" mb="md" align="flex-end">
        <Select
          label="What"
          placeholder="Everything"
          clearable
          searchable
          w={{ base: '100%', xs: 240 }}
          data={actionNames.map((action) => ({ value: action, label: actionWords(action) }))}
          value={filters.action ?? null}
          onChange={(action) => filter('action', action ?? '')}
        />
        <Select
          label="Who"
          placeholder="Anybody"
          clearable
          searchable
          w={{ base: '100%', xs: 260 }}
          data={actors}
          value={filters.actor ?? null}
          onChange={(actor) => filter('actor', actor ?? '')}
        />
        {filters.target === undefined ? null : (
          <Button
            variant="light"
            rightSection={<IconX size={16} aria-hidden />}
            onClick={() => filter('target', '')}
            aria-label={`Only ${targetName}: show all again`}
          >
            Only {targetName}
          </Button>
        )}
      </Group>
      <CursorList
        query={query}
        rows={6}
        empty={
          <EmptyState
            icon={<IconHistory size={32} stroke={1.4} aria-hidden />}
            says={
              isFiltered
                ? 'No change matches these filters.'
                : 'Every change that somebody makes here is written down, and nothing has been changed yet.'
            }
          />
        }
      >
        {(entries) => (
          <DataTable
            top
            label="Changes"
            columns={columns}
            rows={entries.map((entry) => rowOf(entry, (target) => filter('target', target)))}
          />
        )}
      </CursorList>
    </>
  )
}

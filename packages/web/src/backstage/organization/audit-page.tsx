// Owns: the page of the audit log: who changed what, when, from where, and what it was before.
import { Anchor, Badge, Button, Group, Pill, Select, Table, Text } from '@mantine/core'
import { IconDownload, IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { AuditAnswer } from '@voila/protocol'
import { useMay, useOrganization } from '../may.ts'
import { CursorList } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { Moment } from '../pieces/moment.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { apiKeysQuery, auditQuery, membersQuery } from '../queries.ts'
import { actionNames, actionWords } from './action-words.ts'
import { Changes } from './changes.tsx'

const actorKinds = { member: 'Member', 'api-key': 'API key', administration: 'Administration' } as const

function Entry({ entry, onTarget }: { entry: AuditAnswer; onTarget(id: string): void }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Moment at={entry.at} />
      </Table.Td>
      <Table.Td>
        <Text size="sm">{entry.actor.name}</Text>
        {entry.actor.kind === 'member' ? null : (
          <Badge color="gray" size="sm">
            {actorKinds[entry.actor.kind]}
          </Badge>
        )}
        <Text size="xs" c="dimmed" className="mono">
          {entry.from}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{actionWords(entry.action)}</Text>
        <Anchor
          component="button"
          type="button"
          size="sm"
          fw={500}
          ta="left"
          onClick={() => onTarget(entry.target.id)}
          title="Show only what was done to this"
        >
          {entry.target.name ?? entry.target.id}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <Changes before={entry.before} after={entry.after} />
      </Table.Td>
    </Table.Tr>
  )
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
          <Pill size="lg" withRemoveButton onRemove={() => filter('target', '')} removeButtonProps={{ 'aria-label': 'Show all again' }}>
            Only {filters.target}
          </Pill>
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
          <Table.ScrollContainer minWidth={820} type="native">
            <Table aria-label="Changes" verticalSpacing="sm" className="audit-table">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={170}>When</Table.Th>
                  <Table.Th w={190}>Who</Table.Th>
                  <Table.Th w={220}>What</Table.Th>
                  <Table.Th>Before and after</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {entries.map((entry) => (
                  <Entry key={entry.id} entry={entry} onTarget={(id) => filter('target', id)} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </CursorList>
    </>
  )
}

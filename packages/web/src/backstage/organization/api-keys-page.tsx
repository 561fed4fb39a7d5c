// Owns: the page of an organization's API keys.
import { Anchor, Badge, Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTerminal2 } from '@tabler/icons-react'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import type { ApiKeyAnswer } from '@voila/protocol'
import { useState } from 'react'
import { api } from '../api.ts'
import { useOrganization } from '../may.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { CursorList } from '../pieces/cursor-list.tsx'
import { DataTable } from '../pieces/data-table.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone } from '../pieces/notes.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { apiKeysQuery } from '../queries.ts'
import { NewApiKey } from './new-api-key.tsx'

function RevokeApiKey({ apiKey, onClose }: { apiKey: ApiKeyAnswer; onClose(): void }) {
  const { id: organizationId } = useOrganization()
  const queryClient = useQueryClient()
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Revoke ${apiKey.name}?`}
      action="Revoke"
      onConfirm={async () => {
        await api.send('DELETE', `/api/organizations/${organizationId}/api-keys/${apiKey.id}`)
        await queryClient.invalidateQueries({ queryKey: apiKeysQuery(organizationId).queryKey })
        showDone(`${apiKey.name} has been revoked.`)
      }}
    >
      <Text size="sm">
        Whatever uses <span className="mono">{apiKey.prefix}…</span> is refused from now on.{' '}
        {apiKey.lastUsedAt === null ? (
          'It has never been used.'
        ) : (
          <>
            It was last used <Moment at={apiKey.lastUsedAt} relative />.
          </>
        )}{' '}
        This can’t be undone.
      </Text>
    </Confirm>
  )
}

export function ApiKeysPage() {
  const { id: organizationId } = useOrganization()
  const query = useInfiniteQuery(apiKeysQuery(organizationId))
  const [opened, making] = useDisclosure()
  const [revoking, setRevoking] = useState<ApiKeyAnswer | null>(null)
  const isEmpty = query.data?.pages.every(({ items }) => items.length === 0)
  const make = <Button onClick={making.open}>Make API key</Button>
  return (
    <>
      <PageHead
        title="API keys"
        says={
          <>
            Your own programs call the API with them.{' '}
            <Anchor href="/api/docs" target="_blank" rel="noopener" inherit>
              API documentation
            </Anchor>
          </>
        }
        actions={isEmpty ? undefined : make}
      />
      <CursorList
        query={query}
        empty={
          <EmptyState
            icon={<IconTerminal2 size={32} stroke={1.4} aria-hidden />}
            says="API keys let your own programs do here what you allow them, without anybody’s password."
            action={make}
          />
        }
      >
        {(apiKeys) => (
          <DataTable
            label="API keys"
            columns={[{ title: 'Name' }, { title: 'May' }, { title: 'Made' }, { title: 'Last used' }, { title: '' }]}
            rows={apiKeys.map((apiKey) => ({
              key: apiKey.id,
              cells: [
                <div key="name">
                  <Text size="sm" fw={500}>
                    {apiKey.name}
                  </Text>
                  <Text size="sm" c="dimmed" className="mono">
                    {apiKey.prefix}…
                  </Text>
                </div>,
                <span key="scopes" className="mono">
                  {apiKey.scopes.join(', ')}
                </span>,
                <div key="made">
                  <Moment at={apiKey.createdAt} dateOnly />
                  {apiKey.createdBy === null ? null : (
                    <Text size="sm" c="dimmed">
                      {apiKey.createdBy}
                    </Text>
                  )}
                </div>,
                apiKey.lastUsedAt === null ? 'Never' : <Moment key="used" at={apiKey.lastUsedAt} relative />,
                apiKey.revokedAt === null ? (
                  <Button key="revoke" variant="default" size="xs" onClick={() => setRevoking(apiKey)} aria-label={`Revoke ${apiKey.name}`}>
                    Revoke
                  </Button>
                ) : (
                  <Badge key="revoked" color="gray">
                    Revoked <Moment at={apiKey.revokedAt} dateOnly />
                  </Badge>
                ),
              ],
            }))}
          />
        )}
      </CursorList>
      <NewApiKey opened={opened} onClose={making.close} />
      {revoking === null ? null : <RevokeApiKey apiKey={revoking} onClose={() => setRevoking(null)} />}
    </>
  )
}

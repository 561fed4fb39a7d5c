// Owns: the page with the partner keys of an organization.
import { Alert, Group, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle, IconKey } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { PartnerKeyAnswer } from '@voila/protocol'
import { useMay, useOrganization } from '../may.ts'
import { CopyButton, CopyField } from '../pieces/copy.tsx'
import { CursorList } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { LinkButton, LinkText } from '../pieces/links.tsx'
import { Moment } from '../pieces/moment.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { keysQuery } from '../queries.ts'
import { endsSoon, KeyEnd, KeyState } from './key-state.tsx'

function KeyRow({ partnerKey }: { partnerKey: PartnerKeyAnswer }) {
  const { kid, name, organizationId, state, thumbprint, lastUsedAt, lastDay } = partnerKey
  return (
    <Table.Tr>
      <Table.Td>
        <LinkText to="/o/$organizationId/keys/$kid" params={{ organizationId, kid }} fw={500} size="sm">
          {name}
        </LinkText>
        <Group gap={2} wrap="nowrap">
          <Text size="sm" className="mono" c="dimmed">
            {kid}
          </Text>
          <CopyButton value={kid} what="kid" size="sm" />
        </Group>
      </Table.Td>
      <Table.Td>
        <KeyState state={state} />
      </Table.Td>
      <Table.Td>
        <KeyEnd partnerKey={partnerKey} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" className="mono" c="dimmed" title={`Thumbprint (RFC 7638): ${thumbprint}`}>
          {thumbprint.slice(0, 10)}…
        </Text>
      </Table.Td>
      <Table.Td>{lastUsedAt === null ? 'Never' : <Moment at={lastUsedAt} relative />}</Table.Td>
      <Table.Td ta="right">{lastDay.accepted.toLocaleString()}</Table.Td>
      <Table.Td ta="right">
        {lastDay.refused === 0 ? (
          0
        ) : (
          <LinkText to="/o/$organizationId/keys/$kid" params={{ organizationId, kid }} hash="refusals" size="sm">
            {lastDay.refused.toLocaleString()}
          </LinkText>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

/** Keys that end without a younger one beside them would lock everybody out. */
function EndingSoon({ keys }: { keys: readonly PartnerKeyAnswer[] }) {
  const ending = keys.filter((key) => endsSoon(key))
  if (ending.length === 0) return null
  return (
    <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />} mb="md">
      <Text size="sm">
        {ending.map(({ name }) => name).join(', ')} {ending.length === 1 ? 'ends' : 'end'} within 30 days. Declare the next key now and sign
        with it, so that nobody is locked out.
      </Text>
    </Alert>
  )
}

export function KeysPage() {
  const { id: organizationId } = useOrganization()
  const mayWrite = useMay('keys:write')
  const query = useInfiniteQuery(keysQuery(organizationId))
  const isEmpty = query.data?.pages.every(({ items }) => items.length === 0)
  const declare = mayWrite ? (
    <LinkButton to="/o/$organizationId/keys/new" params={{ organizationId }}>
      Declare a key
    </LinkButton>
  ) : undefined
  return (
    <>
      <PageHead
        title="Partner keys"
        says="Your server signs a token for each attendee with a private key. Here you declare the public half, by which the platform knows your tokens."
        actions={isEmpty ? undefined : declare}
      />
      <Stack maw={560} mb="lg">
        <CopyField
          label="Organization id"
          description="Your tokens carry it as organization_id."
          value={organizationId}
          what="organization id"
        />
      </Stack>
      <CursorList
        query={query}
        empty={
          <EmptyState
            icon={<IconKey size={32} stroke={1.4} aria-hidden />}
            says="Keys by which your tokens are known belong here. Nobody can come in until one is declared."
            action={declare}
          />
        }
      >
        {(keys) => (
          <>
            <EndingSoon keys={keys} />
            <Table.ScrollContainer minWidth={860} type="native">
              <Table aria-label="Partner keys">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name and kid</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>Ends</Table.Th>
                    <Table.Th>Thumbprint</Table.Th>
                    <Table.Th>Last used</Table.Th>
                    <Table.Th ta="right">Accepted, 24 h</Table.Th>
                    <Table.Th ta="right">Refused, 24 h</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {keys.map((partnerKey) => (
                    <KeyRow key={partnerKey.kid} partnerKey={partnerKey} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </>
        )}
      </CursorList>
    </>
  )
}

// Owns: the page with the partner keys of an organization.
import { Alert, Box, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconKey } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { PartnerKeyAnswer } from '@voila/protocol'
import { PublishedKeys } from '../jwks/published-keys.tsx'
import { useMay, useOrganization } from '../may.ts'
import { CopyButton, CopyField } from '../pieces/copy.tsx'
import { CursorList } from '../pieces/cursor-list.tsx'
import { type Column, type DataRow, DataTable } from '../pieces/data-table.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { LinkButton, LinkText } from '../pieces/links.tsx'
import { Moment } from '../pieces/moment.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { keysQuery } from '../queries.ts'
import { endsSoon, KeyEnd, KeyState } from './key-state.tsx'

const columns: readonly Column[] = [
  { title: 'Name and kid' },
  { title: 'State' },
  { title: 'Ends' },
  { title: 'Thumbprint' },
  { title: 'Last used' },
  { title: 'Accepted, 24 h', numbers: true },
  { title: 'Refused, 24 h', numbers: true },
]

function rowOf(partnerKey: PartnerKeyAnswer): DataRow {
  const { kid, name, organizationId, state, thumbprint, lastUsedAt, lastDay } = partnerKey
  const params = { organizationId, kid }
  const to = '/o/$organizationId/keys/$kid'
  return {
    key: kid,
    cells: [
      <>
        <LinkText to={to} params={params} fw={500} size="sm">
          {name}
        </LinkText>
        <Group gap={2} wrap="nowrap">
          <Text size="sm" className="mono" c="dimmed">
            {kid}
          </Text>
          <CopyButton value={kid} what="kid" size="sm" />
        </Group>
      </>,
      <KeyState key="state" state={state} />,
      <KeyEnd key="end" partnerKey={partnerKey} />,
      <Text key="thumbprint" size="sm" className="mono" c="dimmed" title={`Thumbprint (RFC 7638): ${thumbprint}`}>
        {thumbprint.slice(0, 10)}…
      </Text>,
      lastUsedAt === null ? 'Never' : <Moment key="used" at={lastUsedAt} relative />,
      lastDay.accepted.toLocaleString(),
      lastDay.refused === 0 ? (
        '0'
      ) : (
        <LinkText key="refused" to={to} params={params} hash="refusals" size="sm">
          {lastDay.refused.toLocaleString()}
        </LinkText>
      ),
    ],
  }
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
            <DataTable label="Partner keys" columns={columns} rows={keys.map(rowOf)} />
          </>
        )}
      </CursorList>
      <Box mt="xl">
        <PublishedKeys />
      </Box>
    </>
  )
}

// Owns: the page of one partner key: what it is, how to sign with it, who was refused, and its end.
import { ActionIcon, Alert, Button, Menu, SimpleGrid, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle, IconDots } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { moderatorRole, type PartnerKeyAnswer } from '@voila/protocol'
import type { ReactNode } from 'react'
import { PageError } from '../frames.tsx'
import { useMay } from '../may.ts'
import { Code } from '../pieces/code.tsx'
import { CopyField } from '../pieces/copy.tsx'
import { CursorList, SkeletonRows } from '../pieces/cursor-list.tsx'
import { LinkText } from '../pieces/links.tsx'
import { Moment } from '../pieces/moment.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { Section } from '../pieces/section.tsx'
import { keyQuery, keyRefusalsQuery } from '../queries.ts'
import { EditKey } from './edit-key.tsx'
import { RetireKey, RevokeKey } from './end-key.tsx'
import { endsSoon, isUsable, KeyEnd, KeyState } from './key-state.tsx'
import { RefusalTable } from './refusal-table.tsx'
import { SigningSnippets } from './signing-snippets.tsx'

function KeyActions({ partnerKey }: { partnerKey: PartnerKeyAnswer }) {
  const [editing, edit] = useDisclosure()
  const [retiring, retire] = useDisclosure()
  const [revoking, revoke] = useDisclosure()
  if (!isUsable(partnerKey)) return null
  return (
    <>
      <Button variant="default" onClick={retire.open}>
        {partnerKey.state === 'retiring' ? 'Change its end' : 'Retire'}
      </Button>
      <Menu position="bottom-end" shadow="md" width={200}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More">
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={edit.open}>Edit name and roles</Menu.Item>
          <Menu.Item onClick={revoke.open}>Revoke at once…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <EditKey partnerKey={partnerKey} opened={editing} onClose={edit.close} />
      <RetireKey partnerKey={partnerKey} opened={retiring} onClose={retire.close} />
      <RevokeKey partnerKey={partnerKey} opened={revoking} onClose={revoke.close} />
    </>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </div>
  )
}

function Facts({ partnerKey }: { partnerKey: PartnerKeyAnswer }) {
  const { kid, organizationId, thumbprint, pem, allowedRoles, createdAt, lastUsedAt, lastDay, accepted, refused, openSessions } = partnerKey
  return (
    <Section title="The key">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" mb="lg">
        <CopyField label="kid" description="Goes into the header of every token." value={kid} what="kid" />
        <CopyField label="Organization id" description="Goes into organization_id." value={organizationId} what="organization id" />
      </SimpleGrid>
      <SimpleGrid component="dl" cols={{ base: 2, sm: 4 }} spacing="md" m={0}>
        <Fact label="State">
          <KeyState state={partnerKey.state} />
        </Fact>
        <Fact label="Ends">
          <KeyEnd partnerKey={partnerKey} />
        </Fact>
        <Fact label="Declared">
          <Moment at={createdAt} dateOnly />
        </Fact>
        <Fact label="Last used">{lastUsedAt === null ? 'Never' : <Moment at={lastUsedAt} relative />}</Fact>
        <Fact label="Accepted, 24 h">{`${lastDay.accepted.toLocaleString()} (${accepted.toLocaleString()} in all)`}</Fact>
        <Fact label="Refused, 24 h">{`${lastDay.refused.toLocaleString()} (${refused.toLocaleString()} in all)`}</Fact>
        <Fact label="In by it now">{openSessions.toLocaleString()}</Fact>
        <Fact label="May make moderators">{allowedRoles.includes(moderatorRole) ? 'Yes' : 'No'}</Fact>
      </SimpleGrid>
      <details className="more">
        <summary>Public key and thumbprint</summary>
        <Stack gap="md" mt="sm">
          <CopyField label="Thumbprint (RFC 7638)" value={thumbprint} what="thumbprint" />
          <Code text={pem} what="public key" />
        </Stack>
      </details>
    </Section>
  )
}

function Refusals({ partnerKey }: { partnerKey: PartnerKeyAnswer }) {
  const { organizationId, kid } = partnerKey
  const query = useInfiniteQuery(keyRefusalsQuery(organizationId, kid))
  return (
    <div id="refusals">
      <Section
        title="Refused lately"
        says={
          <>
            Tokens with this kid that were not let in. They are not kept;{' '}
            <LinkText to="/o/$organizationId/inspector" params={{ organizationId }}>
              paste one into the inspector
            </LinkText>{' '}
            to see what is wrong with it.
          </>
        }
      >
        <CursorList query={query} empty={<Text size="sm">Nobody has been refused.</Text>}>
          {(refusals) => <RefusalTable refusals={refusals} by="program" />}
        </CursorList>
      </Section>
    </div>
  )
}

export function KeyPage() {
  const { organizationId, kid } = useParams({ from: '/team/o/$organizationId/keys/$kid' })
  const mayWrite = useMay('keys:write')
  const query = useQuery(keyQuery(organizationId, kid))
  if (query.isPending) return <SkeletonRows rows={4} height={72} />
  if (query.data === undefined) return <PageError error={query.error} reset={() => void query.refetch()} />
  const partnerKey = query.data
  return (
    <>
      <PageHead
        title={partnerKey.name}
        above={
          <LinkText to="/o/$organizationId/keys" params={{ organizationId }}>
            Partner keys
          </LinkText>
        }
        actions={mayWrite ? <KeyActions partnerKey={partnerKey} /> : undefined}
      />
      {endsSoon(partnerKey) ? (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />} mb="md">
          <Text size="sm">
            This key ends <Moment at={partnerKey.notAfter} relative />. Declare the next one now and sign with it, so that nobody is locked
            out.
          </Text>
        </Alert>
      ) : null}
      <Facts partnerKey={partnerKey} />
      {isUsable(partnerKey) ? <SigningSnippets partnerKey={partnerKey} /> : null}
      <Refusals partnerKey={partnerKey} />
    </>
  )
}

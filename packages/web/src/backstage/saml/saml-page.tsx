// Owns: the page on which people of an organization are let sign in with their company account.
import { Alert, Badge, Button, Group, Menu, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBuildingSkyscraper, IconDots, IconInfoCircle } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import type { SamlAnswer } from '@voila/protocol'
import { api } from '../api.ts'
import { PageError } from '../frames.tsx'
import { useMay, useOrganization } from '../may.ts'
import { TypedConfirm } from '../pieces/confirm.tsx'
import { SkeletonRows } from '../pieces/cursor-list.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone, showProblem } from '../pieces/notes.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { IdentityProviderSection } from './identity-provider.tsx'
import { MappingSection } from './mapping-form.tsx'
import { keepSaml, samlPath, samlQuery, useSamlChange } from './saml-queries.ts'
import { ServiceProviderSection } from './service-provider.tsx'
import { TestSection } from './test-sign-in.tsx'

const title = 'Company sign-in'
const says = 'People who have an account at your company sign in with it (SAML 2.0) and need no link. It works beside partner keys.'

function sessionWords(count: number): string {
  if (count === 0) return 'Nobody is in by it now.'
  return count === 1 ? '1 session that began with it ends.' : `${count.toLocaleString()} sessions that began with it end.`
}

function RemoveConnection({ saml, opened, onClose }: { saml: SamlAnswer; opened: boolean; onClose(): void }) {
  const { id: organizationId, name } = useOrganization()
  const queryClient = useQueryClient()
  return (
    <TypedConfirm
      opened={opened}
      onClose={onClose}
      title="Remove the company sign-in?"
      typed={name}
      action="Remove company sign-in"
      onConfirm={async () => {
        await api.send('DELETE', samlPath(organizationId))
        keepSaml(queryClient, organizationId, null)
        showDone('The company sign-in has been removed.')
      }}
    >
      <Text size="sm">
        Nobody signs in with a company account from now on. <strong>{sessionWords(saml.openSessions)}</strong> What was set here and the
        certificate are gone for good: your identity provider has to be told of new ones if you set it up again.
      </Text>
    </TypedConfirm>
  )
}

function Actions({ saml }: { saml: SamlAnswer }) {
  const { id: organizationId } = useOrganization()
  const [removing, remove] = useDisclosure()
  const turning = useSamlChange<{ enabled: boolean }>(organizationId, {
    method: 'PATCH',
    onDone: ({ enabled }) =>
      showDone(enabled ? 'People can sign in with their company account now.' : 'Nobody new signs in with it. Those who are in stay.'),
  })
  return (
    <>
      <Button
        variant={saml.enabled ? 'default' : 'filled'}
        disabled={!saml.enabled && saml.identityProvider === null}
        loading={turning.isPending}
        onClick={() => turning.mutate({ enabled: !saml.enabled }, { onError: showProblem })}
      >
        {saml.enabled ? 'Switch off' : 'Switch on'}
      </Button>
      <Menu position="bottom-end" shadow="md" width={220}>
        <Menu.Target>
          <Button variant="default" px="xs" aria-label="More">
            <IconDots size={18} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={remove.open}>Remove company sign-in…</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <RemoveConnection saml={saml} opened={removing} onClose={remove.close} />
    </>
  )
}

function Standing({ saml }: { saml: SamlAnswer }) {
  if (saml.enabled) return null
  return (
    <Alert variant="light" color="indigo" icon={<IconInfoCircle size={18} aria-hidden />} mb="lg">
      <Text size="sm">
        Nobody can sign in yet. Go through the four steps below, then switch it on. Each program has a switch of its own on its tab Access.
      </Text>
    </Alert>
  )
}

function Prepare() {
  const { id: organizationId } = useOrganization()
  const mayWrite = useMay('keys:write')
  const preparing = useSamlChange(organizationId, { method: 'POST' })
  return (
    <>
      <PageHead title={title} says={says} />
      <Stack gap="md">
        <ErrorNote error={preparing.error} />
        <EmptyState
          icon={<IconBuildingSkyscraper size={32} stroke={1.4} aria-hidden />}
          says="The connection to your identity provider belongs here: Microsoft Entra ID, Okta, Keycloak or another one that speaks SAML 2.0. Nothing changes for anybody until you switch it on."
          action={
            mayWrite ? (
              <Button loading={preparing.isPending} onClick={() => preparing.mutate()}>
                Set up company sign-in
              </Button>
            ) : undefined
          }
        />
      </Stack>
    </>
  )
}

export function SamlPage() {
  const { id: organizationId } = useOrganization()
  const mayWrite = useMay('keys:write')
  const { test } = useSearch({ from: '/team/o/$organizationId/saml' })
  const query = useQuery(samlQuery(organizationId))
  if (query.isPending) return <SkeletonRows rows={4} height={96} />
  if (query.data === undefined) return <PageError error={query.error} reset={() => void query.refetch()} />
  if (query.data === null) return <Prepare />
  const saml = query.data
  return (
    <>
      <PageHead
        title={title}
        says={says}
        actions={
          <Group gap="xs">
            <Badge variant="light" color={saml.enabled ? 'green' : 'gray'} size="lg">
              {saml.enabled ? 'On' : 'Off'}
            </Badge>
            {mayWrite ? <Actions saml={saml} /> : null}
          </Group>
        }
      />
      <Standing saml={saml} />
      <ServiceProviderSection saml={saml} mayWrite={mayWrite} />
      <IdentityProviderSection saml={saml} mayWrite={mayWrite} />
      <MappingSection key={JSON.stringify(saml.mapping)} saml={saml} mayWrite={mayWrite} />
      <TestSection saml={saml} mayWrite={mayWrite} {...(test === undefined ? {} : { testId: test })} />
    </>
  )
}

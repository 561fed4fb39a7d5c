// Owns: what the identity provider must be told of this platform, and the change of our certificate.
import { Alert, Badge, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDownload } from '@tabler/icons-react'
import type { SamlAnswer } from '@voila/protocol'
import { useOrganization } from '../may.ts'
import { Code } from '../pieces/code.tsx'
import { Confirm } from '../pieces/confirm.tsx'
import { CopyField } from '../pieces/copy.tsx'
import { type DataRow, DataTable } from '../pieces/data-table.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone, showProblem } from '../pieces/notes.tsx'
import { Section } from '../pieces/section.tsx'
import { useSamlChange } from './saml-queries.ts'

type OwnCertificate = SamlAnswer['serviceProvider']['certificates'][number]

const states: Readonly<Record<OwnCertificate['state'], { words: string; color: string }>> = {
  current: { words: 'In use', color: 'green' },
  next: { words: 'Next', color: 'indigo' },
  previous: { words: 'Before', color: 'gray' },
}

function rowOf({ state, fingerprint, notAfter, createdAt }: OwnCertificate): DataRow {
  return {
    key: fingerprint,
    cells: [
      <Text key="fingerprint" size="sm" className="mono" title={`SHA-256: ${fingerprint}`}>
        {fingerprint.slice(0, 16)}…
      </Text>,
      <Badge key="state" variant="light" color={states[state].color}>
        {states[state].words}
      </Badge>,
      <Moment key="made" at={createdAt} dateOnly />,
      <Moment key="ends" at={notAfter} dateOnly />,
    ],
  }
}

function CertificateChange({ saml }: { saml: SamlAnswer }) {
  const { id: organizationId } = useOrganization()
  const [asking, ask] = useDisclosure()
  const making = useSamlChange(organizationId, {
    method: 'POST',
    path: '/certificates',
    onDone: () => showDone('The next certificate is in the metadata, beside the one in use.'),
  })
  const using = useSamlChange(organizationId, { method: 'POST', path: '/certificates/activate' })
  if (!saml.serviceProvider.certificates.some(({ state }) => state === 'next')) {
    return (
      <Group>
        <Button variant="default" size="sm" loading={making.isPending} onClick={() => making.mutate(undefined, { onError: showProblem })}>
          Make the next certificate
        </Button>
      </Group>
    )
  }
  return (
    <>
      <Alert variant="light" color="indigo">
        <Stack gap="sm" align="flex-start">
          <Text size="sm">
            Let your identity provider read the metadata again, so that it knows both certificates. Then use the next one. What is still
            encrypted for the one before is read.
          </Text>
          <Button size="sm" onClick={ask.open}>
            Use the next certificate
          </Button>
        </Stack>
      </Alert>
      <Confirm
        opened={asking}
        onClose={ask.close}
        title="Use the next certificate?"
        action="Use it"
        dangerous={false}
        onConfirm={async () => {
          await using.mutateAsync()
          showDone('The next certificate is in use.')
        }}
      >
        <Text size="sm">
          Requests are signed with it from now on. An identity provider that verifies them and does not know it yet turns everybody away.
        </Text>
      </Confirm>
    </>
  )
}

export function ServiceProviderSection({ saml, mayWrite }: { saml: SamlAnswer; mayWrite: boolean }) {
  const { entityId, acsUrl, metadataUrl, certificates } = saml.serviceProvider
  const current = certificates.find(({ state }) => state === 'current')
  return (
    <Section
      title="1. Tell your identity provider about Voilà"
      says="Make an application there, for SAML. Most take our metadata, by its address or as a file; others ask for the two addresses."
      actions={
        <Button component="a" href={metadataUrl} download variant="default" size="sm" leftSection={<IconDownload size={16} aria-hidden />}>
          Metadata
        </Button>
      }
    >
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <CopyField
            label="Metadata address"
            description="Which is also our entity id (audience)."
            value={metadataUrl}
            what="metadata address"
          />
          <CopyField label="ACS address" description="Reply URL, single sign-on URL." value={acsUrl} what="ACS address" />
        </SimpleGrid>
        {entityId === metadataUrl ? null : <CopyField label="Entity id" value={entityId} what="entity id" />}
        <details className="more">
          <summary>Certificates, for signed requests and encrypted answers</summary>
          <Stack gap="md" mt="sm">
            <DataTable
              label="Our certificates"
              columns={[{ title: 'Fingerprint' }, { title: 'State' }, { title: 'Made' }, { title: 'Ends' }]}
              rows={certificates.map(rowOf)}
            />
            {current === undefined ? null : <Code text={current.pem} what="certificate in use" />}
            {mayWrite ? <CertificateChange saml={saml} /> : null}
          </Stack>
        </details>
      </Stack>
    </Section>
  )
}

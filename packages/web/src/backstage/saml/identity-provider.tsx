// Owns: what the platform is told of the identity provider: its metadata, pasted or by address.
import { Alert, Button, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { SamlAnswer } from '@voila/protocol'
import { type FormEvent, useState } from 'react'
import { useOrganization } from '../may.ts'
import { type DataRow, DataTable } from '../pieces/data-table.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone, showProblem } from '../pieces/notes.tsx'
import { Section } from '../pieces/section.tsx'
import { useSamlChange } from './saml-queries.ts'

type Provider = NonNullable<SamlAnswer['identityProvider']>
type Way = 'url' | 'xml'

function rowOf({ fingerprint, subject, notAfter }: Provider['certificates'][number]): DataRow {
  const isOver = Date.now() > Date.parse(notAfter)
  return {
    key: fingerprint,
    cells: [
      subject,
      <Text key="fingerprint" size="sm" className="mono" title={`SHA-256: ${fingerprint}`}>
        {fingerprint.slice(0, 16)}…
      </Text>,
      <Text key="ends" size="sm" {...(isOver ? { c: 'red' } : {})}>
        <Moment at={notAfter} dateOnly />
      </Text>,
    ],
  }
}

function Known({ provider, metadata, mayWrite }: { provider: Provider; metadata: SamlAnswer['metadata']; mayWrite: boolean }) {
  const { id: organizationId } = useOrganization()
  const looking = useSamlChange(organizationId, {
    method: 'POST',
    path: '/refresh',
    onDone: (saml) => (saml.metadata.problem === null ? showDone('The metadata has been read again.') : undefined),
  })
  return (
    <Stack gap="md">
      {metadata.problem === null ? null : (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />}>
          <Text size="sm">The last look at the address failed; what was read before counts on. {metadata.problem}</Text>
        </Alert>
      )}
      <Text size="sm">
        <Text span c="dimmed">
          Identity provider{' '}
        </Text>
        <span className="mono">{provider.entityId}</span>
      </Text>
      <Text size="sm">
        <Text span c="dimmed">
          People are sent to{' '}
        </Text>
        <span className="mono">{provider.ssoUrl}</span>
      </Text>
      <DataTable
        label="Certificates of the identity provider"
        columns={[{ title: 'It signs as' }, { title: 'Fingerprint' }, { title: 'Ends' }]}
        rows={provider.certificates.map(rowOf)}
      />
      {metadata.url === null ? (
        <Text size="sm" c="dimmed">
          Pasted {metadata.readAt === null ? '' : <Moment at={metadata.readAt} relative />}. Paste it again when its certificate changes.
        </Text>
      ) : (
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            Read {metadata.readAt === null ? '' : <Moment at={metadata.readAt} relative />} from{' '}
            <span className="mono">{metadata.url}</span>, and again every day.
          </Text>
          {mayWrite ? (
            <Button
              variant="default"
              size="xs"
              loading={looking.isPending}
              onClick={() => looking.mutate(undefined, { onError: showProblem })}
            >
              Read now
            </Button>
          ) : null}
        </Group>
      )}
    </Stack>
  )
}

function MetadataForm({ onDone, onCancel }: { onDone(): void; onCancel?: () => void }) {
  const { id: organizationId } = useOrganization()
  const [way, setWay] = useState<Way>('url')
  const [url, setUrl] = useState('')
  const [xml, setXml] = useState('')
  const saving = useSamlChange<{ metadata: { url: string } | { xml: string } }>(organizationId, {
    method: 'PATCH',
    onDone: ({ identityProvider }) => {
      showDone(`${identityProvider?.entityId ?? 'The identity provider'} is known now.`)
      onDone()
    },
  })
  const text = (way === 'url' ? url : xml).trim()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (text !== '') saving.mutate({ metadata: way === 'url' ? { url: text } : { xml: text } })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <SegmentedControl
          aria-label="How the metadata comes"
          value={way}
          onChange={(next) => {
            setWay(next as Way)
            saving.reset()
          }}
          data={[
            { value: 'url', label: 'By its address' },
            { value: 'xml', label: 'Paste it' },
          ]}
          maw={400}
        />
        {way === 'url' ? (
          <TextInput
            label="Address of the metadata"
            description="Read now, and again every day, so that a new certificate is known before it counts."
            placeholder="https://login.microsoftonline.com/…/federationmetadata/2007-06/federationmetadata.xml"
            type="url"
            value={url}
            onChange={({ currentTarget }) => setUrl(currentTarget.value)}
          />
        ) : (
          <Textarea
            label="Metadata"
            description="The whole XML, from its first line on."
            placeholder="<EntityDescriptor …"
            classNames={{ input: 'mono' }}
            rows={8}
            spellCheck={false}
            value={xml}
            onChange={({ currentTarget }) => setXml(currentTarget.value)}
          />
        )}
        <ErrorNote error={saving.error} />
        <Group gap="xs">
          <Button type="submit" variant="default" disabled={text === ''} loading={saving.isPending}>
            Read metadata
          </Button>
          {onCancel === undefined ? null : (
            <Button variant="subtle" onClick={onCancel}>
              Cancel
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}

export function IdentityProviderSection({ saml, mayWrite }: { saml: SamlAnswer; mayWrite: boolean }) {
  const { identityProvider: provider, metadata } = saml
  const [replacing, setReplacing] = useState(false)
  return (
    <Section
      title="2. Tell Voilà about your identity provider"
      says="Its metadata says where people sign in, and by which certificates its answers are known."
      actions={
        mayWrite && provider !== null && !replacing ? (
          <Button variant="default" size="sm" onClick={() => setReplacing(true)}>
            Give other metadata
          </Button>
        ) : undefined
      }
    >
      {provider === null || replacing ? (
        mayWrite ? (
          <MetadataForm onDone={() => setReplacing(false)} {...(provider === null ? {} : { onCancel: () => setReplacing(false) })} />
        ) : (
          <Text size="sm" c="dimmed">
            Nobody has given it yet.
          </Text>
        )
      ) : (
        <Known provider={provider} metadata={metadata} mayWrite={mayWrite} />
      )}
    </Section>
  )
}

// Owns: the addresses at which an organization publishes its keys: what was found there, adding one, taking a key or an address back.
import { ActionIcon, Alert, Badge, Button, Checkbox, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle, IconDots } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import {
  attendeeRole,
  type JwksSourceAnswer,
  JwksSourceRequest,
  keySetProblems,
  moderatorRole,
  type PublishedKeyAnswer,
  publishedKeyProblems,
} from '@voila/protocol'
import { zod4Resolver } from 'mantine-form-zod-resolver'
import { useState } from 'react'
import { api } from '../api.ts'
import { useMay, useOrganization } from '../may.ts'
import { Confirm, TypedConfirm } from '../pieces/confirm.tsx'
import { CursorList } from '../pieces/cursor-list.tsx'
import { type DataRow, DataTable } from '../pieces/data-table.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone, showProblem } from '../pieces/notes.tsx'
import { Section } from '../pieces/section.tsx'
import { sourcesKey, sourcesPath, sourcesQuery } from './jwks-queries.ts'

function useSourcesChanged(): () => Promise<void> {
  const { id } = useOrganization()
  const queryClient = useQueryClient()
  return () => queryClient.invalidateQueries({ queryKey: sourcesKey(id) })
}

const sessionWords = (count: number): string =>
  count === 0
    ? 'Nobody is in by it now.'
    : count === 1
      ? '1 session that came of it ends.'
      : `${count.toLocaleString()} sessions that came of it end.`

function AddSource({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { id: organizationId } = useOrganization()
  const changed = useSourcesChanged()
  const form = useForm({
    initialValues: { url: '', moderates: false },
    validate: zod4Resolver(JwksSourceRequest.pick({ url: true }).loose()),
  })
  const adding = useMutation({
    mutationFn: ({ url, moderates }: typeof form.values) =>
      api.send<JwksSourceAnswer>('POST', sourcesPath(organizationId), {
        url: url.trim(),
        allowedRoles: moderates ? [attendeeRole, moderatorRole] : [attendeeRole],
      }),
    async onSuccess({ keys, problem }) {
      await changed()
      if (problem === null) showDone(`${keys.filter((key) => key.problem === null).length} keys found.`)
      form.reset()
      onClose()
    },
  })
  return (
    <Modal opened={opened} onClose={onClose} title="Add an address of your keys">
      <form onSubmit={form.onSubmit((values) => adding.mutate(values))}>
        <Stack gap="md">
          <TextInput
            data-autofocus
            label="Address of the JWK set"
            description="Over https, on the internet, without a redirect. It is read now, then as its Cache-Control says, and when a token names a kid that is new."
            placeholder="https://intranet.example.com/.well-known/jwks.json"
            type="url"
            {...form.getInputProps('url')}
          />
          <Checkbox
            label="Tokens of its keys may make moderators"
            description="They carry ROLE_MODERATOR for people who moderate the chat on the attendee page."
            {...form.getInputProps('moderates', { type: 'checkbox' })}
          />
          <ErrorNote error={adding.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={adding.isPending}>
              Add and read it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

function KeyState({ publishedKey: { problem } }: { publishedKey: PublishedKeyAnswer }) {
  if (problem === null)
    return (
      <Badge variant="light" color="green">
        Used
      </Badge>
    )
  return (
    <div>
      <Badge variant="light" color={problem === 'revoked' ? 'gray' : 'red'}>
        {problem === 'revoked' ? 'Revoked' : 'Not used'}
      </Badge>
      <Text size="sm" c="dimmed">
        {publishedKeyProblems[problem]}
      </Text>
    </div>
  )
}

function Source({ source, mayWrite }: { source: JwksSourceAnswer; mayWrite: boolean }) {
  const { id, url, keys, problem, fetchedAt, nextFetchAt, usableUntil } = source
  const { id: organizationId } = useOrganization()
  const changed = useSourcesChanged()
  const [revoking, setRevoking] = useState<PublishedKeyAnswer | null>(null)
  const [removing, remove] = useDisclosure()
  const path = `${sourcesPath(organizationId)}/${id}`
  const looking = useMutation({ mutationFn: () => api.send('POST', `${path}/refresh`), onSuccess: changed, onError: showProblem })

  const rowOf = (publishedKey: PublishedKeyAnswer, index: number): DataRow => ({
    key: `${publishedKey.kid ?? ''} ${index}`,
    cells: [
      <Text key="kid" size="sm" className="mono">
        {publishedKey.kid ?? 'no kid'}
      </Text>,
      <KeyState key="state" publishedKey={publishedKey} />,
      publishedKey.thumbprint === null ? null : (
        <Text key="thumbprint" size="sm" c="dimmed" className="mono" title={`Thumbprint (RFC 7638): ${publishedKey.thumbprint}`}>
          {publishedKey.thumbprint.slice(0, 10)}…
        </Text>
      ),
      publishedKey.openSessions.toLocaleString(),
      mayWrite && publishedKey.problem === null ? (
        <Button key="revoke" variant="default" size="xs" onClick={() => setRevoking(publishedKey)}>
          Revoke…
        </Button>
      ) : null,
    ],
  })

  return (
    <Stack gap="sm" component="article" aria-label={url}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <div>
          <Text fw={500} size="sm" className="mono">
            {url}
          </Text>
          <Text size="sm" c="dimmed">
            {fetchedAt === null ? (
              'Never read yet'
            ) : (
              <>
                Read <Moment at={fetchedAt} relative />
              </>
            )}
            , again <Moment at={nextFetchAt} relative />
            {source.allowedRoles.includes(moderatorRole) ? ', may make moderators' : ''}.
          </Text>
        </div>
        {mayWrite ? (
          <Menu position="bottom-end" shadow="md" width={200}>
            <Menu.Target>
              <ActionIcon variant="default" size={36} aria-label={`More about ${url}`} loading={looking.isPending}>
                <IconDots size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => looking.mutate()}>Read now</Menu.Item>
              <Menu.Item onClick={remove.open}>Remove address…</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </Group>
      {problem === null ? null : (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} aria-hidden />}>
          <Text size="sm">
            The last look failed. {keySetProblems[problem]}
            {usableUntil === null ? null : (
              <>
                {' '}
                The keys below are used until <Moment at={usableUntil} />.
              </>
            )}
          </Text>
        </Alert>
      )}
      {keys.length === 0 ? null : (
        <DataTable
          top
          label={`Keys at ${url}`}
          columns={[{ title: 'kid' }, { title: 'State' }, { title: 'Thumbprint' }, { title: 'In by it', numbers: true }, { title: '' }]}
          rows={keys.map(rowOf)}
        />
      )}
      <Confirm
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.kid ?? ''}?`}
        action="Revoke key"
        onConfirm={async () => {
          await api.send('POST', `${path}/keys/${revoking?.kid}/revoke`)
          await changed()
          showDone('The key has been revoked.')
        }}
      >
        <Text size="sm">
          Its tokens are refused at once, also while it stays published. <strong>{sessionWords(revoking?.openSessions ?? 0)}</strong> This
          can’t be undone.
        </Text>
      </Confirm>
      <TypedConfirm
        opened={removing}
        onClose={remove.close}
        title="Remove this address?"
        typed={new URL(url).host}
        action="Remove address"
        onConfirm={async () => {
          await api.send('DELETE', path)
          await changed()
          showDone('The address has been removed.')
        }}
      >
        <Text size="sm">
          Tokens by its keys are refused at once. <strong>{sessionWords(keys.reduce((sum, key) => sum + key.openSessions, 0))}</strong>
        </Text>
      </TypedConfirm>
    </Stack>
  )
}

/** Beside declared keys: for servers that change theirs by themselves. */
export function PublishedKeys() {
  const { id: organizationId } = useOrganization()
  const mayWrite = useMay('keys:write')
  const query = useInfiniteQuery(sourcesQuery(organizationId))
  const [adding, add] = useDisclosure()
  return (
    <Section
      title="Published keys"
      says="Where your server publishes its public keys at an address (JWKS), it can change them without telling anybody."
      actions={
        mayWrite ? (
          <Button variant="default" size="sm" onClick={add.open}>
            Add an address
          </Button>
        ) : undefined
      }
    >
      <CursorList
        query={query}
        rows={1}
        empty={
          <Text size="sm" c="dimmed">
            None. Keys that you declare above need no address.
          </Text>
        }
      >
        {(sources) => (
          <Stack gap="xl">
            {sources.map((source) => (
              <Source key={source.id} source={source} mayWrite={mayWrite} />
            ))}
          </Stack>
        )}
      </CursorList>
      <AddSource opened={adding} onClose={add.close} />
    </Section>
  )
}

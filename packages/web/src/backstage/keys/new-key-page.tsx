// Owns: the page on which a partner key is declared: pasted, or made in the browser.
import { Button, Checkbox, Grid, Group, NumberInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconDownload } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { attendeeRole, limits, moderatorRole, type PartnerKeyAnswer, PartnerKeyRequest } from '@voila/protocol'
import { zod4Resolver } from 'mantine-form-zod-resolver'
import { useState } from 'react'
import { api } from '../api.ts'
import { useOrganization } from '../may.ts'
import { Code } from '../pieces/code.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { LinkButton, LinkText } from '../pieces/links.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { Section } from '../pieces/section.tsx'
import { isSecure, SecureContextNote } from '../pieces/secure-context-note.tsx'
import { keysKey } from '../queries.ts'
import { saveFile } from '../save-file.ts'
import { makePair } from './browser-pair.ts'
import { noKey, PublicKeyField, type ReadKey } from './public-key-field.tsx'

const opensslCommands = `openssl ecparam -name prime256v1 -genkey -noout -out private.key
openssl pkcs8 -topk8 -nocrypt -in private.key -out private.pem
openssl ec -in private.pem -pubout -out public.pem
cat public.pem`

const defaultDays = 365
const maxDays = 3650

type Source = 'paste' | 'browser'
type Declared = { partnerKey: PartnerKeyAnswer; privatePem: string }

const savePrivateKey = (text: string): void => saveFile({ name: 'private.pem', text, type: 'application/x-pem-file' })

/** After a pair was made here: the private half is in this page's memory until it is left, and nowhere else. */
function PrivateKeySaved({ partnerKey, privatePem }: Declared) {
  return (
    <>
      <PageHead title="Key declared" says={partnerKey.name} />
      <Section title="Your private key has been downloaded as private.pem">
        <Stack gap="md" align="flex-start">
          <Text size="sm">
            Move it to the server that signs, where only the process that signs can read it. It is not encrypted, it was never sent, and
            once you leave this page nobody can make it again.
          </Text>
          <Group gap="xs">
            <LinkButton to="/o/$organizationId/keys/$kid" params={{ organizationId: partnerKey.organizationId, kid: partnerKey.kid }}>
              I have the file, show me how to sign
            </LinkButton>
            <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => savePrivateKey(privatePem)}>
              Download it again
            </Button>
          </Group>
        </Stack>
      </Section>
    </>
  )
}

function SourcePart({ source, readKey, onRead }: { source: Source; readKey: ReadKey; onRead(read: ReadKey): void }) {
  if (source === 'paste') return <PublicKeyField value={readKey} onChange={onRead} />
  return (
    <>
      <SecureContextNote
        what="making a key pair"
        instead="Open Backstage at its https address, or make the pair with openssl and paste it."
      />
      {isSecure() ? (
        <Text size="sm">
          Your browser makes the pair. The private half is downloaded to you as private.pem and never leaves this browser otherwise; only
          the public half is sent.
        </Text>
      ) : null}
    </>
  )
}

function Beside({ source }: { source: Source }) {
  return (
    <Stack gap="lg">
      {source === 'paste' ? (
        <div>
          <Text fw={600} size="sm" mb="xs">
            Make the pair in a terminal
          </Text>
          <Code text={opensslCommands} what="commands" />
          <Text size="sm" c="dimmed" mt="xs">
            private.pem stays on your server. With -nocrypt it is not encrypted: let only the process that signs read it. What{' '}
            <span className="mono">cat public.pem</span> prints goes into the field, BEGIN and END lines included.
          </Text>
        </div>
      ) : null}
      <div>
        <Text fw={600} size="sm" mb={4}>
          How long it lasts
        </Text>
        <Text size="sm" c="dimmed">
          Keep the {defaultDays} days unless you know why not. A shorter life has to be renewed oftener; a longer one keeps a lost key
          useful longer. You can declare the next key before this one ends, and revoke any at once.
        </Text>
      </div>
    </Stack>
  )
}

export function NewKeyPage() {
  const { id: organizationId } = useOrganization()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [source, setSource] = useState<Source>('paste')
  const [readKey, setReadKey] = useState<ReadKey>(noKey)
  const [declared, setDeclared] = useState<Declared | null>(null)
  const form = useForm({
    initialValues: { name: '', days: defaultDays as number | string, moderates: false },
    validate: {
      name: (value) => zod4Resolver(PartnerKeyRequest.pick({ name: true }))({ name: value }).name ?? null,
      days: (value) =>
        Number.isInteger(value) && Number(value) >= 1 && Number(value) <= maxDays ? null : `1 to ${maxDays.toLocaleString()} days.`,
    },
  })
  const declaring = useMutation({
    async mutationFn({ name, days, moderates }: typeof form.values) {
      const pair = source === 'browser' ? await makePair() : undefined
      const pem = pair?.publicPem ?? (readKey.inspection?.ok === true ? readKey.inspection.pem : '')
      const allowedRoles = moderates ? [attendeeRole, moderatorRole] : [attendeeRole]
      const body = { name: name.trim(), pem, days: Number(days), allowedRoles }
      const partnerKey = await api.send<PartnerKeyAnswer>('POST', `/api/organizations/${organizationId}/partner-keys`, body)
      return { partnerKey, privatePem: pair?.privatePem }
    },
    async onSuccess({ partnerKey, privatePem }) {
      await queryClient.invalidateQueries({ queryKey: keysKey(organizationId), refetchType: 'all' })
      if (privatePem === undefined) {
        await navigate({ to: '/o/$organizationId/keys/$kid', params: { organizationId, kid: partnerKey.kid } })
        return
      }
      savePrivateKey(privatePem)
      setDeclared({ partnerKey, privatePem })
    },
  })
  if (declared !== null) return <PrivateKeySaved {...declared} />
  const isReady = source === 'browser' ? isSecure() : readKey.inspection?.ok === true
  return (
    <>
      <PageHead
        above={
          <LinkText to="/o/$organizationId/keys" params={{ organizationId }}>
            Partner keys
          </LinkText>
        }
        title="Declare a key"
        says="The platform then knows the tokens that your server signs with the private half."
      />
      <form onSubmit={form.onSubmit((values) => declaring.mutate(values))}>
        <Grid gap={{ base: 'lg', md: 48 }}>
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Stack gap="lg">
              <TextInput
                label="Name"
                description="What signs with it: your intranet, your shop."
                placeholder="Intranet"
                maxLength={limits.nameUnits}
                autoFocus
                {...form.getInputProps('name')}
              />
              <SegmentedControl
                aria-label="Where the key comes from"
                value={source}
                onChange={(next) => setSource(next as Source)}
                data={[
                  { value: 'paste', label: 'Paste a public key' },
                  { value: 'browser', label: 'Make a pair here' },
                ]}
              />
              <SourcePart source={source} readKey={readKey} onRead={setReadKey} />
              <NumberInput label="Days until it ends" min={1} max={maxDays} allowDecimal={false} w={200} {...form.getInputProps('days')} />
              <Checkbox
                label="Tokens of this key may make moderators"
                description="They carry ROLE_MODERATOR for people who moderate the chat on the attendee page. Leave it off where all are attendees."
                {...form.getInputProps('moderates', { type: 'checkbox' })}
              />
              <ErrorNote error={declaring.error} />
              <Group gap="xs">
                <Button type="submit" disabled={!isReady} loading={declaring.isPending}>
                  {source === 'paste' ? 'Declare key' : 'Make pair and declare it'}
                </Button>
                <LinkButton to="/o/$organizationId/keys" params={{ organizationId }} variant="default">
                  Cancel
                </LinkButton>
              </Group>
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Beside source={source} />
          </Grid.Col>
        </Grid>
      </form>
    </>
  )
}

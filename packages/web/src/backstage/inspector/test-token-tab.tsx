// Owns: making a token to try things with, signed in the browser.
import { Button, Checkbox, FileInput, Grid, Group, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconExternalLink, IconFileCode } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { attendeeRole, moderatorRole, type Program } from '@voila/protocol'
import { useState } from 'react'
import { isUsable } from '../keys/key-state.tsx'
import { ProgramChoice, type ProgramChoiceValue, useChosenProgram } from '../keys/program-choice.tsx'
import { useMe, useOrganization } from '../may.ts'
import { CopyField } from '../pieces/copy.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { Section } from '../pieces/section.tsx'
import { isSecure, SecureContextNote } from '../pieces/secure-context-note.tsx'
import { keysQuery } from '../queries.ts'
import { PrivateKeyFault, readPrivateKey, signInBrowser } from './browser-sign.ts'

type Person = {
  kid: string
  file: File | null
  givenName: string
  familyName: string
  email: string
  minutes: number | string
  moderates: boolean
  shares: boolean
}

function claimsOf(person: Person, { organizationId, programId }: { organizationId: string; programId: string }): object {
  const now = Math.floor(Date.now() / 1000)
  return {
    organization_id: organizationId,
    token_use: 'selfcontained-access',
    sub: person.email,
    given_name: person.givenName,
    ...(person.familyName.trim() === '' ? {} : { family_name: person.familyName }),
    email: person.email,
    roles: [{ name: attendeeRole, eventId: programId }, ...(person.moderates ? [{ name: moderatorRole, eventId: programId }] : [])],
    sharePersonalData: person.shares,
    iat: now,
    nbf: now,
    exp: now + Number(person.minutes) * 60,
    jti: crypto.randomUUID(),
  }
}

function Made({ token, program, onInspect }: { token: string; program: Program; onInspect(token: string): void }) {
  const link = `${program.attendeeUrl}?token=${token}`
  return (
    <Section title="Your test token" says="It lets in whoever has it, until it expires.">
      <Stack gap="md">
        <CopyField label="Token" value={token} what="token" />
        <CopyField label="Link for an attendee" value={link} what="link" />
        <Group gap="xs">
          <Button
            component="a"
            href={link}
            target="_blank"
            rel="noopener noreferrer"
            leftSection={<IconExternalLink size={16} aria-hidden />}
          >
            Watch as this attendee
          </Button>
          <Button variant="default" onClick={() => onInspect(token)}>
            Inspect it
          </Button>
        </Group>
      </Stack>
    </Section>
  )
}

const filled = (value: string): string | null => (value.trim() === '' ? 'Fill this in.' : null)

export function TestTokenTab({ onInspect, ...choice }: ProgramChoiceValue & { onInspect(token: string): void }) {
  const program = useChosenProgram(choice.programId)
  const { id: organizationId } = useOrganization()
  const { user } = useMe()
  const keys = useInfiniteQuery(keysQuery(organizationId))
  const usable = keys.data?.pages.flatMap(({ items }) => items).filter(isUsable) ?? []
  const [made, setMade] = useState<{ token: string; program: Program } | null>(null)
  const [givenName = '', ...others] = user.name.split(' ')
  const form = useForm<Person>({
    initialValues: {
      kid: '',
      file: null,
      givenName,
      familyName: others.join(' '),
      email: user.email,
      minutes: 60,
      moderates: false,
      shares: true,
    },
    validate: {
      givenName: filled,
      email: filled,
      minutes: (value) => (Number(value) >= 1 ? null : 'At least 1.'),
      file: (value) => (value === null ? 'Choose the file.' : null),
    },
  })
  const kid = form.values.kid === '' ? (usable[0]?.kid ?? '') : form.values.kid
  const chosen = usable.find((key) => key.kid === kid)
  const signing = useMutation({
    async mutationFn({ person, at }: { person: Person; at: Program }) {
      const privateKey = await readPrivateKey((await person.file?.text()) ?? '')
      const token = await signInBrowser(claimsOf(person, { organizationId, programId: at.id }), { kid, privateKey })
      return { token, program: at }
    },
    onSuccess: setMade,
    onError: (error) =>
      form.setFieldError('file', error instanceof PrivateKeyFault ? error.message : 'The token could not be signed with this file.'),
  })
  if (keys.isSuccess && usable.length === 0) {
    return <EmptyState says="A token needs a declared key that is in use, and there is none. Declare one under Partner keys." />
  }
  return (
    <Grid gap={{ base: 'lg', md: 40 }}>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <form
          onSubmit={form.onSubmit((person) => {
            if (program !== undefined) signing.mutate({ person, at: program })
          })}
        >
          <Stack gap="md">
            <SecureContextNote what="signing" />
            <Select
              label="Key"
              allowDeselect={false}
              data={usable.map((key) => ({ value: key.kid, label: key.name }))}
              value={kid}
              onChange={(next) => form.setFieldValue('kid', next ?? '')}
            />
            <FileInput
              label="Its private key"
              description="private.pem. It is read in this browser and never sent."
              placeholder="Choose private.pem"
              leftSection={<IconFileCode size={16} aria-hidden />}
              accept=".pem,.key,application/x-pem-file"
              clearable
              {...form.getInputProps('file')}
            />
            <ProgramChoice {...choice} label="For the program" />
            <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
              <TextInput label="Given name" {...form.getInputProps('givenName')} />
              <TextInput label="Family name" {...form.getInputProps('familyName')} />
            </SimpleGrid>
            <TextInput
              label="E-mail"
              type="email"
              description="Also the subject: the same is the same attendee."
              {...form.getInputProps('email')}
            />
            <NumberInput label="Minutes until it expires" min={1} max={525_600} allowDecimal={false} {...form.getInputProps('minutes')} />
            <Checkbox
              label="Shares personal data"
              description="Else lists and exports show a pseudonym."
              {...form.getInputProps('shares', { type: 'checkbox' })}
            />
            {chosen?.allowedRoles.includes(moderatorRole) === true ? (
              <Checkbox label="Moderates the chat" {...form.getInputProps('moderates', { type: 'checkbox' })} />
            ) : null}
            <Group>
              <Button type="submit" disabled={!isSecure() || program === undefined} loading={signing.isPending}>
                Make the token
              </Button>
            </Group>
          </Stack>
        </form>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        {made === null ? (
          <Text size="sm" c="dimmed">
            For trying things out before your server signs: the token that comes of it is like those of your server in everything.
          </Text>
        ) : (
          <Made {...made} onInspect={onInspect} />
        )}
      </Grid.Col>
    </Grid>
  )
}

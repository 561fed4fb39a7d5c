// Owns: making the first owner, by the link that the server prints.

import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { limits, SetupRequest } from '@voila/protocol'
import { zod4Resolver } from 'mantine-form-zod-resolver'
import { api } from '../api.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { LinkButton } from '../pieces/links.tsx'
import { useEnter } from './entering.ts'
import { forgetLinkToken, useLinkToken } from './link-token.ts'
import { SignInFrame } from './sign-in-frame.tsx'

type Owner = { name: string; email: string; password: string; organizationName: string }

function SetupForm({ token }: { token: string }) {
  const enter = useEnter()
  const form = useForm<Owner>({
    initialValues: { name: '', email: '', password: '', organizationName: '' },
    validate: zod4Resolver(SetupRequest.omit({ token: true })),
  })
  const making = useMutation({
    mutationFn: (owner: Owner) => api.send('POST', '/api/setup', { ...owner, token }),
    async onSuccess() {
      forgetLinkToken('setup')
      await enter()
    },
  })
  return (
    <form onSubmit={form.onSubmit((owner) => making.mutate(owner))}>
      <Stack gap="md">
        <TextInput
          label="Organization"
          description="The company or team whose events these are."
          maxLength={limits.nameUnits}
          autoFocus
          {...form.getInputProps('organizationName')}
        />
        <TextInput label="Your name" autoComplete="name" maxLength={limits.nameUnits} {...form.getInputProps('name')} />
        <TextInput label="E-mail" type="email" autoComplete="username" autoCapitalize="off" {...form.getInputProps('email')} />
        <PasswordInput
          label="Password"
          description={`At least ${limits.passwordMinUnits} characters. A few words in a row are easy to keep.`}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <ErrorNote error={making.error} />
        <Button type="submit" fullWidth loading={making.isPending}>
          Create owner and organization
        </Button>
      </Stack>
    </form>
  )
}

export function SetupPage() {
  const token = useLinkToken('setup')
  if (token === undefined) {
    return (
      <SignInFrame title="Set up Voilà">
        <Stack gap="md">
          <Text size="sm">
            This page needs the set-up link. The server prints one when it starts and has no owner yet; <code>voila-admin setup-link</code>{' '}
            prints another.
          </Text>
          <LinkButton to="/sign-in" variant="default">
            To the sign-in
          </LinkButton>
        </Stack>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame title="Set up Voilà" says="You become the owner: you run programs, declare keys and invite the others.">
      <SetupForm token={token} />
    </SignInFrame>
  )
}

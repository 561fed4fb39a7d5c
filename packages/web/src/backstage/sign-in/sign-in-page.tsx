// Owns: signing in by e-mail and password.

import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api } from '../api.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { LinkText } from '../pieces/links.tsx'
import { setupQuery } from '../queries.ts'
import { useEnter } from './entering.ts'
import { SignInFrame } from './sign-in-frame.tsx'

type SignedIn = { twoFactorRedirect?: boolean }

export function SignInPage() {
  const { next } = useSearch({ from: '/sign-in' })
  const navigate = useNavigate()
  const enter = useEnter()
  const setup = useQuery(setupQuery)
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.trim() === '' ? 'Fill this in.' : null),
      password: (value) => (value === '' ? 'Fill this in.' : null),
    },
  })
  const signingIn = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) =>
      api.send<SignedIn>('POST', '/api/auth/sign-in/email', { email: email.trim(), password }),
    async onSuccess({ twoFactorRedirect }) {
      if (twoFactorRedirect === true) await navigate({ to: '/two-factor', search: next === undefined ? {} : { next } })
      else await enter(next)
    },
    onError: () => form.setFieldValue('password', ''),
  })
  return (
    <SignInFrame
      title="Sign in"
      foot={
        setup.data?.mail === false
          ? 'Forgotten your password? Whoever runs this server can make you a link to choose a new one.'
          : undefined
      }
    >
      <form onSubmit={form.onSubmit((values) => signingIn.mutate(values))}>
        <Stack gap="md">
          {setup.data?.open === true ? (
            <Alert color="indigo">
              <Text size="sm">
                Nobody has an account on this server yet. Open the set-up link that the server printed when it started; it makes the first
                owner.
              </Text>
            </Alert>
          ) : null}
          <TextInput label="E-mail" type="email" autoComplete="username" autoCapitalize="off" autoFocus {...form.getInputProps('email')} />
          <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
          <ErrorNote error={signingIn.error} />
          <Button type="submit" fullWidth loading={signingIn.isPending}>
            Sign in
          </Button>
          {setup.data?.mail === true ? (
            <LinkText to="/reset-password" size="sm" ta="center">
              Forgotten your password?
            </LinkText>
          ) : null}
        </Stack>
      </form>
    </SignInFrame>
  )
}

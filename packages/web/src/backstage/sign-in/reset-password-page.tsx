// Owns: a new password for somebody who has forgotten his: asking for the link by mail, and what the link leads to.

import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { limits } from '@voila/protocol'
import { api } from '../api.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { LinkText } from '../pieces/links.tsx'
import { showDone } from '../pieces/notes.tsx'
import { forgetLinkToken, useLinkToken } from './link-token.ts'
import { SignInFrame } from './sign-in-frame.tsx'

const toSignIn = (
  <LinkText to="/sign-in" size="sm">
    To the sign-in
  </LinkText>
)

function AskForLink() {
  const form = useForm({
    initialValues: { email: '' },
    validate: { email: (value) => (value.includes('@') ? null : 'This is not an e-mail address.') },
  })
  const asking = useMutation({
    mutationFn: ({ email }: { email: string }) => api.send('POST', '/api/auth/request-password-reset', { email: email.trim() }),
  })
  if (asking.isSuccess) {
    return (
      <SignInFrame title="Look at your mail" foot={toSignIn}>
        <Text size="sm">
          If there is an account for {form.values.email.trim()}, a link to choose a new password is on its way. It works for one hour.
        </Text>
      </SignInFrame>
    )
  }
  return (
    <SignInFrame title="New password" says="We send you a link by which you choose a new one." foot={toSignIn}>
      <form onSubmit={form.onSubmit((values) => asking.mutate(values))}>
        <Stack gap="md">
          <TextInput label="E-mail" type="email" autoComplete="username" autoCapitalize="off" autoFocus {...form.getInputProps('email')} />
          <ErrorNote error={asking.error} />
          <Button type="submit" fullWidth loading={asking.isPending}>
            Send the link
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  )
}

function ChoosePassword({ token }: { token: string }) {
  const navigate = useNavigate()
  const form = useForm({
    initialValues: { newPassword: '' },
    validate: {
      newPassword: (value) => (value.length < limits.passwordMinUnits ? `Use at least ${limits.passwordMinUnits} characters.` : null),
    },
  })
  const choosing = useMutation({
    mutationFn: ({ newPassword }: { newPassword: string }) => api.send('POST', '/api/auth/reset-password', { newPassword, token }),
    async onSuccess() {
      forgetLinkToken('reset-password')
      showDone('Your password has been changed. Sign in with it.')
      await navigate({ to: '/sign-in' })
    },
  })
  return (
    <SignInFrame title="Choose a new password" foot={toSignIn}>
      <form onSubmit={form.onSubmit((values) => choosing.mutate(values))}>
        <Stack gap="md">
          <PasswordInput
            label="New password"
            description={`At least ${limits.passwordMinUnits} characters.`}
            autoComplete="new-password"
            autoFocus
            maxLength={limits.passwordMaxUnits}
            {...form.getInputProps('newPassword')}
          />
          <ErrorNote error={choosing.error} />
          <Button type="submit" fullWidth loading={choosing.isPending}>
            Change password
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  )
}

export function ResetPasswordPage() {
  const token = useLinkToken('reset-password')
  return token === undefined ? <AskForLink /> : <ChoosePassword token={token} />
}

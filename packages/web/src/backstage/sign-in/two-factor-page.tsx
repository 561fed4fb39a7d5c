// Owns: the second step of signing in: a code of the authenticator app, or a recovery code where that is lost.

import { Anchor, Button, Checkbox, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { CodeField } from '../pieces/code-field.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { LinkText } from '../pieces/links.tsx'
import { useEnter } from './entering.ts'
import { SignInFrame } from './sign-in-frame.tsx'

export function TwoFactorPage() {
  const { next } = useSearch({ from: '/two-factor' })
  const enter = useEnter()
  const [byRecovery, setByRecovery] = useState(false)
  const [code, setCode] = useState('')
  const [trustDevice, setTrustDevice] = useState(false)
  const verifying = useMutation({
    mutationFn: (typed: string) =>
      api.send('POST', byRecovery ? '/api/auth/two-factor/verify-backup-code' : '/api/auth/two-factor/verify-totp', {
        code: typed.trim(),
        trustDevice,
      }),
    onSuccess: () => enter(next),
    onError: () => setCode(''),
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (code.trim() !== '') verifying.mutate(code)
  }
  const change = (): void => {
    setByRecovery(!byRecovery)
    setCode('')
    verifying.reset()
  }
  return (
    <SignInFrame
      title={byRecovery ? 'Recovery code' : 'Two-factor code'}
      says={
        byRecovery
          ? 'One of the codes that you kept when you switched two-factor on. Each works once.'
          : 'The six digits that your authenticator app shows now.'
      }
      foot={
        <LinkText to="/sign-in" size="sm">
          Sign in as somebody else
        </LinkText>
      }
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {byRecovery ? (
            <TextInput
              key="recovery"
              label="Recovery code"
              classNames={{ input: 'mono' }}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              autoFocus
              value={code}
              onChange={({ currentTarget }) => setCode(currentTarget.value)}
            />
          ) : (
            <CodeField value={code} onChange={setCode} onComplete={(typed) => verifying.mutate(typed)} isBusy={verifying.isPending} />
          )}
          <Checkbox
            label="Do not ask on this device for 30 days"
            checked={trustDevice}
            onChange={({ currentTarget }) => setTrustDevice(currentTarget.checked)}
          />
          <ErrorNote error={verifying.error} />
          <Button type="submit" fullWidth loading={verifying.isPending}>
            Go on
          </Button>
          <Anchor component="button" type="button" size="sm" onClick={change}>
            {byRecovery ? 'Use the authenticator app' : 'Use a recovery code'}
          </Anchor>
        </Stack>
      </form>
    </SignInFrame>
  )
}

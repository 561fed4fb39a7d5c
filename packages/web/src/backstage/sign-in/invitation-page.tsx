// Owns: accepting an invitation to an organization, with a new account or with one's own.

import { Button, PasswordInput, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { InvitationAcceptance, type InvitationSeen, limits } from '@voila/protocol'
import { zod4Resolver } from 'mantine-form-zod-resolver'
import { api, isRefusal } from '../api.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { LinkButton } from '../pieces/links.tsx'
import { meQuery } from '../queries.ts'
import { roleWords } from '../role-words.ts'
import { useEnter } from './entering.ts'
import { forgetLinkToken, useLinkToken } from './link-token.ts'
import { SignInFrame } from './sign-in-frame.tsx'

type Account = { name: string; password: string }

/** Accepts the invitation and goes in. */
function useAccept(token: string) {
  const enter = useEnter()
  return useMutation({
    mutationFn: (account: Partial<Account>) => api.send('POST', '/api/invitations/accept', { token, ...account }),
    async onSuccess() {
      forgetLinkToken('invitation')
      await enter()
    },
  })
}

function NewAccount({ token, email }: { token: string; email: string }) {
  const accepting = useAccept(token)
  const form = useForm<Account>({
    initialValues: { name: '', password: '' },
    validate: zod4Resolver(InvitationAcceptance.pick({ name: true, password: true }).required()),
  })
  return (
    <form onSubmit={form.onSubmit((account) => accepting.mutate(account))}>
      <Stack gap="md">
        <TextInput label="E-mail" type="email" value={email} readOnly autoComplete="username" />
        <TextInput label="Your name" autoComplete="name" maxLength={limits.nameUnits} autoFocus {...form.getInputProps('name')} />
        <PasswordInput
          label="Password"
          description={`At least ${limits.passwordMinUnits} characters.`}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <ErrorNote error={accepting.error} />
        <Button type="submit" fullWidth loading={accepting.isPending}>
          Create account and join
        </Button>
      </Stack>
    </form>
  )
}

/** For somebody whose address has an account: signed in as that, as somebody else, or not at all. */
function OwnAccount({ token, email }: { token: string; email: string }) {
  const me = useQuery({ ...meQuery, retry: false })
  const accepting = useAccept(token)
  const leaving = useMutation({ mutationFn: () => api.send('POST', '/api/auth/sign-out', {}), onSuccess: () => location.reload() })
  if (me.isPending) return <Skeleton height={36} animate={false} />
  if (me.data === undefined) {
    if (!isRefusal(me.error, 'sign_in_required')) return <ErrorNote error={me.error} />
    return (
      <Stack gap="md">
        <Text size="sm">There is an account for {email} already. Sign in with it, and you come back here.</Text>
        <LinkButton to="/sign-in" search={{ next: '/invitation' }} fullWidth>
          Sign in
        </LinkButton>
      </Stack>
    )
  }
  if (me.data.user.email !== email) {
    return (
      <Stack gap="md">
        <Text size="sm">
          You are signed in as {me.data.user.email}, and the invitation is for {email}.
        </Text>
        <ErrorNote error={leaving.error} />
        <Button variant="default" onClick={() => leaving.mutate()} loading={leaving.isPending}>
          Sign out
        </Button>
      </Stack>
    )
  }
  return (
    <Stack gap="md">
      <Text size="sm">You are signed in as {me.data.user.name}.</Text>
      <ErrorNote error={accepting.error} />
      <Button onClick={() => accepting.mutate({})} loading={accepting.isPending}>
        Join
      </Button>
    </Stack>
  )
}

export function InvitationPage() {
  const token = useLinkToken('invitation')
  const looking = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api.send<InvitationSeen>('POST', '/api/invitations/look', { token: token ?? '-' }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (looking.isPending) {
    return (
      <SignInFrame title="Invitation">
        <Skeleton height={160} animate={false} />
      </SignInFrame>
    )
  }
  if (looking.data === undefined || token === undefined) {
    return (
      <SignInFrame title="This invitation does not work">
        <ErrorNote error={looking.error} />
      </SignInFrame>
    )
  }
  const { organizationName, email, role, hasAccount } = looking.data
  return (
    <SignInFrame title={`Join ${organizationName}`} says={`You are invited as ${roleWords[role].article}. ${roleWords[role].says}`}>
      {hasAccount ? <OwnAccount token={token} email={email} /> : <NewAccount token={token} email={email} />}
    </SignInFrame>
  )
}

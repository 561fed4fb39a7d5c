// Owns: the page of the person who is signed in: name, password, two-factor, sessions.
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { limits } from '@voila/protocol'
import { api } from '../api.ts'
import { useMe } from '../may.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { Section } from '../pieces/section.tsx'
import { meQuery } from '../queries.ts'
import { Sessions, sessionsKey } from './sessions.tsx'
import { TwoFactor } from './two-factor.tsx'

function Profile() {
  const { user } = useMe()
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: { name: user.name },
    validate: { name: (value) => (value.trim() === '' ? 'Fill this in.' : null) },
  })
  const saving = useMutation({
    mutationFn: ({ name }: { name: string }) => api.send('POST', '/api/auth/update-user', { name: name.trim() }),
    async onSuccess(_answer, { name }) {
      form.resetDirty({ name })
      await queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
      showDone('Your name has been changed.')
    },
  })
  return (
    <Section title="You" says="Attendees see your name when you write to them as the team.">
      <form onSubmit={form.onSubmit((values) => saving.mutate(values))}>
        <Stack gap="md" maw={440}>
          <TextInput label="Name" autoComplete="name" maxLength={limits.nameUnits} {...form.getInputProps('name')} />
          <TextInput label="E-mail" value={user.email} readOnly description="You sign in with it." />
          <ErrorNote error={saving.error} />
          <Group>
            <Button type="submit" variant="default" disabled={!form.isDirty()} loading={saving.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}

function Password() {
  const { user } = useMe()
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (value) => (value === '' ? 'Fill this in.' : null),
      newPassword: (value) => (value.length < limits.passwordMinUnits ? `Use at least ${limits.passwordMinUnits} characters.` : null),
    },
  })
  const changing = useMutation({
    mutationFn: (values: typeof form.values) => api.send('POST', '/api/auth/change-password', values),
    async onSuccess() {
      form.reset()
      showDone('Your password has been changed, and you are signed out everywhere else.')
      await queryClient.invalidateQueries({ queryKey: sessionsKey })
    },
  })
  return (
    <Section title="Password" says="Changing it signs you out everywhere else.">
      <form onSubmit={form.onSubmit((values) => changing.mutate(values))}>
        <Stack gap="md" maw={440}>
          {/* Password managers look for it. */}
          <input type="text" autoComplete="username" value={user.email} readOnly hidden />
          <PasswordInput label="Present password" autoComplete="current-password" {...form.getInputProps('currentPassword')} />
          <PasswordInput
            label="New password"
            description={`At least ${limits.passwordMinUnits} characters. A few words in a row are easy to keep.`}
            autoComplete="new-password"
            maxLength={limits.passwordMaxUnits}
            {...form.getInputProps('newPassword')}
          />
          <ErrorNote error={changing.error} />
          <Group>
            <Button type="submit" variant="default" loading={changing.isPending}>
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}

export function AccountPage() {
  return (
    <>
      <PageHead title="Account and security" />
      <Profile />
      <TwoFactor />
      <Password />
      <Sessions />
    </>
  )
}

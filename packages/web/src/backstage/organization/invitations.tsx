// Owns: inviting people to the team: the form, the link that it makes, and the invitations that wait.
import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconMailCheck } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { type InvitationAnswer, type InvitationMade, InvitationRequest, type MemberRole } from '@voila/protocol'
import { zod4Resolver } from 'mantine-form-zod-resolver'
import { useState } from 'react'
import { api } from '../api.ts'
import { useOrganization } from '../may.ts'
import { CopyField } from '../pieces/copy.tsx'
import { CursorList } from '../pieces/cursor-list.tsx'
import { DataTable } from '../pieces/data-table.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone, showProblem } from '../pieces/notes.tsx'
import { Section } from '../pieces/section.tsx'
import { invitationsQuery } from '../queries.ts'
import { rolesToGive, roleWords } from '../role-words.ts'

/** The link, which is told this once. */
function InvitationLink({ made, onDone }: { made: InvitationMade; onDone(): void }) {
  return (
    <Stack gap="md">
      {made.mailed ? (
        <Alert color="green" icon={<IconMailCheck size={18} aria-hidden />}>
          <Text size="sm">The link has been sent to {made.invitation.email}.</Text>
        </Alert>
      ) : (
        <Text size="sm">This server sends no mail. Give the link to {made.invitation.email} yourself, by a way that only they read.</Text>
      )}
      <CopyField
        label="Invitation link"
        description="Works once, until it is used or withdrawn, for seven days. It is not shown again."
        value={made.url}
        what="link"
      />
      <Group justify="flex-end">
        <Button onClick={onDone}>Done</Button>
      </Group>
    </Stack>
  )
}

function InviteForm({ onMade, onClose }: { onMade(made: InvitationMade): void; onClose(): void }) {
  const { id: organizationId, role: ownRole } = useOrganization()
  const queryClient = useQueryClient()
  const form = useForm<{ email: string; role: MemberRole }>({
    initialValues: { email: '', role: 'producer' },
    validate: zod4Resolver(InvitationRequest),
  })
  const inviting = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.send<InvitationMade>('POST', `/api/organizations/${organizationId}/invitations`, values),
    onSuccess(made) {
      void queryClient.invalidateQueries({ queryKey: invitationsQuery(organizationId).queryKey })
      onMade(made)
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => inviting.mutate(values))}>
      <Stack gap="md">
        <TextInput label="E-mail" type="email" autoCapitalize="off" autoComplete="off" data-autofocus {...form.getInputProps('email')} />
        <Radio.Group label="Role" {...form.getInputProps('role')}>
          <Stack gap="xs" mt="xs">
            {rolesToGive(ownRole).map((role) => (
              <Radio key={role} value={role} label={roleWords[role].name} description={roleWords[role].says} />
            ))}
          </Stack>
        </Radio.Group>
        <ErrorNote error={inviting.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={inviting.isPending}>
            Make invitation
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

export function InviteDialogue({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const [made, setMade] = useState<InvitationMade | null>(null)
  const close = (): void => {
    setMade(null)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made === null ? 'Invite somebody' : 'Invitation made'}
      closeOnClickOutside={made === null}
    >
      {made === null ? <InviteForm onMade={setMade} onClose={close} /> : <InvitationLink made={made} onDone={close} />}
    </Modal>
  )
}

export function Invitations() {
  const { id: organizationId } = useOrganization()
  const queryClient = useQueryClient()
  const query = useInfiniteQuery(invitationsQuery(organizationId))
  const withdrawing = useMutation({
    mutationFn: ({ id }: InvitationAnswer) => api.send('DELETE', `/api/organizations/${organizationId}/invitations/${id}`),
    async onSuccess(_answer, { email }) {
      await queryClient.invalidateQueries({ queryKey: invitationsQuery(organizationId).queryKey })
      showDone(`The invitation of ${email} has been withdrawn.`)
    },
    onError: showProblem,
  })
  const hasNone = query.data?.pages.every(({ items }) => items.length === 0) ?? true
  if (hasNone && !query.isError) return null
  return (
    <Section title="Invitations that wait">
      <CursorList query={query} empty={null}>
        {(invitations) => (
          <DataTable
            label="Invitations"
            columns={[{ title: 'E-mail' }, { title: 'Role' }, { title: 'Invited by' }, { title: 'Works until' }, { title: '' }]}
            rows={invitations.map((invitation) => ({
              key: invitation.id,
              cells: [
                invitation.email,
                roleWords[invitation.role].name,
                invitation.invitedBy ?? 'Administration',
                <Moment key="until" at={invitation.expiresAt} />,
                <Button
                  key="withdraw"
                  variant="default"
                  size="xs"
                  onClick={() => withdrawing.mutate(invitation)}
                  aria-label={`Withdraw the invitation of ${invitation.email}`}
                >
                  Withdraw
                </Button>,
              ],
            }))}
          />
        )}
      </CursorList>
    </Section>
  )
}

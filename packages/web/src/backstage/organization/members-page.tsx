// Owns: the page of an organization's team: who is on it, who is invited, and what the roles mean.
import { ActionIcon, Badge, Button, Menu, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCheck, IconDots, IconShieldCheck, IconUserMinus } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import type { MemberAnswer, MemberRole } from '@voila/protocol'
import { useState } from 'react'
import { api } from '../api.ts'
import { useMay, useMe, useOrganization } from '../may.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { CursorList } from '../pieces/cursor-list.tsx'
import { type Column, DataTable } from '../pieces/data-table.tsx'
import { Moment } from '../pieces/moment.tsx'
import { showDone, showProblem, showUndo } from '../pieces/notes.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { Section } from '../pieces/section.tsx'
import { membersQuery, meQuery } from '../queries.ts'
import { rolesToGive, roleWords } from '../role-words.ts'
import { Invitations, InviteDialogue } from './invitations.tsx'
import { RoleTable } from './role-table.tsx'

function MemberMenu({ member, onRemove }: { member: MemberAnswer; onRemove(): void }) {
  const { id: organizationId, role: ownRole } = useOrganization()
  const queryClient = useQueryClient()
  const { user } = useMe()
  const path = `/api/organizations/${organizationId}/members/${member.id}`
  const changing = useMutation({
    mutationFn: (role: MemberRole) => api.send('PATCH', path, { role }),
    async onSuccess(_answer, role) {
      const refresh = (): Promise<unknown> =>
        Promise.all([
          queryClient.invalidateQueries({ queryKey: membersQuery(organizationId).queryKey }),
          queryClient.invalidateQueries({ queryKey: meQuery.queryKey }),
        ])
      await refresh()
      showUndo({
        message: `${member.name} is now ${roleWords[role].article}.`,
        onUndo: async () => {
          await api.send('PATCH', path, { role: member.role })
          await refresh()
        },
      })
    },
    onError: showProblem,
  })
  // Only an owner touches owners.
  if (member.role === 'owner' && ownRole !== 'owner') return null
  return (
    <Menu position="bottom-end" shadow="md" width={300}>
      <Menu.Target>
        <ActionIcon size={36} aria-label={`Change ${member.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Role</Menu.Label>
        {rolesToGive(ownRole).map((role) => (
          <Menu.Item
            key={role}
            onClick={() => changing.mutate(role)}
            disabled={role === member.role}
            rightSection={role === member.role ? <IconCheck size={16} aria-label="present role" /> : null}
          >
            <Text size="sm">{roleWords[role].name}</Text>
            <Text size="xs" c="dimmed">
              {roleWords[role].says}
            </Text>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconUserMinus size={16} aria-hidden />} onClick={onRemove}>
          {member.id === user.id ? 'Leave the organization' : 'Remove from the team'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function RemoveMember({ member, onClose }: { member: MemberAnswer | null; onClose(): void }) {
  const { id: organizationId, name: organizationName } = useOrganization()
  const queryClient = useQueryClient()
  const { user } = useMe()
  if (member === null) return null
  const isSelf = member.id === user.id
  return (
    <Confirm
      opened
      onClose={onClose}
      title={isSelf ? `Leave ${organizationName}?` : `Remove ${member.name}?`}
      action={isSelf ? 'Leave' : 'Remove'}
      onConfirm={async () => {
        await api.send('DELETE', `/api/organizations/${organizationId}/members/${member.id}`)
        // Whoever left belongs nowhere here any more.
        if (isSelf) return location.assign('/backstage')
        await queryClient.invalidateQueries({ queryKey: membersQuery(organizationId).queryKey })
        showDone(`${member.name} is no longer on the team.`)
      }}
    >
      <Text size="sm">
        {isSelf
          ? `You lose access to the programs and keys of ${organizationName} at once, in every window. Only an invitation brings you back.`
          : `${member.email} loses access to ${organizationName} at once, in every open window and control room. API keys that ${member.name} made go on working.`}
      </Text>
    </Confirm>
  )
}

const columns: readonly Column[] = [{ title: 'Name' }, { title: 'Role' }, { title: 'Two-factor' }, { title: 'Since' }]

function NameAndAddress({ member, isSelf }: { member: MemberAnswer; isSelf: boolean }) {
  return (
    <>
      <Text size="sm" fw={500}>
        {member.name}
        {isSelf ? (
          <Text span c="dimmed" inherit>
            {' '}
            (you)
          </Text>
        ) : null}
      </Text>
      <Text size="sm" c="dimmed">
        {member.email}
      </Text>
    </>
  )
}

function Members() {
  const { id: organizationId } = useOrganization()
  const { user } = useMe()
  const mayWrite = useMay('members:write')
  const query = useInfiniteQuery(membersQuery(organizationId))
  const [leaving, setLeaving] = useState<MemberAnswer | null>(null)
  return (
    <Section title="Members">
      <CursorList query={query} empty={<Text size="sm">Nobody is on the team.</Text>}>
        {(members) => (
          <DataTable
            label="Members"
            columns={mayWrite ? [...columns, { title: '' }] : columns}
            rows={members.map((member) => ({
              key: member.id,
              cells: [
                <NameAndAddress key="name" member={member} isSelf={member.id === user.id} />,
                roleWords[member.role].name,
                member.twoFactorEnabled ? (
                  <Badge key="two-factor" color="green" leftSection={<IconShieldCheck size={12} aria-hidden />}>
                    On
                  </Badge>
                ) : (
                  'Off'
                ),
                <Moment key="since" at={member.since} dateOnly />,
                <MemberMenu key="menu" member={member} onRemove={() => setLeaving(member)} />,
              ],
            }))}
          />
        )}
      </CursorList>
      <RemoveMember member={leaving} onClose={() => setLeaving(null)} />
    </Section>
  )
}

export function MembersPage() {
  const mayWrite = useMay('members:write')
  const [opened, invite] = useDisclosure()
  return (
    <>
      <PageHead
        title="Members"
        says="The people who run your programs. Attendees are not among them."
        actions={mayWrite ? <Button onClick={invite.open}>Invite somebody</Button> : undefined}
      />
      <Members />
      {mayWrite ? <Invitations /> : null}
      <RoleTable />
      {mayWrite ? <InviteDialogue opened={opened} onClose={invite.close} /> : null}
    </>
  )
}

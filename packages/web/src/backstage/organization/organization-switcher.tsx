// Owns: going from one organization of the reader's to another, and making a new one.
import { Avatar, Button, Group, Menu, Modal, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { IconCheck, IconPlus, IconSelector } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { limits, type Organization, OrganizationRequest } from '@voila/protocol'
import { zod4Resolver } from 'mantine-form-zod-resolver'
import { api } from '../api.ts'
import { type OwnOrganization, useMe } from '../may.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { meQuery } from '../queries.ts'

function NewOrganization({ onClose }: { onClose(): void }) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({ initialValues: { name: '' }, validate: zod4Resolver(OrganizationRequest) })
  const making = useMutation({
    mutationFn: (values: { name: string }) => api.send<Organization>('POST', '/api/organizations', values),
    async onSuccess({ id }) {
      await queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
      onClose()
      await navigate({ to: '/o/$organizationId/programs', params: { organizationId: id } })
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => making.mutate(values))}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="You become its owner. Programs, keys and members of your other organizations stay apart."
          maxLength={limits.nameUnits}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <ErrorNote error={making.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={making.isPending}>
            Create organization
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

export function OrganizationSwitcher({ current }: { current: OwnOrganization | null }) {
  const { organizations } = useMe()
  const [isMaking, making] = useDisclosure()
  return (
    <>
      <Menu width="target" position="bottom-start" shadow="md">
        <Menu.Target>
          <UnstyledButton className="nav-switcher" aria-label={`Organization: ${current?.name ?? 'none'}. Switch`}>
            <Avatar size={28} radius="sm" color="indigo" name={current?.name ?? 'Voilà'} aria-hidden />
            <Text fw={600} size="sm" truncate flex={1}>
              {current?.name ?? 'No organization'}
            </Text>
            <IconSelector size={16} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {organizations.map(({ id, name }) => (
            <Menu.Item
              key={id}
              renderRoot={(props) => <Link {...props} to="/o/$organizationId/programs" params={{ organizationId: id }} />}
              rightSection={id === current?.id ? <IconCheck size={16} aria-label="shown now" /> : null}
            >
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={16} aria-hidden />} onClick={making.open}>
            New organization
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={isMaking} onClose={making.close} title="New organization">
        <NewOrganization onClose={making.close} />
      </Modal>
    </>
  )
}

// Owns: making an API key: its name, what it may, and the key itself, which is told once.
import { Button, Checkbox, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ApiKeyMade, ApiKeyRequest, limits, type Permission, permissions, scopes } from '@voila/protocol'
import { zod4Resolver } from 'mantine-form-zod-resolver'
import { useState } from 'react'
import { api } from '../api.ts'
import { useOrganization } from '../may.ts'
import { CopyField } from '../pieces/copy.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { apiKeysQuery } from '../queries.ts'

function KeyOnce({ made, onDone }: { made: ApiKeyMade; onDone(): void }) {
  return (
    <Stack gap="md">
      <Text size="sm">Copy the key now: it is not kept here and not shown again.</Text>
      <CopyField label={made.apiKey.name} value={made.key} what="API key" />
      <CopyField label="As a header" value={`Authorization: Bearer ${made.key}`} what="header" />
      <Group justify="flex-end">
        <Button onClick={onDone}>I have copied it</Button>
      </Group>
    </Stack>
  )
}

function KeyForm({ onMade, onClose }: { onMade(made: ApiKeyMade): void; onClose(): void }) {
  const { id: organizationId } = useOrganization()
  const queryClient = useQueryClient()
  const form = useForm<{ name: string; scopes: Permission[] }>({
    initialValues: { name: '', scopes: [] },
    validate: zod4Resolver(ApiKeyRequest),
  })
  const making = useMutation({
    mutationFn: (values: typeof form.values) => api.send<ApiKeyMade>('POST', `/api/organizations/${organizationId}/api-keys`, values),
    onSuccess(made) {
      void queryClient.invalidateQueries({ queryKey: apiKeysQuery(organizationId).queryKey })
      onMade(made)
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => making.mutate(values))}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="What uses it, so that you know later which one to revoke."
          placeholder="Intranet"
          maxLength={limits.nameUnits}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Checkbox.Group label="What it may do" description="Give it no more than it needs." {...form.getInputProps('scopes')}>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" verticalSpacing={10} mt="xs">
            {scopes.map((scope) => (
              <Checkbox key={scope} value={scope} label={permissions[scope].says} description={<span className="mono">{scope}</span>} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <ErrorNote error={making.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={making.isPending}>
            Make API key
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

export function NewApiKey({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const [made, setMade] = useState<ApiKeyMade | null>(null)
  const close = (): void => {
    setMade(null)
    onClose()
  }
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made === null ? 'New API key' : 'API key made'}
      closeOnClickOutside={made === null}
      size="lg"
    >
      {made === null ? <KeyForm onMade={setMade} onClose={close} /> : <KeyOnce made={made} onDone={close} />}
    </Modal>
  )
}

// Owns: changing what of a partner key can be changed: its name, and whom its tokens may make.
import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { attendeeRole, limits, moderatorRole, type PartnerKeyAnswer } from '@voila/protocol'
import { api } from '../api.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { keyQuery, keysKey } from '../queries.ts'

export function EditKey({ partnerKey, opened, onClose }: { partnerKey: PartnerKeyAnswer; opened: boolean; onClose(): void }) {
  const { organizationId, kid } = partnerKey
  const queryClient = useQueryClient()
  const form = useForm({
    initialValues: { name: partnerKey.name, moderates: partnerKey.allowedRoles.includes(moderatorRole) },
    validate: { name: (value) => (value.trim() === '' ? 'Fill this in.' : null) },
  })
  const saving = useMutation({
    mutationFn: ({ name, moderates }: typeof form.values) =>
      api.send<PartnerKeyAnswer>('PATCH', `/api/organizations/${organizationId}/partner-keys/${kid}`, {
        name: name.trim(),
        allowedRoles: moderates ? [attendeeRole, moderatorRole] : [attendeeRole],
      }),
    async onSuccess(changed) {
      queryClient.setQueryData(keyQuery(organizationId, kid).queryKey, changed)
      await queryClient.invalidateQueries({ queryKey: keysKey(organizationId) })
      showDone('The key has been changed.')
      onClose()
    },
  })
  return (
    <Modal opened={opened} onClose={onClose} title={`Edit ${partnerKey.name}`}>
      <form onSubmit={form.onSubmit((values) => saving.mutate(values))}>
        <Stack gap="md">
          <TextInput label="Name" maxLength={limits.nameUnits} data-autofocus {...form.getInputProps('name')} />
          <Checkbox
            label="Tokens of this key may make moderators"
            description="Takes effect at once for tokens that come from now on; who is in already stays what he is."
            {...form.getInputProps('moderates', { type: 'checkbox' })}
          />
          <ErrorNote error={saving.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

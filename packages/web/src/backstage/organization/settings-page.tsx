// Owns: the settings of an organization: its id, its name.
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { limits, type Organization, OrganizationPatch } from '@voila/protocol'
import { zod4Resolver } from 'mantine-form-zod-resolver'
import { api } from '../api.ts'
import { useMay, useOrganization } from '../may.ts'
import { CopyField } from '../pieces/copy.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { Section } from '../pieces/section.tsx'
import { meQuery, organizationQuery } from '../queries.ts'

function Rename() {
  const { id, name } = useOrganization()
  const mayRename = useMay('organization:write')
  const queryClient = useQueryClient()
  const form = useForm({ initialValues: { name }, validate: zod4Resolver(OrganizationPatch) })
  const renaming = useMutation({
    mutationFn: (values: { name: string }) => api.send<Organization>('PATCH', `/api/organizations/${id}`, values),
    async onSuccess(organization) {
      form.setInitialValues({ name: organization.name })
      form.reset()
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: meQuery.queryKey }),
        queryClient.invalidateQueries({ queryKey: organizationQuery(id).queryKey, exact: true }),
      ])
      showDone('The organization has been renamed.')
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => renaming.mutate(values))}>
      <Stack gap="md" maw={440}>
        <TextInput
          label="Name"
          maxLength={limits.nameUnits}
          readOnly={!mayRename}
          {...(mayRename ? {} : { description: 'Owners and admins may change it.' })}
          {...form.getInputProps('name')}
        />
        <ErrorNote error={renaming.error} />
        {mayRename ? (
          <Group>
            <Button type="submit" variant="default" disabled={!form.isDirty()} loading={renaming.isPending}>
              Save
            </Button>
          </Group>
        ) : null}
      </Stack>
    </form>
  )
}

export function SettingsPage() {
  const { id } = useOrganization()
  return (
    <>
      <PageHead title="Settings" />
      <Section title="Organization id" says="Tokens carry it as organization_id, and every address of the API names it.">
        <CopyField label="Organization id" value={id} what="organization id" />
      </Section>
      <Section title="Name" says="Members see it; attendees do not.">
        {/* Another organization is another form. */}
        <Rename key={id} />
      </Section>
    </>
  )
}

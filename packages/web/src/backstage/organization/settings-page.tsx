// Owns: the settings of an organization: its id, its name, the pages that may embed its programs.
import { Button, Group, Stack, TagsInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { limits, type Organization, OrganizationPatch } from '@voila/protocol'
import { zod4Resolver } from 'mantine-form-zod-resolver'
import { useState } from 'react'
import { api } from '../api.ts'
import { useMay, useOrganization } from '../may.ts'
import { CopyField } from '../pieces/copy.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { PageHead } from '../pieces/page-head.tsx'
import { Section } from '../pieces/section.tsx'
import { originOf } from '../programs/origin-of.ts'
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
              Rename
            </Button>
          </Group>
        ) : null}
      </Stack>
    </form>
  )
}

function EmbedOrigins() {
  const { id } = useOrganization()
  const mayWrite = useMay('organization:write')
  const organization = useQuery(organizationQuery(id))
  if (organization.data === undefined) return <ErrorNote error={organization.error} onRetry={() => void organization.refetch()} />
  return <EmbedOriginsForm key={organization.data.embedOrigins.join()} organization={organization.data} mayWrite={mayWrite} />
}

function EmbedOriginsForm({ organization, mayWrite }: { organization: Organization; mayWrite: boolean }) {
  const { id, embedOrigins } = organization
  const queryClient = useQueryClient()
  const [origins, setOrigins] = useState(embedOrigins)
  const saving = useMutation({
    mutationFn: () => api.send<Organization>('PATCH', `/api/organizations/${id}`, { embedOrigins: origins }),
    onSuccess(saved) {
      queryClient.setQueryData(organizationQuery(id).queryKey, saved)
      showDone('Saved. Pages that are open keep their player until they are loaded again.')
    },
  })
  const isRight = OrganizationPatch.safeParse({ embedOrigins: origins }).success
  return (
    <Stack gap="md" maw={560}>
      <TagsInput
        label="Pages that may embed every program"
        description="Origins, like https://intranet.example.com. Each program can name more."
        value={origins}
        readOnly={!mayWrite}
        error={isRight ? null : `At most ${limits.embedOrigins} origins, each like https://intranet.example.com.`}
        splitChars={[',', ' ', '\n']}
        clearable={mayWrite}
        acceptValueOnBlur
        onChange={(values) => setOrigins(values.map(originOf))}
      />
      <ErrorNote error={saving.error} />
      {mayWrite ? (
        <Group>
          <Button
            variant="default"
            disabled={!isRight || origins.join() === embedOrigins.join()}
            loading={saving.isPending}
            onClick={() => saving.mutate()}
          >
            Save
          </Button>
        </Group>
      ) : null}
    </Stack>
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
      <Section title="Embedding" says="Browsers show the player in these pages, and in no other.">
        <EmbedOrigins key={id} />
      </Section>
    </>
  )
}

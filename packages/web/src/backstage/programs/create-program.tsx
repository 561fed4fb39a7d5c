// Owns: the short forms that a program begins with: a new one, or a copy.
import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { limits, type Program, ProgramRequest } from '@voila/protocol'
import { type FormEvent, useState } from 'react'
import { api } from '../api.ts'
import { useOrganization } from '../may.ts'
import { ErrorNote } from '../pieces/error-note.tsx'
import { languageChoices } from './languages.ts'
import { faultsOf } from './program-fields.ts'
import { programPath } from './program-queries.ts'
import { StartFields } from './start-fields.tsx'
import { instantOf, readerTimeZone, wallTime } from './zoned-time.ts'

type Beginning = { title: string; startsAt: string; timeZone: string; language: string }

const week = 7 * 86_400_000

/** In a week, on the hour, on the reader's clock. */
function freshBeginning(): Beginning {
  const timeZone = readerTimeZone()
  const hour = wallTime(new Date(Date.now() + week).toISOString(), timeZone).slice(0, 13)
  const language = (navigator.language.split('-')[0] ?? 'en').toLowerCase()
  return { title: '', startsAt: instantOf(`${hour}:00`, timeZone), timeZone, language }
}

type FormProps = {
  says?: string
  from: Beginning
  action: string
  withLanguage: boolean
  onSend: (beginning: Beginning) => Promise<Program>
  onClose: () => void
}

function BeginningForm({ says, from, action, withLanguage, onSend, onClose }: FormProps) {
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const [values, setValues] = useState(from)
  const [wasSent, setWasSent] = useState(false)
  const faults = wasSent ? faultsOf(ProgramRequest, values) : {}
  const sending = useMutation({
    mutationFn: onSend,
    async onSuccess(program) {
      onClose()
      await queryClient.invalidateQueries({ queryKey: ['organization', program.organizationId] })
      await navigate({ to: '/p/$programId/page', params: { programId: program.id } })
    },
  })
  const set = (changes: Partial<Beginning>): void => setValues((before) => ({ ...before, ...changes }))

  function submit(event: FormEvent): void {
    event.preventDefault()
    setWasSent(true)
    if (Object.keys(faultsOf(ProgramRequest, values)).length === 0) sending.mutate(values)
  }

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {says !== undefined && <Text size="sm">{says}</Text>}
        <TextInput
          label="Title"
          description="Attendees read it. You can change it later."
          value={values.title}
          maxLength={limits.titleUnits}
          error={faults.title}
          data-autofocus
          onChange={(event) => set({ title: event.currentTarget.value })}
        />
        <StartFields startsAt={values.startsAt} timeZone={values.timeZone} onChange={set} />
        {withLanguage && (
          <Select
            label="Language"
            description="The one that is spoken in the show."
            data={languageChoices(values.language)}
            value={values.language}
            searchable
            allowDeselect={false}
            onChange={(language) => language !== null && set({ language })}
          />
        )}
        <ErrorNote error={sending.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={sending.isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type ModalProps = { opened: boolean; onClose: () => void }

/** Makes a draft and goes to it. */
export function CreateProgram({ opened, onClose }: ModalProps) {
  const organization = useOrganization()
  return (
    <Modal opened={opened} onClose={onClose} title="New program" size="lg">
      <BeginningForm
        from={freshBeginning()}
        action="Create program"
        withLanguage
        onClose={onClose}
        onSend={(values) => api.send<Program>('POST', `/api/organizations/${organization.id}/programs`, values)}
      />
    </Modal>
  )
}

/** Makes a draft with the settings of another program, and goes to it. */
export function DuplicateProgram({ program, opened, onClose }: ModalProps & { program: Program }) {
  const { title, timeZone, language } = program
  return (
    <Modal opened={opened} onClose={onClose} title="Duplicate program" size="lg">
      <BeginningForm
        says="A new draft with the same page, pictures and access, and nothing of what happened."
        from={{ ...freshBeginning(), title, timeZone, language, startsAt: nextStart(program) }}
        action="Duplicate"
        withLanguage={false}
        onClose={onClose}
        onSend={({ title, startsAt }) => api.send<Program>('POST', `${programPath(program.id)}/duplicate`, { title, startsAt })}
      />
    </Modal>
  )
}

/** The same day and time a number of whole weeks later, so that it lies ahead. */
function nextStart({ startsAt, timeZone }: Program): string {
  const weeks = Math.max(1, Math.ceil((Date.now() - Date.parse(startsAt)) / week))
  const [day = '', clock = ''] = wallTime(startsAt, timeZone).split(' ')
  const later = new Date(Date.parse(`${day}T00:00:00Z`) + weeks * week).toISOString().slice(0, 10)
  return instantOf(`${later} ${clock}`, timeZone)
}

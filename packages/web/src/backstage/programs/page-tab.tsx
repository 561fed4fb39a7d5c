// Owns: what attendees read and see of a program.
import { Fieldset, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { limits } from '@voila/protocol'
import { AccentField } from './accent-field.tsx'
import { AttendeePreview } from './attendee-preview.tsx'
import { EditBar } from './edit-bar.tsx'
import { ImageField } from './image-field.tsx'
import { languageChoices } from './languages.ts'
import { useProgram } from './program-queries.ts'
import { ReadOnlyNote, useMayEdit } from './read-only-note.tsx'
import { StartFields } from './start-fields.tsx'
import { useProgramEdit } from './use-program-edit.ts'

export function PageTab() {
  const program = useProgram()
  const mayEdit = useMayEdit(program)
  const edit = useProgramEdit(program)
  const { values, faults, set } = edit
  return (
    <div className="page-tab">
      <div className="page-tab-form">
        <EditBar edit={edit} />
        <ReadOnlyNote program={program} />
        <Fieldset variant="unstyled" className="plain-fieldset" disabled={!mayEdit}>
          <Stack gap="lg">
            <TextInput
              label="Title"
              value={values.title}
              maxLength={limits.titleUnits}
              error={faults.title}
              dir="auto"
              onChange={(event) => set({ title: event.currentTarget.value })}
            />
            <StartFields startsAt={values.startsAt} timeZone={values.timeZone} disabled={!mayEdit} onChange={set} />
            <Select
              label="Language"
              description="The one that is spoken in the show. The page itself speaks English or French, as each reader’s browser asks."
              data={languageChoices(values.language)}
              value={values.language}
              searchable
              allowDeselect={false}
              onChange={(language) => language !== null && set({ language })}
            />
            <Textarea
              label="Description"
              description={`What awaits attendees: on the page before the start, and under the picture. ${values.description.length} of ${limits.descriptionUnits} characters.`}
              value={values.description}
              maxLength={limits.descriptionUnits}
              error={faults.description}
              autosize
              minRows={4}
              maxRows={14}
              dir="auto"
              onChange={(event) => set({ description: event.currentTarget.value })}
            />
            <AccentField value={values.accent} fault={faults.accent} onChange={(accent) => set({ accent })} />
            <ImageField program={program} kind="cover" disabled={!mayEdit} />
            <ImageField program={program} kind="logo" disabled={!mayEdit} />
          </Stack>
        </Fieldset>
      </div>
      <AttendeePreview program={{ ...program, ...values }} />
    </div>
  )
}

// Owns: which activities a program has, and what each allows.
import { Checkbox, Chip, Fieldset, Group, NativeSelect, Paper, Stack, Switch, TagsInput, Text } from '@mantine/core'
import { cleanText, type FullOptions, limits, type OptionedActivity } from '@voila/protocol'
import { EditBar } from '../programs/edit-bar.tsx'
import { useProgram } from '../programs/program-queries.ts'
import { ReadOnlyNote, useMayEdit } from '../programs/read-only-note.tsx'
import { type ProgramEdit, useProgramEdit } from '../programs/use-program-edit.ts'
import { activityForms, type OptionForm, optionsOf } from './option-forms.ts'

export function ActivitiesTab() {
  const program = useProgram()
  const mayEdit = useMayEdit(program)
  const edit = useProgramEdit(program)
  const { values, faults, set } = edit
  return (
    <div className="narrow">
      <EditBar edit={edit} />
      <ReadOnlyNote program={program} />
      {(program.state === 'live' || program.state === 'rehearsal') && mayEdit && (
        <Text size="sm" c="dimmed" mb="md">
          What you save here changes the running show at once. What your team has set in the control room stays, but for what you change.
        </Text>
      )}
      <Fieldset variant="unstyled" className="plain-fieldset" disabled={!mayEdit}>
        <Stack gap="lg">
          {(Object.keys(activityForms) as OptionedActivity[]).map((name) => (
            <ActivityOptions key={name} name={name} edit={edit} />
          ))}
          <Paper p="md">
            <TagsInput
              label="Blocked words"
              styles={{ label: { fontWeight: 600 } }}
              description="Words or phrases. Whatever attendees write with one of them waits for your team, in every activity. Case, accents and special letters make no difference; a word within a longer one is left alone."
              placeholder={values.blockedWords.length === 0 ? 'A word, then Enter' : ''}
              value={[...values.blockedWords]}
              maxTags={limits.blockedWords}
              splitChars={[',', '\n']}
              clearable={mayEdit}
              acceptValueOnBlur
              error={faults.blockedWords}
              onChange={(words) => set({ blockedWords: [...new Set(words.map(cleanText).filter((word) => word !== ''))] })}
            />
          </Paper>
          <Paper p="md">
            <Switch
              label="Wait for the picture"
              styles={{ label: { fontWeight: 600 } }}
              description="The picture reaches attendees some seconds late. On: a poll, a quiz or a slide shows when each one’s picture has come to that moment. Off: it shows at once."
              checked={values.cueTiming}
              onChange={(event) => set({ cueTiming: event.currentTarget.checked })}
            />
          </Paper>
        </Stack>
      </Fieldset>
    </div>
  )
}

function ActivityOptions({ name, edit }: { name: OptionedActivity; edit: ProgramEdit }) {
  const { title, says } = activityForms[name]
  const values = edit.values[name]
  const change = (option: string, value: unknown): void =>
    edit.set({ [name]: { ...values, [option]: value } } as Partial<Pick<FullOptions, OptionedActivity>>)
  const options = optionsOf(name, values)
  return (
    <Paper p="md">
      <Switch
        label={title}
        styles={{ label: { fontWeight: 600 } }}
        description={says}
        checked={values.on}
        onChange={(event) => change('on', event.currentTarget.checked)}
      />
      {values.on && options.length > 0 && (
        <Stack gap="sm" mt="md" className="activity-options">
          {options.map(([option, form, value]) => (
            <Option
              key={option}
              form={form}
              value={value}
              onChange={(next) => change(option, typeof value === 'number' ? Number(next) : next)}
            />
          ))}
        </Stack>
      )}
    </Paper>
  )
}

function Option({ form, value, onChange }: { form: OptionForm; value: unknown; onChange: (value: unknown) => void }) {
  if (form.kind === 'switch') {
    return (
      <Checkbox
        label={form.label}
        description={form.says}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    )
  }
  if (form.kind === 'choice') {
    const known = form.choices.some((choice) => choice.value === String(value))
    return (
      <NativeSelect
        label={form.label}
        description={form.says}
        value={String(value)}
        data={[...form.choices, ...(known ? [] : [{ value: String(value), label: String(value) }])]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  }
  const chosen = (value as readonly string[]).map(String)
  return (
    <Fieldset variant="unstyled" className="plain-fieldset" legend={form.label}>
      <Group gap="xs">
        {form.choices.map((choice) => (
          <Chip
            key={choice.value}
            checked={chosen.includes(choice.value)}
            // One at least stays: without any, switch it off.
            disabled={chosen.length === 1 && chosen[0] === choice.value}
            onChange={(on) => onChange(on ? [...chosen, choice.value] : chosen.filter((each) => each !== choice.value))}
          >
            {choice.label}
            <span className="unseen"> {choice.value}</span>
          </Chip>
        ))}
      </Group>
    </Fieldset>
  )
}

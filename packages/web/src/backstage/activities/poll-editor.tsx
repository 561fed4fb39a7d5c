// Owns: writing a poll, before the show or in the middle of it.
import { ActionIcon, Button, Checkbox, Group, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { limits, type PollForm, type PollResults } from '@voila/protocol'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { ErrorNote } from '../pieces/error-note.tsx'
import type { PreparedEditorProps } from './editor-props.ts'
import { contentOf, draftOf, emptyPoll, type PollDraft } from './poll-draft.ts'

const forms: { value: PollForm; label: string }[] = [
  { value: 'single', label: 'Single choice' },
  { value: 'multiple', label: 'Several choices' },
  { value: 'rating', label: 'Rating' },
  { value: 'text', label: 'Open answer' },
  { value: 'words', label: 'Word cloud' },
]
const results: { value: PollResults; label: string }[] = [
  { value: 'always', label: 'Always' },
  { value: 'after-voting', label: 'After voting' },
  { value: 'after-close', label: 'When the poll is closed' },
  { value: 'never', label: 'Never' },
]

type PollEditorProps = Pick<PreparedEditorProps, 'onSave' | 'onCancel'> & {
  item: { readonly content: unknown } | undefined
  /** The verb on the button. */
  action?: string
}

export function PollEditor({ item, onSave, onCancel, action = 'Save' }: PollEditorProps) {
  const [draft, setDraft] = useState<PollDraft>(() => (item === undefined ? emptyPoll : draftOf(item.content)))
  const [isTried, setTried] = useState(false)
  const saving = useMutation({ mutationFn: onSave })
  const made = contentOf(draft)
  const wrong = (field: string): string | undefined => (isTried && 'field' in made && made.field === field ? made.says : undefined)
  const set = (changes: Partial<PollDraft>): void => setDraft({ ...draft, ...changes })
  const { form } = draft
  const isWritten = form === 'text' || form === 'words'

  function submit(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if ('content' in made) saving.mutate({ title: made.content.question.slice(0, limits.titleUnits), content: made.content })
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Textarea
          label="Question"
          data-autofocus
          autosize
          minRows={1}
          maxRows={4}
          dir="auto"
          maxLength={limits.pollQuestionUnits}
          value={draft.question}
          error={wrong('question')}
          onChange={(event) => set({ question: event.currentTarget.value })}
        />
        <Select
          label="Form"
          data={forms}
          allowDeselect={false}
          value={form}
          onChange={(value) => set({ form: value as PollForm, ...(value === 'words' ? { max: 3 } : {}) })}
        />
        {(form === 'single' || form === 'multiple') && <Options {...{ draft, set }} error={wrong('options')} />}
        {form === 'multiple' && (
          <Group grow align="flex-start">
            <NumberInput
              label="At least"
              min={1}
              max={limits.pollOptions}
              value={draft.min}
              onChange={(value) => set({ min: Number(value) })}
            />
            <NumberInput
              label="At most"
              min={1}
              max={limits.pollOptions}
              value={draft.max}
              error={wrong('max')}
              onChange={(value) => set({ max: Number(value) })}
            />
          </Group>
        )}
        {form === 'rating' && (
          <>
            <NumberInput label="Steps" min={2} max={10} value={draft.steps} onChange={(value) => set({ steps: Number(value) })} />
            <Group grow>
              <TextInput
                label="Below the lowest"
                maxLength={limits.pollOptionUnits}
                value={draft.lowest}
                onChange={(event) => set({ lowest: event.currentTarget.value })}
              />
              <TextInput
                label="Below the highest"
                maxLength={limits.pollOptionUnits}
                value={draft.highest}
                onChange={(event) => set({ highest: event.currentTarget.value })}
              />
            </Group>
          </>
        )}
        {form === 'words' && (
          <NumberInput
            label="Words of one person, at most"
            min={1}
            max={limits.pollWords}
            value={draft.max}
            error={wrong('max')}
            onChange={(value) => set({ max: Number(value) })}
          />
        )}
        <Group grow align="flex-start">
          <Select
            label="Attendees see the results"
            data={results}
            allowDeselect={false}
            value={draft.results}
            onChange={(value) => set({ results: value as PollResults })}
          />
          <NumberInput
            label="Closes by itself after"
            suffix=" seconds"
            placeholder="Never"
            min={limits.pollSecondsMin}
            max={limits.pollSecondsMax}
            value={draft.seconds ?? ''}
            error={wrong('seconds')}
            onChange={(value) => set({ seconds: value === '' ? null : Number(value) })}
          />
        </Group>
        {isWritten ? (
          <Checkbox
            label="Answers wait until the team approves them"
            checked={draft.review}
            onChange={(event) => set({ review: event.currentTarget.checked })}
          />
        ) : (
          <Checkbox
            label="A choice may be changed while the poll is open"
            disabled={draft.secret}
            checked={draft.changes && !draft.secret}
            onChange={(event) => set({ changes: event.currentTarget.checked })}
          />
        )}
        <Checkbox
          label="Secret"
          description="Nobody is told who chose what, and the log does not know it. Results come by five votes at a time, and at the close."
          checked={draft.secret}
          onChange={(event) => set({ secret: event.currentTarget.checked })}
        />
        {isTried && 'field' in made && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {made.says}
          </Text>
        )}
        <ErrorNote error={saving.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Options({ draft, set, error }: { draft: PollDraft; set(changes: Partial<PollDraft>): void; error: string | undefined }) {
  const list = useRef<HTMLDivElement>(null)
  const { options } = draft
  const change = (index: number, text: string): void => set({ options: options.map((each, at) => (at === index ? text : each)) })
  const add = (): void => {
    if (options.length >= limits.pollOptions) return
    set({ options: [...options, ''] })
    requestAnimationFrame(() => [...(list.current?.querySelectorAll('input') ?? [])].at(-1)?.focus())
  }
  // Enter goes on to the next option, as in a list that is written.
  const onKey = (event: KeyboardEvent, index: number): void => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const next = list.current?.querySelectorAll('input')[index + 1]
    if (next === undefined) add()
    else next.focus()
  }
  return (
    <Stack gap="xs" ref={list} role="group" aria-label="Options">
      <Text size="sm" fw={500}>
        Options
      </Text>
      {options.map((option, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place is what an option is known by while it is written.
        <Group key={index} gap="xs" wrap="nowrap" className="option-row">
          <TextInput
            className="option-field"
            aria-label={`Option ${index + 1}`}
            placeholder={`Option ${index + 1}`}
            dir="auto"
            maxLength={limits.pollOptionUnits}
            value={option}
            onChange={(event) => change(index, event.currentTarget.value)}
            onKeyDown={(event) => onKey(event, index)}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Remove option ${index + 1}`}
            disabled={options.length <= 2}
            onClick={() => set({ options: options.filter((_, at) => at !== index) })}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      {error !== undefined && (
        <Text size="xs" c="var(--mantine-color-error)">
          {error}
        </Text>
      )}
      <Group>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={options.length >= limits.pollOptions}
          onClick={add}
        >
          Add an option
        </Button>
      </Group>
    </Stack>
  )
}

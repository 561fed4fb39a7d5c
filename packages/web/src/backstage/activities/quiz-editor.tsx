// Owns: writing a quiz before the show.
import { ActionIcon, Button, Checkbox, Fieldset, Group, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { limits } from '@voila/protocol'
import { type FormEvent, useState } from 'react'
import { ErrorNote } from '../pieces/error-note.tsx'
import type { PreparedEditorProps } from './editor-props.ts'
import { contentOf, draftOf, moved, newQuestion, type QuestionDraft, type QuizDraft, type Wrong } from './quiz-draft.ts'

export function QuizEditor({ item, onSave, onCancel }: PreparedEditorProps) {
  const [draft, setDraft] = useState<QuizDraft>(() => draftOf(item?.title ?? '', item?.content))
  const [isTried, setTried] = useState(false)
  const saving = useMutation({ mutationFn: onSave })
  const made = contentOf(draft)
  const wrong: Wrong | undefined = isTried && 'says' in made ? made : undefined
  const { questions } = draft
  const set = (questions: readonly QuestionDraft[]): void => setDraft({ ...draft, questions })

  function submit(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if ('content' in made) saving.mutate(made)
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Title"
          description="Attendees see it."
          data-autofocus
          dir="auto"
          maxLength={limits.titleUnits}
          value={draft.title}
          error={wrong !== undefined && wrong.question === undefined && wrong.says}
          onChange={(event) => setDraft({ ...draft, title: event.currentTarget.value })}
        />
        {questions.map((question, index) => (
          <QuestionFields
            key={question.key}
            question={question}
            index={index}
            of={questions.length}
            error={wrong?.question === index ? wrong.says : undefined}
            onChange={(changed) => set(questions.map((each, at) => (at === index ? changed : each)))}
            onMove={(to) => set(moved(questions, index, to))}
            onRemove={() => set(questions.filter((_, at) => at !== index))}
          />
        ))}
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            disabled={questions.length >= limits.quizQuestions}
            onClick={() => set([...questions, newQuestion()])}
          >
            Add a question
          </Button>
        </Group>
        {wrong?.question !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            Question {wrong.question + 1}: {wrong.says}
          </Text>
        )}
        <ErrorNote error={saving.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={saving.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type FieldsProps = {
  question: QuestionDraft
  index: number
  of: number
  error: string | undefined
  onChange: (question: QuestionDraft) => void
  onMove: (to: number) => void
  onRemove: () => void
}

function QuestionFields({ question, index, of, error, onChange, onMove, onRemove }: FieldsProps) {
  const n = index + 1
  const { options, right } = question
  const toggle = (at: number): void =>
    onChange({ ...question, right: right.includes(at) ? right.filter((each) => each !== at) : [...right, at].sort((a, b) => a - b) })
  return (
    <Fieldset legend={`Question ${n}`}>
      <Stack gap="sm">
        <Group gap={4} justify="flex-end">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Move question ${n} up`}
            disabled={index === 0}
            onClick={() => onMove(index - 1)}
          >
            <IconArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Move question ${n} down`}
            disabled={n === of}
            onClick={() => onMove(index + 1)}
          >
            <IconArrowDown size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="subtle" color="gray" aria-label={`Remove question ${n}`} disabled={of === 1} onClick={onRemove}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
        <Textarea
          label="Question"
          autosize
          minRows={1}
          maxRows={4}
          dir="auto"
          maxLength={limits.quizTextUnits}
          value={question.text}
          error={error}
          onChange={(event) => onChange({ ...question, text: event.currentTarget.value })}
        />
        <Stack gap="xs" role="group" aria-label={`Answers to question ${n}`}>
          <Text size="sm" fw={500}>
            Answers; tick those that are right
          </Text>
          {options.map((option, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what an answer is known by while it is written.
            <Group key={at} gap="xs" wrap="nowrap">
              <Checkbox aria-label={`Answer ${at + 1} is right`} checked={right.includes(at)} onChange={() => toggle(at)} />
              <TextInput
                flex={1}
                aria-label={`Answer ${at + 1}`}
                placeholder={at < 2 ? `Answer ${at + 1}` : `Answer ${at + 1}, or leave empty`}
                dir="auto"
                maxLength={limits.quizOptionUnits}
                value={option}
                onChange={(event) =>
                  onChange({ ...question, options: options.map((each, i) => (i === at ? event.currentTarget.value : each)) })
                }
              />
            </Group>
          ))}
          {options.length < limits.quizOptions && (
            <Group>
              <Button
                variant="subtle"
                size="compact-sm"
                leftSection={<IconPlus size={14} aria-hidden />}
                onClick={() => onChange({ ...question, options: [...options, ''] })}
              >
                Add an answer
              </Button>
            </Group>
          )}
        </Stack>
        <Group grow align="flex-start">
          {right.length > 1 && (
            <Select
              label="To be right one chooses"
              data={[
                { value: 'one', label: 'Any right answer' },
                { value: 'all', label: 'All right answers' },
              ]}
              allowDeselect={false}
              value={question.choose}
              onChange={(value) => onChange({ ...question, choose: value === 'all' ? 'all' : 'one' })}
            />
          )}
          <NumberInput
            label="Points"
            min={0}
            max={limits.quizPoints}
            step={100}
            value={question.points}
            onChange={(value) => onChange({ ...question, points: Number(value) })}
          />
          <NumberInput
            label="Seconds"
            min={limits.quizMinSeconds}
            max={limits.quizMaxSeconds}
            value={question.seconds}
            onChange={(value) => onChange({ ...question, seconds: Number(value) })}
          />
        </Group>
      </Stack>
    </Fieldset>
  )
}

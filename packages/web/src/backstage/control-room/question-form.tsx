// Owns: what the team writes below a question: an answer, a reply, its labels, for whom it is.
import { Autocomplete, Button, Group, TagsInput, Text, Textarea } from '@mantine/core'
import { cleanText, limits, type Question } from '@voila/protocol'
import { type FormEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import type { QuestionDoings } from './question-doings.ts'
import type { QuestionWriting } from './question-row.tsx'

type FormProps = {
  question: Question
  kind: QuestionWriting['kind']
  /** What other questions have. */
  tags: { readonly labels: readonly string[]; readonly speakers: readonly string[] }
  does: QuestionDoings
  onDone: () => void
}

/** The menu that a form was opened from gives the focus back to its button first. */
const menuMs = 50

function useFocusSoon<Field extends HTMLElement>(): RefObject<Field | null> {
  const field = useRef<Field>(null)
  useEffect(() => {
    field.current?.focus()
    const timer = setTimeout(() => field.current?.focus(), menuMs)
    return () => clearTimeout(timer)
  }, [])
  return field
}

export function QuestionForm(props: FormProps) {
  if (props.kind === 'label') return <LabelForm {...props} />
  return props.kind === 'assign' ? <AssignForm {...props} /> : <TextForm {...props} kind={props.kind} />
}

function TextForm({ question, kind, does, onDone }: FormProps & { kind: 'answer' | 'reply' }) {
  const field = useFocusSoon<HTMLTextAreaElement>()
  const [text, setText] = useState(kind === 'answer' ? (question.answer?.text ?? '') : '')
  const [isSending, setSending] = useState(false)
  const cleaned = cleanText(text)
  const over = cleaned.length - (kind === 'answer' ? limits.questionAnswerUnits : limits.questionReplyUnits)
  const may = cleaned !== '' && over <= 0 && !isSending
  const label = kind === 'answer' ? 'Answer that everybody can read' : 'Reply that everybody can read'

  async function save(event?: FormEvent): Promise<void> {
    event?.preventDefault()
    if (!may) return
    setSending(true)
    const done = await (kind === 'answer' ? does.answer(question, cleaned) : does.reply(question, cleaned))
    setSending(false)
    if (done) onDone()
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') onDone()
    // While an input method composes, Enter chooses a word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    void save()
  }
  return (
    <form className="room-question-form" onSubmit={(event) => void save(event)}>
      <Textarea
        ref={field}
        autosize
        minRows={2}
        maxRows={8}
        dir="auto"
        aria-label={label}
        placeholder={label}
        value={text}
        error={over > 0 ? `${over} characters too many` : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Ways says="Publish" may={may} isSending={isSending} onDone={onDone} />
    </form>
  )
}

function LabelForm({ question, tags, does, onDone }: FormProps) {
  const field = useFocusSoon<HTMLInputElement>()
  const [labels, setLabels] = useState<string[]>([...(question.labels ?? [])])
  return (
    <form
      className="room-question-form"
      onSubmit={(event) => {
        event.preventDefault()
        void does.label(question, labels.map(cleanText)).then((done) => done && onDone())
      }}
    >
      <TagsInput
        size="xs"
        ref={field}
        label="Labels"
        description="For the team alone."
        placeholder={labels.length === 0 ? 'Write one, then Enter' : ''}
        data={[...tags.labels]}
        value={labels}
        maxTags={limits.questionLabels}
        onChange={(wanted) => setLabels(wanted.map((label) => label.slice(0, limits.questionLabelUnits)))}
        onKeyDown={(event) => event.key === 'Escape' && onDone()}
      />
      <Ways says="Save" may onDone={onDone} />
    </form>
  )
}

function AssignForm({ question, tags, does, onDone }: FormProps) {
  const field = useFocusSoon<HTMLInputElement>()
  const [speaker, setSpeaker] = useState(question.speaker ?? '')
  const cleaned = cleanText(speaker)
  return (
    <form
      className="room-question-form"
      onSubmit={(event) => {
        event.preventDefault()
        void does.assign(question, cleaned === '' ? null : cleaned).then((done) => done && onDone())
      }}
    >
      <Autocomplete
        size="xs"
        ref={field}
        label="For whom it is"
        description="The name of a speaker, for the team alone. Empty: nobody in particular."
        data={[...tags.speakers]}
        value={speaker}
        maxLength={limits.questionSpeakerUnits}
        onChange={setSpeaker}
        onKeyDown={(event) => event.key === 'Escape' && onDone()}
      />
      <Ways says="Save" may onDone={onDone} />
    </form>
  )
}

function Ways({ says, may, isSending = false, onDone }: { says: string; may: boolean; isSending?: boolean; onDone: () => void }) {
  return (
    <Group gap="xs" mt={6}>
      <Button type="submit" size="compact-sm" disabled={!may} loading={isSending}>
        {says}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onDone}>
        Cancel
      </Button>
      <Text size="xs" c="dimmed">
        Esc leaves
      </Text>
    </Group>
  )
}

// Owns: the questions as the team runs them: which is shown, which are answered, what is put away.
import { Button, Checkbox, Group, NativeSelect, SegmentedControl, Text } from '@mantine/core'
import { limits, type Question, type QuestionsView } from '@voila/protocol'
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react'
import { keptInPlace, ordered, type QuestionOrder } from '../../attendee/questions/order.ts'
import { useQuestions } from '../../attendee/questions/use-questions.ts'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { DeedsNote } from './deeds-line.tsx'
import { useToFront } from './front.ts'
import type { PanelProps } from './panel-props.ts'
import { isNarrowedTo, listOf, type QuestionList, questionDoings, questionLists, tagsOf } from './question-doings.ts'
import { QuestionForm } from './question-form.tsx'
import { QuestionRow, type QuestionWriting } from './question-row.tsx'
import { Quiet } from './quiet.tsx'
import { type Deeds, type Doing, useDeeds } from './undo.ts'
import { useShortcut } from './use-shortcuts.tsx'
import { Writer } from './writer.tsx'
import './questions.css'

const closedWords = {
  none: 'Questions are there once the program is scheduled.',
  closed: 'Attendees can ask when you go live. In a rehearsal your team can try it.',
}

export function QuestionsPanel({ client, activities }: PanelProps) {
  const view = useLive(client, (state) => state.activities.questions?.view)
  if (view === undefined) return <Quiet says="Connecting…" />
  if (activities === 'none' || activities === 'closed') return <Quiet says={closedWords[activities]} />
  return <OpenQuestions client={client} view={view} isOver={activities === 'read-only'} />
}

const listNames: Readonly<Record<QuestionList, string>> = { open: 'Open', answered: 'Answered', archived: 'Archived' }
const emptyWords: Readonly<Record<QuestionList, string>> = {
  open: 'No question is open. What attendees ask shows here.',
  answered: 'No question has been answered yet.',
  archived: 'Nothing has been archived or deleted.',
}
const orderNames: readonly { value: QuestionOrder; label: string }[] = [
  { value: 'votes', label: 'Most votes' },
  { value: 'newest', label: 'Newest' },
]

type OpenProps = { client: LiveClient; view: QuestionsView; isOver: boolean }

function OpenQuestions({ client, view, isOver }: OpenProps) {
  const people = useLive(client, (state) => state.people)
  const nameOf = useCallback((id: string) => people.get(id)?.displayName ?? 'Somebody', [people])
  const send = useCallback((command: Doing['command']) => client.send('questions', command), [client])
  const deeds = useDeeds(send)
  const pinned = view.pinned?.id
  const does = useMemo(() => questionDoings({ deeds, pinned }), [deeds, pinned])
  const [list, setList] = useState<QuestionList>('open')
  const [order, setOrder] = useState<QuestionOrder>('votes')
  const [only, setOnly] = useState('')
  const [writing, setWriting] = useState<QuestionWriting>()
  const box = useRef<HTMLDivElement>(null)
  const { questions, earlier, fetching, fetchEarlier } = useQuestions(client, view)
  const tags = useMemo(() => tagsOf(questions), [questions])
  const wanted = questions.filter((question) => question.id !== pinned && listOf(question) === list && isNarrowedTo(question, only))
  const listed = useSteady(wanted, { order, key: `${list} ${only}`, box })
  // The one that everybody sees stays at hand, whatever is done with it.
  const shown = view.pinned === null ? listed : [view.pinned, ...listed]
  const count = (which: QuestionList): number => questions.filter((question) => listOf(question) === which).length
  const leave = useCallback((id: number) => {
    setWriting(undefined)
    box.current?.querySelector<HTMLElement>(`[data-question="${id}"]`)?.focus()
  }, [])
  useQuestionKeys({ box, questions: shown, does, pinned, onWrite: setWriting })

  return (
    <div className="panel-body">
      <SettingsBar view={view} deeds={deeds} isOver={isOver} />
      <Group gap={6} className="room-settings" wrap="wrap">
        <SegmentedControl
          size="xs"
          aria-label="Which questions"
          value={list}
          data={questionLists.map((value) => ({ value, label: `${listNames[value]} ${count(value)}` }))}
          onChange={(value) => setList(value as QuestionList)}
        />
        <span className="room-space" />
        {tags.labels.length + tags.speakers.length > 0 && (
          <NativeSelect size="xs" aria-label="Label or speaker" value={only} onChange={(event) => setOnly(event.currentTarget.value)}>
            <option value="">All</option>
            {tags.speakers.map((speaker) => (
              <option key={`@${speaker}`} value={`@${speaker}`}>
                For {speaker}
              </option>
            ))}
            {tags.labels.map((label) => (
              <option key={`#${label}`} value={`#${label}`}>
                {label}
              </option>
            ))}
          </NativeSelect>
        )}
        <NativeSelect
          size="xs"
          aria-label="Order"
          value={order}
          data={[...orderNames]}
          onChange={(event) => setOrder(event.currentTarget.value as QuestionOrder)}
        />
      </Group>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows walk through what is inside, which has its own way for every other input */}
      <div className="room-questions" ref={box} onKeyDown={walk}>
        {shown.map((question, at) => (
          <QuestionRow
            key={question.id}
            question={question}
            nameOf={nameOf}
            isPinned={question.id === pinned}
            isTabbable={at === 0}
            mayWrite
            does={does}
            onWrite={setWriting}
          >
            {writing?.id === question.id && (
              <QuestionForm
                key={writing.kind}
                question={question}
                kind={writing.kind}
                tags={tags}
                does={does}
                onDone={() => leave(question.id)}
              />
            )}
          </QuestionRow>
        ))}
        {listed.length === 0 && (only !== '' || count(list) === 0) && (
          <Quiet says={only === '' ? emptyWords[list] : 'Nothing here has this label.'} />
        )}
        {earlier && (
          <Group justify="center" p={4}>
            <Button variant="subtle" size="compact-sm" loading={fetching === 'busy'} onClick={fetchEarlier}>
              {fetching === 'failed' ? 'That did not work. Try again' : 'Earlier questions'}
            </Button>
          </Group>
        )}
      </div>
      <DeedsNote deeds={deeds} />
      {!isOver && (
        <Writer
          label="Question of the team"
          placeholder="Add a question, as one from the room"
          maxUnits={limits.questionTextUnits}
          onSend={(text) => send({ type: 'ask', text })}
        />
      )}
    </div>
  )
}

/** Shows the settings as they are; a change is a command, and shows when it has happened. */
function SettingsBar({ view: { settings, waiting }, deeds, isOver }: { view: QuestionsView; deeds: Deeds; isOver: boolean }) {
  const configure = (change: { open?: boolean; review?: boolean; upvotes?: boolean }): void =>
    void deeds.act({ command: { type: 'configure', ...change } })
  return (
    <Group gap="sm" className="room-settings">
      {!isOver && (
        <>
          <Checkbox
            size="xs"
            label="Take questions"
            title="Off: only the team can add one"
            checked={settings.open}
            onChange={(event) => configure({ open: event.currentTarget.checked })}
          />
          <Checkbox
            size="xs"
            label="Hold for review"
            title="Questions wait until the team approves them"
            checked={settings.review}
            onChange={(event) => configure({ review: event.currentTarget.checked })}
          />
          <Checkbox
            size="xs"
            label="Votes"
            title="Attendees vote for what they would ask too"
            checked={settings.upvotes}
            onChange={(event) => configure({ upvotes: event.currentTarget.checked })}
          />
        </>
      )}
      {isOver && <Text size="xs">The show is over. Questions can still be answered.</Text>}
      <span className="room-space" />
      {waiting.length > 0 && (
        <output className="room-questions-waiting">
          {waiting.length === 1 ? '1 waits in the queue' : `${waiting.length} wait in the queue`}
        </output>
      )}
    </Group>
  )
}

/** In order, but for as long as somebody is at them nothing moves away under his hands. */
function useSteady(
  questions: readonly Question[],
  { order, key, box }: { order: QuestionOrder; key: string; box: { readonly current: HTMLElement | null } },
): Question[] {
  const last = useRef<{ key: string; ids: readonly number[] }>({ key: '', ids: [] })
  // Those that were deleted stand among the archived ones, and `ordered` leaves them out.
  const gone = questions.filter(({ removed }) => removed !== undefined)
  const now = [...ordered(questions, order), ...gone]
  const isHeld = last.current.key === `${order} ${key}` && box.current?.matches(':hover, :focus-within') === true
  const shown = isHeld ? keptInPlace(now, last.current.ids) : now
  last.current = { key: `${order} ${key}`, ids: shown.map(({ id }) => id) }
  return shown
}

const rowsIn = (box: HTMLElement | null): HTMLElement[] => [...(box?.querySelectorAll<HTMLElement>('[data-question]') ?? [])]

type KeysProps = {
  box: { readonly current: HTMLElement | null }
  questions: readonly Question[]
  does: ReturnType<typeof questionDoings>
  pinned: number | undefined
  onWrite: (writing: QuestionWriting) => void
}

/** Keys act on the question that has the focus. */
function useQuestionKeys({ box, questions, does, pinned, onWrite }: KeysProps): void {
  const focused = (): Question | undefined => {
    const row = document.activeElement?.closest<HTMLElement>('[data-question]')
    const question = questions.find(({ id }) => id === Number(row?.dataset.question))
    return question?.removed === undefined && question?.archived !== true ? question : undefined
  }
  const on = (act: (question: Question) => void) => (): void => {
    const question = focused()
    if (question !== undefined) act(question)
  }
  const toFront = useToFront('questions')
  useShortcut('questions', () => {
    toFront()
    const rows = rowsIn(box.current)
    const at = rows.findIndex((row) => row.contains(document.activeElement))
    rows[(at + 1) % Math.max(1, rows.length)]?.focus()
  })
  useShortcut(
    'showQuestion',
    on((question) => void (question.id === pinned ? does.unpin() : does.pin(question))),
  )
  useShortcut(
    'answeredLive',
    on((question) => void (question.answer?.live !== true && does.answerLive(question))),
  )
  useShortcut(
    'answerQuestion',
    on(({ id }) => onWrite({ id, kind: 'answer' })),
  )
  useShortcut(
    'archiveQuestion',
    on((question) => void does.archive(question)),
  )
}

function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const isOnRow = event.target instanceof HTMLElement && event.target.matches('[data-question]')
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  if (!isOnRow || by === undefined) return
  event.preventDefault()
  const rows = rowsIn(event.currentTarget)
  rows[rows.indexOf(event.target as HTMLElement) + by]?.focus()
}

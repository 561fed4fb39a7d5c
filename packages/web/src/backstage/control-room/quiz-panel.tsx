// Owns: leading through a quiz: choosing one, and its next step, one at a time.
import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type Ack, type ErrorCode, errorRow, type PreparedAnswer, type QuizNow, quizEndsAt } from '@voila/protocol'
import { useEffect, useState } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { uuid } from '../../live/outbox.ts'
import { preparedQuery } from '../activities/prepared-queries.ts'
import { api } from '../api.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { LinkText } from '../pieces/links.tsx'
import { programPath, useProgram } from '../programs/program-queries.ts'
import { useToFront } from './front.ts'
import type { PanelProps } from './panel-props.ts'
import { Quiet } from './quiet.tsx'
import { QuizScript } from './quiz-script.tsx'
import { QuizStandings } from './quiz-standings.tsx'
import { nextStep } from './quiz-steps.ts'
import { useShortcut } from './use-shortcuts.tsx'
import './quiz.css'

const number = new Intl.NumberFormat()

export function QuizPanel({ client, activities }: PanelProps) {
  const view = useLive(client, (state) => state.activities.quiz?.view)
  const mayAct = activities === 'open' || activities === 'team'
  if (view === undefined) return <Quiet says="A quiz can be played once the program is live or rehearsed." />
  if (!view.settings.on) return <Quiet says="The quiz is switched off in this program’s Activities tab." />
  return (
    <div className="panel-body panel-scrolls">
      <Stack gap="sm" p="sm">
        {view.current === null ? <Choice mayAct={mayAct} /> : <Lead client={client} now={view.current} mayAct={mayAct} />}
      </Stack>
    </div>
  )
}

/** By REST: a whole quiz is more than one frame of a socket may hold. */
function Choice({ mayAct }: { mayAct: boolean }) {
  const { id: programId } = useProgram()
  const query = useQuery(preparedQuery(programId))
  const starting = useMutation({
    mutationFn: ({ title, content }: PreparedAnswer) =>
      api.send(`POST`, `${programPath(programId)}/commands?as=team`, {
        id: uuid(),
        activity: 'quiz',
        command: { type: 'start', title, content },
      }),
  })
  const quizzes = (query.data ?? []).filter(({ kind }) => kind === 'quiz')
  if (query.isPending) return <Quiet says="Looking for prepared quizzes…" />
  if (query.data === undefined) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  if (quizzes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No quiz is prepared yet.{' '}
        <LinkText to="/p/$programId/prepare" params={{ programId }}>
          Prepare one
        </LinkText>
      </Text>
    )
  }
  return (
    <>
      {!mayAct && (
        <Text size="sm" c="dimmed">
          It can be started while the program is live or rehearsed.
        </Text>
      )}
      <ul className="plain-list quiz-choice">
        {quizzes.map((item) => (
          <li key={item.id}>
            <div>
              <Text size="sm" fw={500} dir="auto">
                {item.title}
              </Text>
              <Text size="xs" c="dimmed">
                {(item.content as { questions: readonly unknown[] }).questions.length} questions
              </Text>
            </div>
            <Button
              size="xs"
              disabled={!mayAct}
              loading={starting.isPending && starting.variables.id === item.id}
              aria-label={`Start the quiz ${item.title}`}
              onClick={() => starting.mutate(item)}
            >
              Start
            </Button>
          </li>
        ))}
      </ul>
      <ErrorNote error={starting.error} />
    </>
  )
}

const phases: Record<QuizNow['phase'], string> = {
  lobby: 'Lobby',
  question: 'Question',
  reveal: 'Answer shown',
  leaderboard: 'Leaderboard',
  podium: 'Final result',
}
const tickMs = 250

function Lead({ client, now, mayAct }: { client: LiveClient; now: QuizNow; mayAct: boolean }) {
  const [refused, setRefused] = useState<ErrorCode>()
  const [asks, setAsks] = useState<'skip' | 'close'>()
  const [time, setTime] = useState(client.now)
  const toFront = useToFront('quiz')
  const { question, phase } = now
  const isAsked = phase === 'question'
  const stands = question !== null && question.pausedAt !== null
  useEffect(() => {
    if (!isAsked) return
    const timer = setInterval(() => setTime(client.now()), tickMs)
    return () => clearInterval(timer)
  }, [client, isAsked])
  const left = question === null || !isAsked ? 0 : quizEndsAt(question, 0) - (question.pausedAt ?? time)
  // The latest picture is still at the question.
  const wait = isAsked && question !== null ? left + now.slowestMs : 0
  const step = nextStep(now)

  async function send(command: { type: string; [key: string]: unknown }): Promise<Ack> {
    const ack = await client.send('quiz', { quiz: now.id, ...command })
    setRefused('refused' in ack ? ack.refused.code : undefined)
    return ack
  }
  const isTooEarly = step?.command.type === 'reveal' && (wait > 0 || stands)
  const go = (): void => {
    if (step !== undefined && mayAct && !isTooEarly) void send(step.command)
  }
  useShortcut('quizStep', () => {
    toFront()
    go()
  })
  const seconds = (ms: number): string => `${Math.max(0, Math.ceil(ms / 1_000))} s`

  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Text fw={600} dir="auto">
          {now.title}
        </Text>
        <Badge size="sm" color={isAsked ? 'red' : 'gray'} className="quiz-phase">
          {phases[phase]}
          {now.number > 0 && phase !== 'podium' ? ` ${now.number}/${now.of}` : ''}
        </Badge>
      </Group>
      <dl className="quiz-figures">
        <div>
          <dt>Players</dt>
          <dd>{number.format(now.players)}</dd>
        </div>
        <div>
          <dt>Answers</dt>
          <dd>{number.format(now.answered)}</dd>
        </div>
        <div>
          <dt>{isAsked && left <= 0 ? 'Latest picture' : 'Time left'}</dt>
          <dd>{isAsked ? (stands ? 'paused' : seconds(left > 0 ? left : wait)) : '–'}</dd>
        </div>
      </dl>
      {step !== undefined && (
        <Button fullWidth disabled={!mayAct || isTooEarly} onClick={go}>
          {step.says}
          {isTooEarly && !stands ? ` (in ${seconds(wait)})` : ''}
        </Button>
      )}
      <Group gap="xs">
        {isAsked && (
          <Button
            size="xs"
            variant="default"
            disabled={!mayAct}
            onClick={() => void send({ type: stands ? 'resume' : 'pause', question: now.number - 1 })}
          >
            {stands ? 'Go on' : 'Pause'}
          </Button>
        )}
        {isAsked && (
          <Button size="xs" variant="default" disabled={!mayAct} onClick={() => setAsks('skip')}>
            Skip this question
          </Button>
        )}
        {(phase === 'reveal' || phase === 'leaderboard') && step?.command.type !== 'finish' && (
          <Button size="xs" variant="default" disabled={!mayAct} onClick={() => void send({ type: 'finish' })}>
            Final result now
          </Button>
        )}
        {step?.command.type !== 'close' && (
          <Button size="xs" variant="default" disabled={!mayAct} onClick={() => setAsks('close')}>
            Close the quiz
          </Button>
        )}
      </Group>
      {refused !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          That did not work. {errorRow(refused).says}
        </Text>
      )}
      {now.top.length > 0 && (
        <QuizStandings client={client} now={now} onRemove={(attendee) => void send({ type: 'remove-nickname', attendee })} />
      )}
      <QuizScript now={now} mayAct={mayAct} onStep={(command) => void send(command)} />
      <Confirm
        opened={asks === 'skip'}
        onClose={() => setAsks(undefined)}
        title="Skip this question?"
        action="Skip it"
        onConfirm={() => send({ type: 'skip', question: now.number - 1 })}
      >
        <Text size="sm">
          Its {number.format(now.answered)} answers count for nobody, and it cannot be asked again. The right answer is not shown.
        </Text>
      </Confirm>
      <Confirm
        opened={asks === 'close'}
        onClose={() => setAsks(undefined)}
        title="Close the quiz?"
        action="Close it"
        onConfirm={() => send({ type: 'close' })}
      >
        <Text size="sm">
          It disappears for {number.format(now.players)} players and cannot be gone on with. Results stay in the exports.
        </Text>
      </Confirm>
    </>
  )
}

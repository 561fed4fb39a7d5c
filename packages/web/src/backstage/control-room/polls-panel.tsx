// Owns: running polls live: the one that is open, those that are prepared, one of the moment, and what came of each.
import { Badge, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconLock, IconPlayerPlay, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ErrorCode, errorRow, noTally, openPoll, type Poll, type PollTally, type PreparedAnswer } from '@voila/protocol'
import { lazy, Suspense, useState } from 'react'
import { useLive, useSecondsUntil } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { preparedQuery } from '../activities/prepared-queries.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { SkeletonRows } from '../pieces/cursor-list.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { useToFront } from './front.ts'
import type { PanelProps } from './panel-props.ts'
import { Quiet } from './quiet.tsx'
import { useShortcut } from './use-shortcuts.tsx'
import './polls.css'

const PollEditor = lazy(async () => ({ default: (await import('../activities/poll-editor.tsx')).PollEditor }))

type Send = (command: { type: string; [key: string]: unknown }) => Promise<boolean>

export function PollsPanel({ client, activities }: PanelProps) {
  const view = useLive(client, (state) => state.activities.polls?.view)
  const { programId = '' } = useParams({ strict: false })
  const prepared = useQuery({ ...preparedQuery(programId), enabled: programId !== '' })
  const [refused, setRefused] = useState<ErrorCode>()
  const [editing, setEditing] = useState<Poll | 'new'>()
  const [resetting, setResetting] = useState<Poll>()
  const open = view === undefined ? undefined : openPoll(view)
  const ready = (prepared.data ?? []).filter(({ kind }) => kind === 'poll')
  const launched = new Set(view?.polls.map((poll) => poll.prepared))
  const next = ready.find(({ id }) => !launched.has(id))
  const isOpen = activities === 'open' || activities === 'team'

  const send: Send = async (command) => {
    const ack = await client.send('polls', command)
    setRefused('refused' in ack ? ack.refused.code : undefined)
    return !('refused' in ack)
  }
  const launch = (item: PreparedAnswer) => void send({ type: 'open', content: item.content, prepared: item.id })
  const toFront = useToFront('polls')
  useShortcut('launchPoll', () => {
    toFront()
    if (isOpen && next !== undefined) launch(next)
  })
  useShortcut('closePoll', () => isOpen && open !== undefined && void send({ type: 'close', poll: open.id }))
  useShortcut('newPoll', () => {
    toFront()
    if (isOpen) setEditing('new')
  })

  if (view === undefined) return <Quiet says="Polls can be asked once the program is rehearsed or live." />
  const tallyOf = ({ id }: Poll): PollTally => view.tallies[id] ?? noTally
  const tools = { send, onReset: setResetting, onEdit: setEditing }
  const before = view.polls.filter(({ id }) => id !== open?.id).toReversed()

  return (
    <div className="panel-body panel-scrolls">
      <Stack gap="sm" p="sm">
        {refused !== undefined && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            That did not work. {errorRow(refused).says}
          </Text>
        )}
        {!view.settings.on && (
          <Text size="sm" c="dimmed">
            Polls are switched off at this program: attendees see none of them.
          </Text>
        )}
        {open !== undefined && <LivePoll key={open.id} {...{ client, isOpen, tools }} poll={open} tally={tallyOf(open)} />}
        {isOpen && (
          <section aria-label="Prepared polls">
            <Group justify="space-between" gap="xs" mb={4}>
              <Text size="xs" c="dimmed">
                Prepared
              </Text>
              <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setEditing('new')}>
                Ask something now
              </Button>
            </Group>
            {prepared.isPending && <SkeletonRows rows={2} height={28} />}
            <ErrorNote error={prepared.error} onRetry={() => void prepared.refetch()} />
            {prepared.data !== undefined && ready.length === 0 && (
              <Text size="sm" c="dimmed">
                No poll is prepared. Prepare some in the program’s Prepare tab, or ask something now.
              </Text>
            )}
            <ul className="plain-list">
              {ready.map((item) => (
                <li key={item.id} className="poll-ready" data-next={item.id === next?.id}>
                  <Text size="sm" lineClamp={2} dir="auto" {...(launched.has(item.id) ? { c: 'dimmed' } : {})}>
                    {item.title}
                  </Text>
                  <Button
                    size="compact-sm"
                    variant={item.id === next?.id ? 'filled' : 'default'}
                    leftSection={<IconPlayerPlay size={14} aria-hidden />}
                    onClick={() => launch(item)}
                    aria-label={`${launched.has(item.id) ? 'Launch again' : 'Launch'}: ${item.title}`}
                  >
                    {launched.has(item.id) ? 'Again' : 'Launch'}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
        {before.length > 0 && (
          <section aria-label="Polls before">
            <Text size="xs" c="dimmed" mb={4}>
              Before
            </Text>
            <Stack gap="sm">
              {before.map((poll) => (
                <LivePoll key={poll.id} {...{ client, poll, isOpen, tools }} tally={tallyOf(poll)} />
              ))}
            </Stack>
          </section>
        )}
      </Stack>
      <Modal
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={editing === 'new' ? 'Ask something now' : 'Edit the poll'}
        size="lg"
      >
        {editing !== undefined && (
          <Suspense fallback={<SkeletonRows rows={4} />}>
            <PollEditor
              item={editing === 'new' ? undefined : editing}
              action={editing === 'new' ? 'Launch' : 'Save'}
              onCancel={() => setEditing(undefined)}
              onSave={async ({ content }) => {
                const done = await send(editing === 'new' ? { type: 'open', content } : { type: 'edit', poll: editing.id, content })
                if (done) setEditing(undefined)
              }}
            />
          </Suspense>
        )}
      </Modal>
      <Confirm
        opened={resetting !== undefined}
        onClose={() => setResetting(undefined)}
        title="Reset this poll?"
        action="Reset the poll"
        onConfirm={async () => resetting && (await send({ type: 'reset', poll: resetting.id }))}
      >
        <Text size="sm">
          {resetting === undefined ? '' : `${tallyOf(resetting).voters} votes are lost. This can’t be undone. Everybody may vote again.`}
        </Text>
      </Confirm>
    </div>
  )
}

type LivePollProps = {
  client: LiveClient
  poll: Poll
  tally: PollTally
  isOpen: boolean
  tools: { send: Send; onReset(poll: Poll): void; onEdit(poll: Poll): void }
}

function LivePoll({ client, poll, tally, isOpen, tools }: LivePollProps) {
  const { question, secret, results } = poll.content
  const left = useSecondsUntil(client, poll.state === 'open' && poll.closesAt !== null ? poll.closesAt : undefined)
  const running = poll.state === 'open'
  return (
    <section className="poll-live" data-open={running} aria-label={running ? 'Open poll' : question}>
      <Group justify="space-between" gap="xs" mb={4}>
        <Group gap={6}>
          <Badge size="sm" color={running ? 'green' : 'gray'}>
            {running ? 'Open' : 'Closed'}
          </Badge>
          {secret && (
            <Badge size="sm" color="gray" variant="outline" leftSection={<IconLock size={10} aria-hidden />}>
              Secret
            </Badge>
          )}
          {running && poll.closesAt !== null && (
            <Text size="xs" c="dimmed">
              {left} s left
            </Text>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {tally.voters} {tally.voters === 1 ? 'vote' : 'votes'}
        </Text>
      </Group>
      <Text size="sm" fw={500} dir="auto" mb={4}>
        {question}
      </Text>
      <TeamResults poll={poll} tally={tally} />
      {secret && (
        <Text size="xs" c="dimmed" mt={4}>
          Published by five votes at a time, and at the close.
        </Text>
      )}
      <Text size="xs" c="dimmed" mt={4}>
        {told[results]}
      </Text>
      {isOpen && (
        <Group gap="xs" mt="xs">
          {running ? (
            <Button size="compact-sm" onClick={() => void tools.send({ type: 'close', poll: poll.id })}>
              Close
            </Button>
          ) : (
            <Button size="compact-sm" variant="default" onClick={() => void tools.send({ type: 'reopen', poll: poll.id })}>
              Reopen
            </Button>
          )}
          {tally.voters === 0 ? (
            <Button size="compact-sm" variant="default" onClick={() => tools.onEdit(poll)}>
              Edit
            </Button>
          ) : (
            <Button size="compact-sm" variant="default" onClick={() => tools.onReset(poll)}>
              Reset
            </Button>
          )}
        </Group>
      )}
    </section>
  )
}

const told = {
  always: 'Attendees see the results.',
  'after-voting': 'Attendees see the results once they have voted.',
  'after-close': 'Attendees see the results when it is closed.',
  never: 'Attendees do not see the results.',
} as const

function TeamResults({ poll, tally }: { poll: Poll; tally: PollTally }) {
  const { options, form } = poll.content
  if (form === 'words') {
    return (
      <Text size="sm" dir="auto">
        {tally.words.length === 0 ? 'No word yet' : tally.words.map(([word, count]) => `${word} (${count})`).join(', ')}
      </Text>
    )
  }
  if (form === 'text') {
    return (
      <ul className="plain-list poll-answers">
        {tally.texts.toReversed().map(({ id, text }) => (
          <li key={id} dir="auto">
            {text}
          </li>
        ))}
        {tally.texts.length === 0 && <li className="poll-none">No answer yet</li>}
      </ul>
    )
  }
  return (
    <table className="team-bars">
      <caption>Results</caption>
      <tbody>
        {options.map((option, index) => {
          const count = tally.counts[index] ?? 0
          const percent = tally.voters === 0 ? 0 : Math.round((count / tally.voters) * 100)
          return (
            <tr key={option}>
              <th scope="row" dir="auto">
                {option}
              </th>
              <td className="team-bar-cell" aria-hidden="true">
                <span style={{ inlineSize: `${percent}%` }} />
              </td>
              <td>{percent} %</td>
              <td>{count}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

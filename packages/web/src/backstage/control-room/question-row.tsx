// Owns: one question as the team sees it, with what can be done about it.
import { ActionIcon, Badge, Button, Menu, Text, Tooltip } from '@mantine/core'
import {
  IconArchive,
  IconArrowBackUp,
  IconArrowBigUp,
  IconCheck,
  IconDots,
  IconMessageReply,
  IconPencilCheck,
  IconPin,
  IconPinnedOff,
  IconTag,
  IconTrash,
  IconUser,
  type TablerIcon,
} from '@tabler/icons-react'
import type { Question } from '@voila/protocol'
import { memo, type ReactNode } from 'react'
import { clockText } from '../../attendee/chat/durations.ts'
import { MessageText } from '../../attendee/chat/message-text.tsx'
import type { QuestionDoings } from './question-doings.ts'

/** What is being written below a question. */
export type QuestionWriting = { readonly id: number; readonly kind: 'answer' | 'reply' | 'label' | 'assign' }

type RowProps = {
  question: Question
  nameOf: (id: string) => string
  isPinned: boolean
  isTabbable: boolean
  mayWrite: boolean
  does: QuestionDoings
  onWrite: (writing: QuestionWriting) => void
  /** The form that is open below it. */
  children?: ReactNode
}

/** Rendered again only when something of this question changed. */
export const QuestionRow = memo(function QuestionRow(props: RowProps) {
  const { question, nameOf, isPinned, isTabbable, mayWrite, does } = props
  const { id, at, actorId, text, votes, anonymous, removed, answer, labels = [], speaker, editedAt } = question
  const replies = question.replies?.filter((reply) => reply.removed === undefined) ?? []
  const name = actorId === null ? 'Anonymous' : nameOf(actorId)
  if (removed !== undefined) {
    return (
      <article className="room-question" data-question={id} tabIndex={isTabbable ? 0 : -1}>
        <p className="room-message-gone">
          A question that the team deleted
          {mayWrite && (
            <Button
              variant="subtle"
              size="compact-xs"
              leftSection={<IconArrowBackUp size={14} aria-hidden />}
              onClick={() => void does.restore(question)}
            >
              Bring it back
            </Button>
          )}
        </p>
      </article>
    )
  }
  return (
    <article
      className="room-question"
      data-question={id}
      data-pinned={isPinned}
      tabIndex={isTabbable ? 0 : -1}
      aria-label={`Question of ${name}`}
    >
      <p className="room-votes">
        <IconArrowBigUp size={16} aria-hidden />
        {votes}
        <span className="unseen"> votes</span>
      </p>
      <div className="room-question-body">
        <p className="room-message-head">
          <bdi>{name}</bdi>
          {anonymous === true && actorId !== null && (
            <Badge size="xs" color="gray">
              Hidden from attendees
            </Badge>
          )}
          <time dateTime={new Date(at).toISOString()}>{clockText(at)}</time>
        </p>
        <p className="room-message-text" dir="auto">
          <MessageText text={text} />
          {editedAt !== undefined && (
            <Text span size="xs" c="dimmed">
              {' '}
              (edited)
            </Text>
          )}
        </p>
        {(isPinned || speaker !== undefined || labels.length > 0) && (
          <p className="room-question-tags">
            {isPinned && (
              <Badge size="sm" leftSection={<IconPin size={12} aria-hidden />}>
                Everybody sees it
              </Badge>
            )}
            {speaker !== undefined && (
              <Badge size="sm" color="teal" variant="light" leftSection={<IconUser size={12} aria-hidden />}>
                For {speaker}
              </Badge>
            )}
            {labels.map((label) => (
              <Badge key={label} size="sm" color="gray" variant="outline">
                {label}
              </Badge>
            ))}
          </p>
        )}
        {answer !== undefined && (
          <div className="room-question-answer">
            <Text size="xs" c="dimmed">
              {answer.live ? 'Answered live' : 'Answered'} at {clockText(answer.at)}
            </Text>
            {answer.text !== undefined && (
              <p className="room-message-text" dir="auto">
                <MessageText text={answer.text} />
              </p>
            )}
          </div>
        )}
        {replies.map((reply) => (
          <div key={reply.id} className="room-question-reply">
            <p className="room-message-head">
              <bdi>{nameOf(reply.actorId)}</bdi>
              <time dateTime={new Date(reply.at).toISOString()}>{clockText(reply.at)}</time>
              {mayWrite && (
                <ActionIcon size={22} aria-label="Delete this reply" onClick={() => void does.unreply(question, reply.id)}>
                  <IconTrash size={14} aria-hidden />
                </ActionIcon>
              )}
            </p>
            <p className="room-message-text" dir="auto">
              <MessageText text={reply.text} />
            </p>
          </div>
        ))}
        {mayWrite && <Actions {...props} />}
        {props.children}
      </div>
    </article>
  )
})

function Actions({ question, isPinned, does, onWrite }: RowProps) {
  const { id, answer, archived } = question
  if (archived === true) {
    return (
      <Button
        mt={6}
        variant="default"
        size="compact-sm"
        leftSection={<IconArrowBackUp size={14} aria-hidden />}
        onClick={() => void does.restore(question)}
      >
        Bring it back
      </Button>
    )
  }
  const writes = (kind: QuestionWriting['kind']) => (): void => onWrite({ id, kind })
  return (
    <div className="room-question-actions" role="toolbar" aria-label="What to do with this question">
      <Button
        size="compact-sm"
        variant={isPinned ? 'light' : 'default'}
        leftSection={isPinned ? <IconPinnedOff size={14} aria-hidden /> : <IconPin size={14} aria-hidden />}
        onClick={() => void (isPinned ? does.unpin() : does.pin(question))}
      >
        {isPinned ? 'Stop showing' : 'Show to all'}
      </Button>
      {answer?.live !== true && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconCheck size={14} aria-hidden />}
          onClick={() => void does.answerLive(question)}
        >
          Answered live
        </Button>
      )}
      <Action
        icon={IconPencilCheck}
        label={answer?.text === undefined ? 'Answer in writing' : 'Change the answer'}
        onDo={writes('answer')}
      />
      <Action icon={IconMessageReply} label="Reply" onDo={writes('reply')} />
      <Action icon={IconArchive} label="Archive" onDo={() => void does.archive(question)} />
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size={28} aria-label="More for this question">
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconUser size={16} aria-hidden />} onClick={writes('assign')}>
            For whom it is
          </Menu.Item>
          <Menu.Item leftSection={<IconTag size={16} aria-hidden />} onClick={writes('label')}>
            Labels
          </Menu.Item>
          {answer !== undefined && (
            <Menu.Item leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={() => void does.unanswer(question)}>
              Not answered
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => void does.remove(question)}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}

function Action({ icon: Icon, label, onDo }: { icon: TablerIcon; label: string; onDo: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={28} aria-label={label} onClick={onDo}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

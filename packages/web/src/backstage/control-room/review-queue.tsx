// Owns: the messages that wait for the team, the oldest first.
import { Button, Group } from '@mantine/core'
import type { ChatMessage } from '@voila/protocol'
import { clockText } from '../../attendee/chat/durations.ts'
import { MessageText } from '../../attendee/chat/message-text.tsx'

type QueueProps = {
  waiting: readonly ChatMessage[]
  nameOf: (id: string) => string
  onApprove: (message: ChatMessage) => void
  onDismiss: (message: ChatMessage) => void
}

export function ReviewQueue({ waiting, nameOf, onApprove, onDismiss }: QueueProps) {
  return (
    <section className="room-queue" aria-label="Messages that wait for review">
      <output className="room-queue-head">{waiting.length === 1 ? '1 message waits' : `${waiting.length} messages wait`}</output>
      <ul className="plain-list">
        {waiting.map((message) => (
          <li key={message.id} className="room-message" data-id={message.id} tabIndex={-1}>
            <p className="room-message-head">
              <bdi>{nameOf(message.actorId)}</bdi>
              <time dateTime={new Date(message.at).toISOString()}>{clockText(message.at)}</time>
            </p>
            <p className="room-message-text" dir="auto">
              <MessageText text={message.text} />
            </p>
            <Group gap={6} mt={4}>
              <Button size="compact-sm" onClick={() => onApprove(message)}>
                Approve
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => onDismiss(message)}>
                Dismiss
              </Button>
            </Group>
          </li>
        ))}
      </ul>
    </section>
  )
}

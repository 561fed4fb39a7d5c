// Owns: what the team says to itself during a show.
import { ActionIcon, Text, Tooltip } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { type BackchannelMessage, limits } from '@voila/protocol'
import { useRef } from 'react'
import { clockText } from '../../attendee/chat/durations.ts'
import { MessageText } from '../../attendee/chat/message-text.tsx'
import { useLive } from '../../attendee/use-live.ts'
import { useFollowNewest } from './follow-newest.ts'
import type { PanelProps } from './panel-props.ts'
import { Quiet } from './quiet.tsx'
import { useShortcut } from './use-shortcuts.tsx'
import { Writer } from './writer.tsx'

/** Messages of one person within this time stand under one name. */
const groupMs = 120_000

export function BackchannelPanel({ client, activities }: PanelProps) {
  const view = useLive(client, (state) => state.activities.backchannel?.view)
  const people = useLive(client, (state) => state.people)
  const selfId = useLive(client, (state) => state.self?.id)
  const { box, onScroll } = useFollowNewest<HTMLDivElement>(view?.messages)
  const field = useRef<HTMLTextAreaElement>(null)
  useShortcut('team', () => field.current?.focus())
  if (view === undefined || activities === 'none')
    return <Quiet says="Your team talks here once the program is scheduled. Attendees never see it." />
  return (
    <div className="panel-body">
      <div className="room-log" ref={box} role="log" aria-label="Backchannel" onScroll={onScroll}>
        {view.messages.length === 0 && <Quiet says="Only your team reads this. Attendees do not know that it is there." />}
        {view.messages.map((message, at) => (
          <Row
            key={message.id}
            message={message}
            name={people.get(message.actorId)?.displayName ?? 'Somebody'}
            isGrouped={isGrouped(view.messages[at - 1], message)}
            {...(message.actorId === selfId
              ? { onRemove: () => void client.send('backchannel', { type: 'remove', message: message.id }) }
              : {})}
          />
        ))}
      </div>
      <Writer
        ref={field}
        label="Message to your team"
        placeholder="Write to your team"
        maxUnits={limits.backchannelUnits}
        onSend={(text) => client.send('backchannel', { type: 'post', text })}
      />
    </div>
  )
}

function isGrouped(before: BackchannelMessage | undefined, message: BackchannelMessage): boolean {
  return before !== undefined && before.actorId === message.actorId && message.at - before.at < groupMs
}

type RowProps = { message: BackchannelMessage; name: string; isGrouped: boolean; onRemove?: () => void }

function Row({ message, name, isGrouped, onRemove }: RowProps) {
  return (
    <article className="room-message" data-grouped={isGrouped}>
      {!isGrouped && (
        <p className="room-message-head">
          <bdi>{name}</bdi>
          <time dateTime={new Date(message.at).toISOString()}>{clockText(message.at)}</time>
        </p>
      )}
      {isGrouped && <span className="unseen">{name}</span>}
      {message.removed === true ? (
        <Text size="sm" c="dimmed" fs="italic">
          Taken back
        </Text>
      ) : (
        <p className="room-message-text" dir="auto">
          <MessageText text={message.text} />
        </p>
      )}
      {onRemove !== undefined && message.removed !== true && (
        <div className="room-actions">
          <Tooltip label="Take it back">
            <ActionIcon size={28} aria-label="Take this message back" onClick={onRemove}>
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
    </article>
  )
}

// Owns: one message of the chat as the team sees it, with what can be done about it.
import { ActionIcon, Badge, Button, Menu, Text, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconHeart,
  IconMessageReply,
  IconMicrophone,
  IconMicrophoneOff,
  IconPin,
  IconPinnedOff,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react'
import type { ChatMessage, Person } from '@voila/protocol'
import { memo } from 'react'
import { clockText } from '../../attendee/chat/durations.ts'
import { MessageText } from '../../attendee/chat/message-text.tsx'
import type { ChatDoings } from './chat-doings.ts'

type RowProps = {
  message: ChatMessage
  person: Person | undefined
  /** The name of whom it answers. */
  repliedTo: string | undefined
  isGrouped: boolean
  isTabbable: boolean
  isOwn: boolean
  isPinned: boolean
  isMuted: boolean
  does: ChatDoings
  /** Absent where nothing can be written or done any more. */
  onReply?: (message: ChatMessage) => void
}

/** Rendered again only when something of this message changed. */
export const ChatMessageRow = memo(function ChatMessageRow(props: RowProps) {
  const { message, person, repliedTo, isGrouped, isPinned, isMuted, onReply } = props
  const name = person?.displayName ?? 'Somebody'
  return (
    <article className="room-message" data-id={message.id} data-grouped={isGrouped} tabIndex={props.isTabbable ? 0 : -1}>
      {message.replyTo !== undefined && message.removed === undefined && (
        <p className="room-message-reply" dir="auto">
          to <bdi>{repliedTo}</bdi>: {message.replyTo.excerpt}
        </p>
      )}
      {isGrouped ? (
        <span className="unseen">{name}</span>
      ) : (
        <p className="room-message-head">
          <bdi>{name}</bdi>
          {person?.team === true && <Badge size="xs">Team</Badge>}
          {person?.guest === true && (
            <Badge size="xs" color="gray">
              Guest
            </Badge>
          )}
          {isMuted && (
            <Badge size="xs" color="orange">
              Muted
            </Badge>
          )}
          <time dateTime={new Date(message.at).toISOString()}>{clockText(message.at)}</time>
        </p>
      )}
      <Body {...props} />
      {isPinned && <span className="unseen">Pinned</span>}
      {onReply !== undefined && message.removed === undefined && <Actions {...props} name={name} />}
    </article>
  )
})

const goneWords = { author: 'Deleted by its author', team: 'Deleted by the team', erased: 'Erased' }

function Body({ message, does, onReply }: RowProps) {
  if (message.removed !== undefined) {
    return (
      <p className="room-message-gone">
        {goneWords[message.removed]}
        {message.removed === 'team' && onReply !== undefined && (
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconArrowBackUp size={14} aria-hidden />}
            onClick={() => void does.restore(message)}
          >
            Bring it back
          </Button>
        )}
      </p>
    )
  }
  return (
    <p className="room-message-text" dir="auto">
      <MessageText text={message.text} />
      {message.editedAt !== undefined && (
        <Text span size="xs" c="dimmed">
          {' '}
          (edited)
        </Text>
      )}
      {message.likes > 0 && (
        <Text span size="xs" c="dimmed" className="room-likes">
          <IconHeart size={12} aria-hidden /> {message.likes}
          <span className="unseen"> likes</span>
        </Text>
      )}
    </p>
  )
}

function Actions({ message, name, isOwn, isPinned, isMuted, does, onReply }: RowProps & { name: string }) {
  return (
    <div className="room-actions" role="toolbar" aria-label={`What to do with the message of ${name}`}>
      <Action icon={IconMessageReply} label="Reply" onDo={() => onReply?.(message)} />
      <Action
        icon={isPinned ? IconPinnedOff : IconPin}
        label={isPinned ? 'Unpin' : 'Pin'}
        onDo={() => void (isPinned ? does.unpin() : does.pin(message))}
      />
      {!isOwn && isMuted && <Action icon={IconMicrophone} label={`Unmute ${name}`} onDo={() => void does.unmute(message.actorId)} />}
      {!isOwn && !isMuted && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon size={28} aria-label={`Mute ${name}`}>
              <IconMicrophoneOff size={16} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Mute {name}</Menu.Label>
            <Menu.Item onClick={() => void does.muteTen(message.actorId)}>For 10 minutes</Menu.Item>
            <Menu.Item onClick={() => void does.muteForGood(message.actorId)}>For the whole show</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Action icon={IconTrash} label="Delete" onDo={() => void does.remove(message)} />
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

// Owns: one thing that waits for the team: what it says, who looks at it, and what can be done with it.
import { Badge, Button, Group, Textarea } from '@mantine/core'
import { cleanText } from '@voila/protocol'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { clockText } from '../../attendee/chat/durations.ts'
import { MessageText } from '../../attendee/chat/message-text.tsx'
import type { Item } from './moderation-rows.ts'

type ItemProps = {
  item: Item
  author: string
  isMine: boolean
  /** Who else looks at it. */
  heldBy: string | undefined
  isEditing: boolean
  onApprove: (text?: string) => void
  onDismiss: () => void
  onAssign: () => void
  onEdit: (on: boolean) => void
}

export function ModerationItem({ item, author, isMine, heldBy, isEditing, onApprove, onDismiss, onAssign, onEdit }: ItemProps) {
  const { row, waiting, key } = item
  const place = useRef<HTMLLIElement>(null)
  return (
    <li className="room-message" data-id={key} data-held={heldBy !== undefined} tabIndex={-1} ref={place}>
      <p className="room-message-head">
        <bdi>{author}</bdi>
        <Badge size="xs" color="gray">
          {row.title}
        </Badge>
        {isMine && <Badge size="xs">Yours</Badge>}
        <time dateTime={new Date(waiting.at).toISOString()}>{clockText(waiting.at)}</time>
      </p>
      {waiting.to !== undefined && (
        <p className="room-message-reply" dir="auto">
          to: {waiting.to}
        </p>
      )}
      {isEditing ? (
        <Editor
          text={waiting.text}
          onApprove={onApprove}
          onCancel={() => {
            onEdit(false)
            place.current?.focus()
          }}
        />
      ) : (
        <>
          <p className="room-message-text" dir="auto">
            <MessageText text={waiting.text} />
          </p>
          {heldBy === undefined ? (
            <Group gap={6} mt={4}>
              <Button size="compact-sm" onClick={() => onApprove()}>
                Approve
              </Button>
              <Button size="compact-sm" variant="default" onClick={onDismiss}>
                Dismiss
              </Button>
              <Button size="compact-sm" variant="subtle" onClick={() => onEdit(true)}>
                Edit
              </Button>
              <Button size="compact-sm" variant="subtle" onClick={onAssign}>
                {isMine ? 'Give back' : 'Assign to me'}
              </Button>
            </Group>
          ) : (
            <Group gap={6} mt={4}>
              <span className="room-held">{heldBy} looks at this.</span>
              <Button size="compact-sm" variant="subtle" onClick={onAssign}>
                Take over
              </Button>
            </Group>
          )}
        </>
      )}
    </li>
  )
}

/** Enter approves what is written, Esc leaves it as it was. */
function Editor({ text: before, onApprove, onCancel }: { text: string; onApprove: (text: string) => void; onCancel: () => void }) {
  const [text, setText] = useState(before)
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.focus(), [])
  const cleaned = cleanText(text)
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onCancel()
    }
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    if (cleaned !== '') onApprove(cleaned)
  }
  return (
    <>
      <Textarea
        ref={field}
        mt={4}
        autosize
        maxRows={8}
        aria-label="As it is published"
        value={text}
        dir="auto"
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Group gap={6} mt={6}>
        <Button size="compact-sm" disabled={cleaned === ''} onClick={() => onApprove(cleaned)}>
          Approve as edited
        </Button>
        <Button size="compact-sm" variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </Group>
    </>
  )
}

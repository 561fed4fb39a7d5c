// Owns: the chat as the team runs it: what waits, what was said, what was done and can be undone.
import { ActionIcon, Button, CloseButton, Group, Text } from '@mantine/core'
import { IconArrowDown, IconArrowForwardUp, IconPinned, IconX } from '@tabler/icons-react'
import { type ChatMessage, type ChatView, limits } from '@voila/protocol'
import { type KeyboardEvent, useCallback, useMemo, useRef, useState } from 'react'
import { MessageText } from '../../attendee/chat/message-text.tsx'
import { useTranscript } from '../../attendee/chat/use-transcript.ts'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { chatDoings, stepThrough, useMessageShortcuts } from './chat-doings.ts'
import { ChatMessageRow } from './chat-message-row.tsx'
import { ChatSettingsBar } from './chat-settings-bar.tsx'
import { DeedsLine } from './deeds-line.tsx'
import { useToFront } from './front.ts'
import type { PanelProps } from './panel-props.ts'
import { Quiet } from './quiet.tsx'
import { type Doing, useDeeds } from './undo.ts'
import { useShortcut } from './use-shortcuts.tsx'
import { Writer } from './writer.tsx'

const closedWords = {
  none: 'The chat is there once the program is scheduled.',
  closed: 'The chat opens when you go live. In a rehearsal your team can try it.',
}

export function ChatPanel({ client, activities }: PanelProps) {
  const chat = useLive(client, (state) => state.activities.chat)
  if (chat === undefined) return <Quiet says="Connecting…" />
  if (activities === 'none' || activities === 'closed') return <Quiet says={closedWords[activities]} />
  return <OpenChat client={client} view={chat.view} mayWrite={activities !== 'read-only'} />
}

type OpenChatProps = { client: LiveClient; view: ChatView; mayWrite: boolean }

function OpenChat({ client, view, mayWrite }: OpenChatProps) {
  const people = useLive(client, (state) => state.people)
  const selfId = useLive(client, (state) => state.self?.id)
  const send = useCallback((command: Doing['command']) => client.send('chat', command), [client])
  const deeds = useDeeds(send)
  const [replyTo, setReplyTo] = useState<ChatMessage>()
  const field = useRef<HTMLTextAreaElement>(null)
  const nameOf = useCallback((id: string) => people.get(id)?.displayName ?? 'Somebody', [people])
  const does = useMemo(() => chatDoings({ nameOf, deeds }), [nameOf, deeds])
  const reply = useCallback((message: ChatMessage) => {
    setReplyTo(message)
    field.current?.focus()
  }, [])
  const { scroller, items, earlier, fetching, isAway, unseen, onScroll, fetchEarlier, toNewest } = useTranscript({
    client,
    view,
    around: [],
  })
  const box = useRef<HTMLDivElement>(null)
  useMessageShortcuts({ box, view, items, does, deeds, reply, mayWrite })
  const toFront = useToFront('chat')
  useShortcut('write', () => {
    toFront()
    field.current?.focus()
  })

  return (
    <div className="panel-body" ref={box}>
      {mayWrite && <ChatSettingsBar view={view} deeds={deeds} nameOf={nameOf} />}
      {view.pinned !== null && (
        <div className="room-pinned">
          <IconPinned size={16} aria-hidden />
          <p dir="auto">
            <b>{nameOf(view.pinned.actorId)}</b> <MessageText text={view.pinned.text} />
          </p>
          {mayWrite && (
            <ActionIcon size={28} aria-label="Unpin" onClick={() => void deeds.act({ command: { type: 'pin', message: null } })}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          )}
        </div>
      )}
      <div className="room-log-frame">
        <div className="room-log" ref={scroller} role="log" aria-label="Chat messages" aria-live="off" onScroll={onScroll} onKeyDown={walk}>
          {items.length === 0 && <Quiet says="No messages yet." />}
          {items.length > 0 && earlier && (
            <Group justify="center" p={4}>
              <Button variant="subtle" size="compact-sm" loading={fetching === 'busy'} onClick={fetchEarlier}>
                {fetching === 'failed' ? 'That did not work. Try again' : 'Earlier messages'}
              </Button>
            </Group>
          )}
          {items.map((message, at) => (
            <ChatMessageRow
              key={message.id}
              message={message}
              person={people.get(message.actorId)}
              repliedTo={message.replyTo === undefined ? undefined : nameOf(message.replyTo.actorId)}
              isGrouped={isGrouped(items[at - 1], message)}
              isTabbable={at === items.length - 1}
              isOwn={message.actorId === selfId}
              isPinned={view.pinned?.id === message.id}
              isMuted={Object.hasOwn(view.muted, message.actorId)}
              does={does}
              {...(mayWrite ? { onReply: reply } : {})}
            />
          ))}
        </div>
        {isAway && (
          <Button className="room-to-newest" size="compact-sm" rightSection={<IconArrowDown size={14} aria-hidden />} onClick={toNewest}>
            {unseen > 0 ? `${unseen} new` : 'Newest'}
          </Button>
        )}
      </div>
      <DeedsLine deeds={deeds} view={view} nameOf={nameOf} mayWrite={mayWrite} />
      {mayWrite ? (
        <Writer
          ref={field}
          label="Message in the chat"
          placeholder="Write as the team"
          maxUnits={limits.chatTextUnits}
          onEscape={() => setReplyTo(undefined)}
          onSend={(text) => {
            const replied = replyTo
            setReplyTo(undefined)
            toNewest()
            return send({ type: 'post', text, ...(replied === undefined ? {} : { replyTo: replied.id }) })
          }}
          above={
            replyTo !== undefined && (
              <Group gap={6} wrap="nowrap" className="room-reply">
                <IconArrowForwardUp size={16} aria-hidden />
                <Text size="xs" truncate flex={1} dir="auto">
                  <b>{nameOf(replyTo.actorId)}</b> {replyTo.text}
                </Text>
                <CloseButton size="sm" aria-label="Do not reply" onClick={() => setReplyTo(undefined)} />
              </Group>
            )
          }
        />
      ) : (
        <Quiet says="The show is over. You can still read the chat." />
      )}
    </div>
  )
}

function isGrouped(before: ChatMessage | undefined, message: ChatMessage): boolean {
  const groupMs = 120_000
  if (before === undefined || before.actorId !== message.actorId || message.at - before.at >= groupMs) return false
  return before.removed === undefined && message.removed === undefined && message.replyTo === undefined
}

/** Arrows walk through the messages; the one that has the focus shows what can be done with it. */
function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const isOnRow = event.target instanceof HTMLElement && event.target.matches('[data-id]')
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  if (!isOnRow || by === undefined) return
  event.preventDefault()
  stepThrough(event.currentTarget, by)
}

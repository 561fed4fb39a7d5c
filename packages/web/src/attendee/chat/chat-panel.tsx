// Owns: the chat beside the picture: what is in it and in which order.
import type { ChatMessage, StateRow } from '@voila/protocol'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import { ConnectionLine } from '../connection-line.tsx'
import { Icon } from '../icons.tsx'
import { useLive } from '../use-live.ts'
import { Announcer } from './announcer.tsx'
import type { ChatSend } from './chat-port.ts'
import { Composer } from './composer.tsx'
import { MessageList, type MessageListHandle } from './message-list.tsx'
import { Pinned } from './pinned.tsx'
import { ReviewQueue } from './review-queue.tsx'
import { Settings } from './settings.tsx'
import { writingOf } from './writing.ts'

/** `activities`: what the program's state allows. */
export function ChatPanel({ client, activities }: { client: LiveClient; activities: StateRow['activities'] }) {
  const { t } = useTranslation()
  const chat = useLive(client, (state) => state.activities.chat)
  const self = useLive(client, (state) => state.self)
  const people = useLive(client, (state) => state.people)
  const watches = useLive(client, (state) => state.self?.guest === true && state.views.program?.guests === 'watch')
  const [settingsOpen, setSettingsOpen] = useState(false)
  const [replyTo, setReplyTo] = useState<ChatMessage>()
  const list = useRef<MessageListHandle>(null)
  const composer = useRef<HTMLTextAreaElement>(null)
  const send = useCallback<ChatSend>((command) => client.send('chat', command), [client])
  const nameOf = useMemo(() => (id: string) => people.get(id)?.displayName ?? t('chat.someone'), [people, t])
  const reply = useCallback((message: ChatMessage) => {
    setReplyTo(message)
    composer.current?.focus()
  }, [])

  if (chat === undefined || self === undefined) return <ChatBones client={client} />

  const onTeam = self.team === true
  const writing = writingOf({ watches, activities, settings: chat.view.settings, self: chat.self, onTeam, now: client.now() })
  return (
    <section className="chat" aria-label={t('page.chat')}>
      <header className="chat-head" data-bare={!onTeam}>
        <h2>{t('chat.title')}</h2>
        {onTeam && (
          <button
            type="button"
            className="icon-button"
            aria-expanded={settingsOpen}
            aria-label={settingsOpen ? t('settings.close') : t('settings.open')}
            title={settingsOpen ? t('settings.close') : t('settings.open')}
            onClick={() => setSettingsOpen(!settingsOpen)}
          >
            <Icon name={settingsOpen ? 'close' : 'settings'} />
          </button>
        )}
      </header>
      {onTeam && settingsOpen && <Settings view={chat.view} send={send} nameOf={nameOf} onClose={() => setSettingsOpen(false)} />}
      {onTeam && !settingsOpen && <ReviewQueue client={client} waiting={chat.view.waiting} send={send} nameOf={nameOf} />}
      {!settingsOpen && chat.view.pinned !== null && (
        <Pinned
          message={chat.view.pinned}
          name={nameOf(chat.view.pinned.actorId)}
          onShow={(id) => list.current?.show(id)}
          {...(onTeam ? { onUnpin: () => void send({ type: 'pin', message: null }) } : {})}
        />
      )}
      <MessageList
        ref={list}
        client={client}
        view={chat.view}
        chatSelf={chat.self}
        self={self}
        people={people}
        writing={writing.may}
        send={send}
        onReply={reply}
      />
      <ConnectionLine client={client} />
      <Composer
        ref={composer}
        client={client}
        chat={chat}
        onTeam={onTeam}
        activities={activities}
        watches={watches}
        send={send}
        replyTo={replyTo}
        nameOf={nameOf}
        onReplied={() => setReplyTo(undefined)}
        onSent={() => list.current?.toNewest()}
      />
      <Announcer messages={chat.view.messages} selfId={self.id} nameOf={nameOf} />
    </section>
  )
}

/** Before the first word of the server. */
function ChatBones({ client }: { client: LiveClient }) {
  const { t } = useTranslation()
  return (
    <section className="chat" aria-label={t('page.chat')} aria-busy="true">
      <header className="chat-head" data-bare="true">
        <h2>{t('chat.title')}</h2>
      </header>
      <div className="chat-bones" aria-hidden="true">
        {[62, 84, 40, 73, 55].map((width) => (
          <span key={width} className="bone" style={{ width: `${width}%` }} />
        ))}
      </div>
      <ConnectionLine client={client} />
    </section>
  )
}

// Owns: what a screen reader hears of new messages: never more often than it can read them out.
import type { ChatMessage } from '@voila/protocol'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Names } from './chat-port.ts'

const everyMs = 6_000

/** Announces the messages of others that came since the last announcement as one: how many, and the last one's words. */
export function Announcer({ messages, selfId, nameOf }: { messages: readonly ChatMessage[]; selfId: string; nameOf: Names }) {
  const { t } = useTranslation()
  const [says, setSays] = useState('')
  const latest = useRef({ messages, nameOf })
  latest.current = { messages, nameOf }
  const announced = useRef(messages.at(-1)?.order ?? 0)

  useEffect(() => {
    const timer = setInterval(() => {
      const { messages, nameOf } = latest.current
      const fresh = messages.filter((message) => message.order > announced.current && message.removed === undefined)
      const others = fresh.filter((message) => message.actorId !== selfId)
      announced.current = fresh.at(-1)?.order ?? announced.current
      const last = others.at(-1)
      if (last === undefined) return
      setSays(t('chat.announce', { count: others.length, name: nameOf(last.actorId), text: last.text }))
    }, everyMs)
    return () => clearInterval(timer)
  }, [selfId, t])

  return (
    <div className="unseen" aria-live="polite" aria-atomic="true">
      {says}
    </div>
  )
}

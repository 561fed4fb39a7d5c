// Owns: what the team does with a message or its author, the way back from it, and the keys for it.
import type { ChatMessage, ChatView } from '@voila/protocol'
import type { RefObject } from 'react'
import type { Deeds } from './undo.ts'
import { useShortcut } from './use-shortcuts.tsx'

export type ChatDoings = ReturnType<typeof chatDoings>

const tenMinutesMs = 600_000

/** `nameOf`: how people are called in the words that offer the way back. */
export function chatDoings({ nameOf, deeds }: { nameOf: (id: string) => string; deeds: Deeds }) {
  const restore = (message: number) => () => ({ type: 'restore', message })
  const mute = (attendee: string, how: { forMs?: number; words: string }) =>
    deeds.act({
      command: { type: 'mute', attendee, ...(how.forMs === undefined ? {} : { forMs: how.forMs }) },
      says: `Muted ${nameOf(attendee)} ${how.words}.`,
      back: () => ({ type: 'unmute', attendee }),
    })
  return {
    remove: ({ id, actorId }: ChatMessage) =>
      deeds.act({ command: { type: 'remove', message: id }, says: `Deleted a message of ${nameOf(actorId)}.`, back: restore(id) }),
    restore: ({ id }: ChatMessage) => deeds.act({ command: { type: 'restore', message: id } }),
    pin: ({ id }: ChatMessage) => deeds.act({ command: { type: 'pin', message: id } }),
    unpin: () => deeds.act({ command: { type: 'pin', message: null } }),
    muteTen: (attendee: string) => mute(attendee, { forMs: tenMinutesMs, words: 'for 10 minutes' }),
    muteForGood: (attendee: string) => mute(attendee, { words: 'for the whole show' }),
    unmute: (attendee: string) => deeds.act({ command: { type: 'unmute', attendee } }),
  }
}

/** Moves the focus through the messages of a box; into them, at the newest, where none has it. */
export function stepThrough(box: HTMLElement | null, by: number): void {
  const rows = [...(box?.querySelectorAll<HTMLElement>('[data-id]') ?? [])]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  rows[at < 0 ? rows.length - 1 : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus()
}

type MessageShortcuts = {
  box: RefObject<HTMLDivElement | null>
  view: ChatView
  items: readonly ChatMessage[]
  does: ChatDoings
  deeds: Deeds
  reply: (message: ChatMessage) => void
  mayWrite: boolean
}

/** Keys act on the message that has the focus. */
export function useMessageShortcuts({ box, view, items, does, deeds, reply, mayWrite }: MessageShortcuts): void {
  const focused = (): number => Number((document.activeElement?.closest('[data-id]') as HTMLElement | null)?.dataset.id ?? Number.NaN)
  const inList = (): ChatMessage | undefined => items.find(({ id }) => id === focused())
  const standing = (): ChatMessage | undefined => {
    const message = inList()
    return message?.removed === undefined && mayWrite ? message : undefined
  }
  const on = (message: ChatMessage | undefined, act: (message: ChatMessage) => void): void => {
    if (message !== undefined) act(message)
  }
  useShortcut('next', () => stepThrough(box.current, 1))
  useShortcut('previous', () => stepThrough(box.current, -1))
  useShortcut('reply', () => on(standing(), reply))
  useShortcut('pin', () => on(standing(), (message) => void (view.pinned?.id === message.id ? does.unpin() : does.pin(message))))
  useShortcut('remove', () => on(standing(), (message) => void does.remove(message)))
  useShortcut('mute', () => on(standing(), (message) => void does.muteTen(message.actorId)))
  useShortcut('undo', deeds.undo)
}

// Owns: the proof that somebody who reads further up keeps a whole stretch of the chat, changed where it changed.
import { type ChatMessage, type ChatView, chat, chatView, type LogItem, limits } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { advance, applyTold, leaveNewest, prepend, transcriptArrivals, transcriptItems } from '../src/attendee/chat/transcript.ts'

const message = (id: number, more: Partial<ChatMessage> = {}): ChatMessage => ({
  id,
  order: id,
  at: id,
  actorId: 'a',
  text: `message ${id}`,
  likes: 0,
  ...more,
})
const told = (message: ChatMessage): LogItem => ({ seq: message.id, at: 0, activity: 'chat', type: 'chat.posted', actorId: 'a', message })
const range = (from: number, to: number): ChatMessage[] => Array.from({ length: to - from + 1 }, (_, at) => message(from + at))
const emptyView = chat.snapshot(chat.initial(), 'attendees')
const viewOf = (from: number, to: number): ChatView => ({ ...emptyView, messages: range(from, to), earlier: from > 1 })
const say = (view: ChatView, from: number, to: number): ChatView =>
  range(from, to).reduce((held, next) => chatView.reduce(held, told(next)), view)
const ids = (items: readonly ChatMessage[]): number[] => items.map(({ id }) => id)

describe('a transcript', () => {
  test('adds what arrives below and counts it, also after it has left the window', () => {
    const start = viewOf(1, limits.chatWindow)
    const held = advance(leaveNewest(start), say(start, 101, 103))
    expect(ids(held.items)).toEqual(ids(range(1, 103)))
    expect([held.unseen, held.attached]).toEqual([3, true])
  })

  test('stands still after too many arrivals, and goes on counting', () => {
    let view = viewOf(1, limits.chatWindow)
    let held = leaveNewest(view)
    for (let at = 101; at <= 101 + transcriptArrivals + 50; at += 1) {
      view = say(view, at, at)
      held = advance(held, view)
    }
    expect(held.attached).toBe(false)
    expect(held.unseen).toBe(transcriptArrivals + 51)
    expect(held.items).toHaveLength(limits.chatWindow + transcriptArrivals)
  })

  test('never closes a gap that it cannot see through', () => {
    const held = advance(leaveNewest(viewOf(1, 100)), viewOf(400, 499))
    expect(held.attached).toBe(false)
    expect(held.items.at(-1)?.id).toBe(100)
  })

  test('takes a page of history above without doubling what it holds', () => {
    const held = prepend(leaveNewest(viewOf(60, 159)), { items: range(10, 60), nextCursor: '10' })
    expect(ids(held.items)).toEqual(ids(range(10, 159)))
    expect(held.earlier).toBe(true)
    expect(prepend(held, { items: range(1, 9), nextCursor: null }).earlier).toBe(false)
  })

  test('is bounded: what is too much goes below, and it is no longer attached', () => {
    let held = leaveNewest(viewOf(2000, 2099))
    for (let from = 1950; from > 1000; from -= limits.chatPage) held = prepend(held, { items: range(from, from + 49), nextCursor: '1' })
    expect(held.items).toHaveLength(transcriptItems)
    expect(held.attached).toBe(false)
    expect(ids(held.items)).toEqual(ids(range(held.items[0]?.id ?? 0, (held.items[0]?.id ?? 0) + transcriptItems - 1)))
  })

  test('a message deleted after it left the window is deleted here too, and no reply quotes it', () => {
    const reply = message(3, { replyTo: { id: 1, actorId: 'a', excerpt: 'message 1' } })
    const held = leaveNewest({ ...emptyView, messages: [message(1), message(2), reply] })
    const after = applyTold(held, { ...told(message(1, { text: '', removed: 'team' })), type: 'chat.removed' })
    expect(after.items[0]?.removed).toBe('team')
    expect(after.items[2]?.replyTo?.excerpt).toBe('')
  })

  test('clearing empties it up to that entry', () => {
    const held = leaveNewest(viewOf(1, 5))
    const cleared = applyTold(held, { seq: 4, at: 0, activity: 'chat', type: 'chat.cleared', actorId: 'a', clearedTo: 4 })
    expect(ids(cleared.items)).toEqual([5])
    expect(cleared.earlier).toBe(false)
  })

  test('nothing new is the same transcript, so that nothing is rendered again', () => {
    const view = viewOf(1, 5)
    const held = leaveNewest(view)
    expect(advance(held, view)).toBe(held)
    expect(applyTold(held, told(message(77)))).toBe(held)
  })

  test('takes over everything when the team brings back what it had cleared', () => {
    const held = applyTold(leaveNewest(viewOf(51, 150)), { ...told(message(151)), message: undefined, clearedTo: 151 })
    expect(held.items).toEqual([])
    const back = viewOf(52, 151)
    expect(applyTold(held, { ...told(message(152)), message: undefined, view: back })).toEqual(leaveNewest(back))
  })

  test('shows again what a reply quotes when that is restored', () => {
    const reply = message(3, { replyTo: { id: 2, actorId: 'a', excerpt: 'message 2' } })
    const view: ChatView = { ...emptyView, messages: [message(1), message(2), reply] }
    const removed = applyTold(leaveNewest(view), told(message(2, { removed: 'team', text: '' })))
    expect(removed.items[2]?.replyTo?.excerpt).toBe('')
    expect(applyTold(removed, told(message(2))).items[2]?.replyTo?.excerpt).toBe('message 2')
  })
})

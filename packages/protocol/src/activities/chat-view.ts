// Owns: what a client holds of the chat, and how what it is told changes that.
import type { ActivityView, Told } from '../activity.ts'
import { limits } from '../limits.ts'

/** A message as a client holds it. `id` is the seq of its post, `order` the seq that published it: equal unless it was held for review. */
export type ChatMessage = {
  readonly id: number
  readonly order: number
  readonly at: number
  readonly actorId: string
  /** Empty once removed. */
  readonly text: string
  readonly likes: number
  readonly editedAt?: number
  readonly removed?: 'author' | 'team' | 'erased'
  readonly replyTo?: { readonly id: number; readonly actorId: string; readonly excerpt: string }
}

/**
 * `on`: off, attendees have no chat at all. `slowMs`: 0 or the time between two messages of one attendee. `review`: messages wait until the
 * team approves them. `blockedWords`: those with one of them wait in any case; told to the team alone, empty for others.
 */
export type ChatSettings = {
  readonly on: boolean
  readonly open: boolean
  readonly slowMs: number
  readonly review: boolean
  readonly blockedWords: readonly string[]
}

/** The team cleared the chat. `id`: seq of the clearing. */
export type ChatClearing = { readonly id: number; readonly at: number; readonly actorId: string }

/** The newest messages in order, whether there are earlier ones to page, and (for the team alone) those that wait for review. */
export type ChatView = {
  readonly messages: readonly ChatMessage[]
  readonly earlier: boolean
  readonly pinned: ChatMessage | null
  readonly settings: ChatSettings
  readonly waiting: readonly ChatMessage[]
  /** Attendees whom the team has muted, with the end in Unix milliseconds or null; told to the team alone. */
  readonly muted: Readonly<Record<string, number | null>>
  /** The last clearing that has not been taken back; told to the team alone. */
  readonly clearing: ChatClearing | null
}

/** What one attendee alone is told. `posts`: times of the latest posts, for {@link nextPostAt}. */
export type ChatSelf = {
  readonly muted: { readonly until: number | null } | null
  readonly liked: readonly number[]
  readonly waiting: readonly { readonly id: number; readonly at: number; readonly text: string }[]
  readonly posts: readonly number[]
}

/** What an entry tells. `view` stands for everything: what a clearing took has come back, and with it more than one message. */
export type ToldChat = {
  readonly type: string
  readonly message?: ChatMessage
  readonly waiting?: ChatMessage
  readonly gone?: number
  readonly pinned?: ChatMessage | null
  readonly clearedTo?: number
  readonly clearing?: ChatClearing | null
  readonly settings?: ChatSettings
  readonly mute?: string
  readonly until?: number | null
  readonly unmute?: string
  readonly view?: ChatView
}

/** When an attendee who posted at these times may post again (Unix milliseconds; may lie in the past). */
export function nextPostAt(posts: readonly number[], settings: ChatSettings): number {
  const slow = settings.slowMs > 0 ? (posts.at(-1) ?? -Infinity) + settings.slowMs : -Infinity
  const burst = posts.length >= limits.chatBurst ? (posts.at(-limits.chatBurst) ?? -Infinity) + limits.chatBurstMs : -Infinity
  return Math.max(slow, burst, 0)
}

/** The beginning of a message, as a reply quotes it. */
export const excerptOf = (text: string): string =>
  text.length > limits.chatExcerptUnits ? `${[...text].slice(0, limits.chatExcerptUnits - 1).join('')}…` : text

function upsert(view: ChatView, message: ChatMessage): ChatView {
  const withParent = (other: ChatMessage): ChatMessage =>
    other.replyTo?.id === message.id ? { ...other, replyTo: { ...other.replyTo, excerpt: excerptOf(message.text) } } : other
  const known = view.messages.some((other) => other.id === message.id)
  const oldest = view.messages[0]
  // A change to a message before the window is not an arrival: it must not come back in at the wrong end.
  const arrives = !known && (oldest === undefined || message.order > oldest.order || !view.earlier)
  const all = known
    ? view.messages.map((other) => (other.id === message.id ? message : withParent(other)))
    : arrives
      ? [...view.messages.map(withParent), message].sort((a, b) => a.order - b.order)
      : view.messages.map(withParent)
  const pinned = view.pinned?.id === message.id ? (message.removed === undefined ? message : null) : view.pinned
  return {
    ...view,
    messages: all.slice(-limits.chatWindow),
    earlier: view.earlier || all.length > limits.chatWindow,
    pinned: pinned === null ? null : withParent(pinned),
    waiting: view.waiting.filter((other) => other.id !== message.id).map(withParent),
  }
}

function cleared(view: ChatView, { clearedTo, clearing }: { clearedTo: number; clearing: ChatClearing | null }): ChatView {
  const after = (other: ChatMessage): boolean => other.order > clearedTo
  return {
    ...view,
    messages: view.messages.filter(after),
    waiting: view.waiting.filter((other) => other.id > clearedTo),
    pinned: view.pinned !== null && after(view.pinned) ? view.pinned : null,
    earlier: false,
    clearing,
  }
}

export const chatView: ActivityView<ChatView> = {
  reduce(view, item: Told) {
    const { message, waiting, gone, pinned, clearedTo, clearing = null, settings, mute, until, unmute, view: whole } = item as ToldChat
    if (whole !== undefined) return whole
    if (message !== undefined) return { ...upsert(view, message), ...(pinned === undefined ? {} : { pinned }) }
    if (waiting !== undefined) {
      const others = view.waiting.filter((other) => other.id !== waiting.id)
      return { ...view, waiting: [...others, waiting].sort((a, b) => a.id - b.id) }
    }
    if (gone !== undefined) return { ...view, waiting: view.waiting.filter((other) => other.id !== gone) }
    if (pinned !== undefined) return { ...view, pinned }
    if (settings !== undefined) return { ...view, settings }
    if (mute !== undefined) return { ...view, muted: { ...view.muted, [mute]: until ?? null } }
    if (unmute !== undefined) {
      const { [unmute]: _, ...muted } = view.muted
      return { ...view, muted }
    }
    return clearedTo === undefined ? view : cleared(view, { clearedTo, clearing })
  },

  merge(view, key, value) {
    if (key !== 'chat.likes') return view
    const likes = value as Readonly<Record<number, number>>
    const liked = (message: ChatMessage): ChatMessage => {
      const count = likes[message.id] ?? 0
      return count === message.likes ? message : { ...message, likes: count }
    }
    return { ...view, messages: view.messages.map(liked), pinned: view.pinned === null ? null : liked(view.pinned) }
  },
}

// Owns: which messages are on the screen of somebody who has scrolled up: pages of history, what arrived since, and how many that is.
import { type ChatMessage, type ChatView, excerptOf, type LogItem } from '@voila/protocol'

/**
 * Held only while somebody reads further up; at the newest end the view itself is shown.
 * `earlier`: there is more history. `attached`: the items end with the newest message; once too many came they stay as they are.
 * `counted`: order of the newest message that `unseen` has counted.
 */
export type Transcript = {
  readonly items: readonly ChatMessage[]
  readonly earlier: boolean
  readonly attached: boolean
  readonly unseen: number
  readonly counted: number
}

/** Messages held at most. */
export const transcriptItems = 600
/** Messages that are added below somebody who reads further up, before the transcript stands still. */
export const transcriptArrivals = 200

/** What is held when somebody leaves the newest end. */
export function leaveNewest(view: ChatView): Transcript {
  return { items: view.messages, earlier: view.earlier, attached: true, unseen: 0, counted: view.messages.at(-1)?.order ?? 0 }
}

/** Takes over what the view says of messages held, adds those that came after, and counts them. */
export function advance(before: Transcript, view: ChatView): Transcript {
  const now = new Map(view.messages.map((message) => [message.id, message]))
  const known = before.items.map((message) => now.get(message.id) ?? message)
  const changed = known.some((message, at) => message !== before.items[at])
  const arrived = view.messages.filter((message) => message.order > before.counted)
  const lastHeld = before.items.at(-1)
  // Without an overlap there may be a gap between what is held and what the view shows.
  const meets = lastHeld === undefined || now.has(lastHeld.id) || !view.earlier
  const attached = before.attached && meets && before.unseen + arrived.length <= transcriptArrivals
  const added = attached ? arrived : []
  if (!changed && arrived.length === 0 && attached === before.attached) return before
  return {
    ...before,
    items: added.length === 0 ? (changed ? known : before.items) : [...known, ...added],
    attached,
    unseen: before.unseen + arrived.length,
    counted: arrived.at(-1)?.order ?? before.counted,
  }
}

/** Adds a page of history above; what is too much goes below, and the transcript is then no longer attached. */
export function prepend(before: Transcript, page: { items: readonly ChatMessage[]; nextCursor: string | null }): Transcript {
  const oldest = before.items[0]?.order ?? Number.POSITIVE_INFINITY
  const items = [...page.items.filter((message) => message.order < oldest), ...before.items]
  const kept = items.slice(0, transcriptItems)
  return { ...before, items: kept, earlier: page.nextCursor !== null, attached: before.attached && kept.length === items.length }
}

/** Applies a log item to messages that the view no longer holds: edited, deleted, restored, cleared. */
export function applyTold(before: Transcript, item: LogItem): Transcript {
  const { message, clearedTo, view } = item as { message?: ChatMessage; clearedTo?: number; view?: ChatView }
  // What was cleared is back, and with it more than is held here.
  if (view !== undefined) return leaveNewest(view)
  if (clearedTo !== undefined) {
    return { ...before, items: before.items.filter((other) => other.order > clearedTo), earlier: false, unseen: 0 }
  }
  if (message === undefined || !before.items.some((other) => other.id === message.id)) return before
  const items = before.items.map((other) => {
    if (other.id === message.id) return message
    return other.replyTo?.id === message.id ? { ...other, replyTo: { ...other.replyTo, excerpt: excerptOf(message.text) } } : other
  })
  return { ...before, items }
}

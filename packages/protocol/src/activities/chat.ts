// Owns: whether a chat message is accepted, and what everybody is told of the chat.
import { z } from 'zod'
import { type Actor, type Audience, accept, activity, type Entry, refuse, type Told } from '../activity.ts'
import { limits } from '../limits.ts'
import { cleanText } from '../text.ts'

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

/** `slowMs`: 0 or the time between two messages of one attendee. `review`: messages wait until the team approves them. */
export type ChatSettings = { readonly open: boolean; readonly slowMs: number; readonly review: boolean }

/** The newest messages in order, whether there are earlier ones to page, and (for the team alone) those that wait for review. */
export type ChatView = {
  readonly messages: readonly ChatMessage[]
  readonly earlier: boolean
  readonly pinned: ChatMessage | null
  readonly settings: ChatSettings
  readonly waiting: readonly ChatMessage[]
  /** Attendees whom the team has muted, with the end in Unix milliseconds or null; told to the team alone. */
  readonly muted: Readonly<Record<string, number | null>>
}

/** What one attendee alone is told. `posts`: times of the latest posts, for {@link nextPostAt}. */
export type ChatSelf = {
  readonly muted: { readonly until: number | null } | null
  readonly liked: readonly number[]
  readonly waiting: readonly { readonly id: number; readonly at: number; readonly text: string }[]
  readonly posts: readonly number[]
}

type Message = {
  id: number
  order: number
  at: number
  actorId: string
  text: string
  likes: Set<string>
  editedAt?: number
  removed?: 'author' | 'team' | 'erased'
  replyTo?: number
}

export type ChatState = {
  /** Published messages by id, in publication order (a Map keeps it). */
  readonly messages: Map<number, Message>
  /** The newest of them, oldest first: the window of a snapshot, which is asked for at every tick. */
  readonly recent: Message[]
  readonly held: Map<number, Message>
  readonly muted: Map<string, number | null>
  readonly posts: Map<string, number[]>
  pinned: number | undefined
  settings: ChatSettings
}

const Text = z.string().transform(cleanText).pipe(z.string().min(1).max(limits.chatTextUnits))
const MessageId = z.int().positive()
const ActorId = z.string().min(1).max(64)

/** When an attendee who posted at these times may post again (Unix milliseconds; may lie in the past). */
export function nextPostAt(posts: readonly number[], settings: ChatSettings): number {
  const slow = settings.slowMs > 0 ? (posts.at(-1) ?? -Infinity) + settings.slowMs : -Infinity
  const burst = posts.length >= limits.chatBurst ? (posts.at(-limits.chatBurst) ?? -Infinity) + limits.chatBurstMs : -Infinity
  return Math.max(slow, burst, 0)
}

const excerpt = (text: string): string =>
  text.length > limits.chatExcerptUnits ? `${[...text].slice(0, limits.chatExcerptUnits - 1).join('')}…` : text

function muteOf(state: ChatState, actor: Actor, now: number): boolean {
  const until = state.muted.get(actor.id)
  return until !== undefined && (until === null || now < until)
}

function told(state: ChatState, message: Message): ChatMessage {
  const parent = message.replyTo === undefined ? undefined : state.messages.get(message.replyTo)
  return {
    id: message.id,
    order: message.order,
    at: message.at,
    actorId: message.actorId,
    text: message.text,
    likes: message.likes.size,
    ...(message.editedAt === undefined ? {} : { editedAt: message.editedAt }),
    ...(message.removed === undefined ? {} : { removed: message.removed }),
    ...(parent === undefined || message.removed !== undefined
      ? {}
      : { replyTo: { id: parent.id, actorId: parent.actorId, excerpt: excerpt(parent.text) } }),
  }
}

/** A published message that nobody has removed. */
function standing(state: ChatState, id: number): Message | undefined {
  const message = state.messages.get(id)
  return message?.removed === undefined ? message : undefined
}

function publishMessage(state: ChatState, message: Message): void {
  state.messages.set(message.id, message)
  state.recent.push(message)
  if (state.recent.length > limits.chatWindow) state.recent.shift()
}

function drop(message: Message, by: 'author' | 'team' | 'erased'): void {
  message.removed = by
  message.text = ''
  message.likes.clear()
  delete message.editedAt
}

type Body = { readonly [key: string]: unknown }
const bodyOf = (entry: Entry): Body => (typeof entry.body === 'object' && entry.body !== null ? (entry.body as Body) : {})
const messageOf = (entry: Entry): number => Number(bodyOf(entry).message)

const applies: Record<string, (state: ChatState, entry: Entry) => void> = {
  'chat.posted'(state, entry) {
    const body = bodyOf(entry)
    const erased = body.erased === true
    const message: Message = {
      id: entry.seq,
      order: entry.seq,
      at: entry.at,
      actorId: entry.actorId,
      text: typeof body.text === 'string' ? body.text : '',
      likes: new Set(),
      ...(erased ? { removed: 'erased' } : {}),
      ...(typeof body.replyTo === 'number' ? { replyTo: body.replyTo } : {}),
    }
    if (body.held === true) state.held.set(message.id, message)
    else publishMessage(state, message)
    const posts = [...(state.posts.get(entry.actorId) ?? []), entry.at].slice(-limits.chatBurst)
    state.posts.set(entry.actorId, posts)
  },
  'chat.edited'(state, entry) {
    const message = state.messages.get(messageOf(entry)) ?? state.held.get(messageOf(entry))
    const { text } = bodyOf(entry)
    if (message === undefined || message.removed !== undefined || typeof text !== 'string') return
    message.text = text
    message.editedAt = entry.at
  },
  'chat.removed'(state, entry) {
    const id = messageOf(entry)
    state.held.delete(id)
    const message = state.messages.get(id)
    if (message === undefined) return
    drop(message, bodyOf(entry).by === 'team' ? 'team' : 'author')
    if (state.pinned === id) state.pinned = undefined
  },
  'chat.approved'(state, entry) {
    const message = state.held.get(messageOf(entry))
    if (message === undefined) return
    state.held.delete(message.id)
    message.order = entry.seq
    message.at = entry.at
    publishMessage(state, message)
  },
  'chat.dismissed'(state, entry) {
    state.held.delete(messageOf(entry))
  },
  'chat.liked'(state, entry) {
    standing(state, messageOf(entry))?.likes.add(entry.actorId)
  },
  'chat.unliked'(state, entry) {
    state.messages.get(messageOf(entry))?.likes.delete(entry.actorId)
  },
  'chat.pinned'(state, entry) {
    const { message } = bodyOf(entry)
    state.pinned = typeof message === 'number' && standing(state, message) !== undefined ? message : undefined
  },
  'chat.muted'(state, entry) {
    const { attendee, until } = bodyOf(entry)
    if (typeof attendee === 'string') state.muted.set(attendee, typeof until === 'number' ? until : null)
  },
  'chat.unmuted'(state, entry) {
    state.muted.delete(String(bodyOf(entry).attendee))
  },
  'chat.cleared'(state) {
    state.messages.clear()
    state.recent.length = 0
    state.held.clear()
    state.pinned = undefined
  },
  'chat.configured'(state, entry) {
    const { open, slowMs, review } = bodyOf(entry)
    state.settings = {
      open: typeof open === 'boolean' ? open : state.settings.open,
      slowMs: typeof slowMs === 'number' ? slowMs : state.settings.slowMs,
      review: typeof review === 'boolean' ? review : state.settings.review,
    }
  },
}

/** Tells of one message as it is now: published, waiting (team alone), or nothing. */
function tellMessage(type: string, id: number, state: ChatState, audience: Audience): Told | undefined {
  const published = state.messages.get(id)
  if (published !== undefined) return { type, message: told(state, published) }
  const held = state.held.get(id)
  return held !== undefined && audience === 'team' ? { type, waiting: told(state, held) } : undefined
}

const gone = (type: string, id: number, audience: Audience): Told | undefined => (audience === 'team' ? { type, gone: id } : undefined)
const toTeam = (told: Told, audience: Audience): Told | undefined => (audience === 'team' ? told : undefined)

const publishes: Record<string, (entry: Entry, state: ChatState, audience: Audience) => Told | undefined> = {
  'chat.posted': (entry, state, audience) => tellMessage(entry.type, entry.seq, state, audience),
  'chat.edited': (entry, state, audience) => tellMessage(entry.type, messageOf(entry), state, audience),
  'chat.removed': (entry, state, audience) =>
    tellMessage(entry.type, messageOf(entry), state, audience) ?? gone(entry.type, messageOf(entry), audience),
  'chat.approved': (entry, state, audience) => tellMessage(entry.type, messageOf(entry), state, audience),
  'chat.dismissed': (entry, _state, audience) => gone(entry.type, messageOf(entry), audience),
  'chat.pinned': (entry, state) => ({ type: entry.type, pinned: pinnedOf(state) }),
  'chat.muted': (entry, _state, audience) =>
    toTeam({ type: entry.type, mute: String(bodyOf(entry).attendee), until: bodyOf(entry).until ?? null }, audience),
  'chat.unmuted': (entry, _state, audience) => toTeam({ type: entry.type, unmute: String(bodyOf(entry).attendee) }, audience),
  'chat.cleared': (entry) => ({ type: entry.type, clearedTo: entry.seq }),
  'chat.configured': (entry, state) => ({ type: entry.type, settings: state.settings }),
}

function pinnedOf(state: ChatState): ChatMessage | null {
  const message = state.pinned === undefined ? undefined : state.messages.get(state.pinned)
  return message === undefined ? null : told(state, message)
}

const emptyView: ChatView = {
  messages: [],
  earlier: false,
  pinned: null,
  settings: { open: true, slowMs: 0, review: false },
  waiting: [],
  muted: {},
}

function upsert(view: ChatView, message: ChatMessage): ChatView {
  const withParent = (other: ChatMessage): ChatMessage =>
    other.replyTo?.id === message.id ? { ...other, replyTo: { ...other.replyTo, excerpt: excerpt(message.text) } } : other
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

function own(state: ChatState, actor: Actor, id: number): Message | undefined {
  const message = state.messages.get(id) ?? state.held.get(id)
  return message !== undefined && message.removed === undefined && message.actorId === actor.id ? message : undefined
}

export const chat = activity({
  name: 'chat',
  moderated: true,
  teamCommands: ['approve', 'dismiss', 'pin', 'mute', 'unmute', 'clear', 'configure'],
  commands: {
    post: z.strictObject({ type: z.literal('post'), text: Text, replyTo: MessageId.optional() }),
    edit: z.strictObject({ type: z.literal('edit'), message: MessageId, text: Text }),
    remove: z.strictObject({ type: z.literal('remove'), message: MessageId }),
    like: z.strictObject({ type: z.literal('like'), message: MessageId }),
    unlike: z.strictObject({ type: z.literal('unlike'), message: MessageId }),
    approve: z.strictObject({ type: z.literal('approve'), message: MessageId }),
    dismiss: z.strictObject({ type: z.literal('dismiss'), message: MessageId }),
    pin: z.strictObject({ type: z.literal('pin'), message: MessageId.nullable() }),
    mute: z.strictObject({ type: z.literal('mute'), attendee: ActorId, forMs: z.int().positive().max(86_400_000).optional() }),
    unmute: z.strictObject({ type: z.literal('unmute'), attendee: ActorId }),
    clear: z.strictObject({ type: z.literal('clear') }),
    configure: z.strictObject({
      type: z.literal('configure'),
      open: z.boolean().optional(),
      slowMs: z.int().min(0).max(limits.chatSlowMaxMs).optional(),
      review: z.boolean().optional(),
    }),
  },

  initial: (): ChatState => ({
    messages: new Map(),
    recent: [],
    held: new Map(),
    muted: new Map(),
    posts: new Map(),
    pinned: undefined,
    settings: emptyView.settings,
  }),

  decide: {
    post(state, actor, command, now) {
      if (muteOf(state, actor, now)) return refuse('chat_muted')
      if (!state.settings.open && !actor.moderates) return refuse('chat_closed')
      const wait = actor.moderates ? 0 : nextPostAt(state.posts.get(actor.id) ?? [], state.settings) - now
      if (wait > 0) return refuse('chat_too_fast', { retryAfterMs: wait })
      if (command.replyTo !== undefined && standing(state, command.replyTo) === undefined) return refuse('chat_message_gone')
      return accept({
        type: 'chat.posted',
        body: {
          text: command.text,
          ...(command.replyTo === undefined ? {} : { replyTo: command.replyTo }),
          ...(state.settings.review && !actor.moderates ? { held: true } : {}),
        },
      })
    },
    edit(state, actor, command, now) {
      const message = own(state, actor, command.message)
      if (message === undefined) return refuse('chat_message_gone')
      if (muteOf(state, actor, now)) return refuse('chat_muted')
      if (!state.settings.open && !actor.moderates) return refuse('chat_closed')
      // What the team has approved must not change behind its back.
      const approved = state.settings.review && state.messages.has(message.id) && !actor.moderates
      if (approved || now - message.at > limits.chatEditMs) return refuse('chat_edit_closed')
      return message.text === command.text ? accept() : accept({ type: 'chat.edited', body: { message: message.id, text: command.text } })
    },
    remove(state, actor, command) {
      const message = state.messages.get(command.message) ?? state.held.get(command.message)
      if (message === undefined || message.removed !== undefined) return refuse('chat_message_gone')
      const isOwn = message.actorId === actor.id
      if (!isOwn && !actor.moderates) return refuse('not_allowed')
      return accept({ type: 'chat.removed', body: { message: message.id, by: isOwn ? 'author' : 'team' } })
    },
    like(state, actor, command, now) {
      const message = standing(state, command.message)
      if (message === undefined) return refuse('chat_message_gone')
      if (muteOf(state, actor, now)) return refuse('chat_muted')
      if (!state.settings.open && !actor.moderates) return refuse('chat_closed')
      return message.likes.has(actor.id) ? accept() : accept({ type: 'chat.liked', body: { message: message.id } })
    },
    unlike(state, actor, command) {
      const message = state.messages.get(command.message)
      if (message === undefined) return refuse('chat_message_gone')
      return message.likes.has(actor.id) ? accept({ type: 'chat.unliked', body: { message: message.id } }) : accept()
    },
    approve: (state, _actor, { message }) =>
      state.held.has(message) ? accept({ type: 'chat.approved', body: { message } }) : refuse('chat_message_gone'),
    dismiss: (state, _actor, { message }) =>
      state.held.has(message) ? accept({ type: 'chat.dismissed', body: { message } }) : refuse('chat_message_gone'),
    pin(state, _actor, { message }) {
      if (message === (state.pinned ?? null)) return accept()
      if (message !== null && standing(state, message) === undefined) return refuse('chat_message_gone')
      return accept({ type: 'chat.pinned', body: { message } })
    },
    mute: (_state, _actor, { attendee, forMs }, now) =>
      accept({ type: 'chat.muted', body: { attendee, until: forMs === undefined ? null : now + forMs } }),
    unmute: (state, _actor, { attendee }) => (state.muted.has(attendee) ? accept({ type: 'chat.unmuted', body: { attendee } }) : accept()),
    clear: () => accept({ type: 'chat.cleared', body: {} }),
    configure(state, _actor, { type: _, ...wanted }) {
      const changes = Object.fromEntries(
        Object.entries(wanted).filter(([key, value]) => value !== undefined && value !== state.settings[key as keyof ChatSettings]),
      )
      return Object.keys(changes).length === 0 ? accept() : accept({ type: 'chat.configured', body: changes })
    },
  },

  apply: (state, entry) => applies[entry.type]?.(state, entry),

  concerns(state, entry) {
    if (entry.type === 'chat.cleared') {
      const waiting = [...state.held.values()].map((message) => message.actorId)
      return [...new Set([...waiting, ...state.recent.flatMap((message) => [...message.likes])])]
    }
    const message = state.messages.get(messageOf(entry)) ?? state.held.get(messageOf(entry))
    // Whoever liked what goes likes it no more.
    const likers = entry.type === 'chat.removed' ? (message?.likes ?? []) : []
    return [...new Set([entry.actorId, message?.actorId, bodyOf(entry).attendee, ...likers])].filter((id) => typeof id === 'string')
  },

  publish: (entry, state, audience) => publishes[entry.type]?.(entry, state, audience),

  snapshot: (state, audience) => ({
    messages: state.recent.map((message) => told(state, message)),
    earlier: state.messages.size > limits.chatWindow,
    pinned: pinnedOf(state),
    settings: state.settings,
    waiting: audience === 'team' ? [...state.held.values()].map((message) => told(state, message)) : [],
    muted: audience === 'team' ? Object.fromEntries([...state.muted].sort(([a], [b]) => (a < b ? -1 : 1))) : {},
  }),

  self(state, actorId): ChatSelf {
    const until = state.muted.get(actorId)
    return {
      muted: until === undefined ? null : { until },
      liked: state.recent.filter((message) => message.likes.has(actorId)).map((message) => message.id),
      waiting: [...state.held.values()].filter((message) => message.actorId === actorId).map(({ id, at, text }) => ({ id, at, text })),
      posts: state.posts.get(actorId) ?? [],
    }
  },

  views(state) {
    const pinned = state.pinned === undefined ? undefined : state.messages.get(state.pinned)
    const liked = [...state.recent, ...(pinned === undefined ? [] : [pinned])].filter((message) => message.likes.size > 0)
    return { 'chat.likes': Object.fromEntries(liked.map((message) => [message.id, message.likes.size])) }
  },

  reduce(view: ChatView, item: Told): ChatView {
    const { message, waiting, gone: goneId, pinned, clearedTo, settings, mute, until, unmute } = item as ToldChat
    if (message !== undefined) return upsert(view, message)
    if (waiting !== undefined) {
      const others = view.waiting.filter((other) => other.id !== waiting.id)
      return { ...view, waiting: [...others, waiting].sort((a, b) => a.id - b.id) }
    }
    if (goneId !== undefined) return { ...view, waiting: view.waiting.filter((other) => other.id !== goneId) }
    if (pinned !== undefined) return { ...view, pinned }
    if (settings !== undefined) return { ...view, settings }
    if (mute !== undefined) return { ...view, muted: { ...view.muted, [mute]: until ?? null } }
    if (unmute !== undefined) {
      const { [unmute]: _, ...muted } = view.muted
      return { ...view, muted }
    }
    if (clearedTo === undefined) return view
    const after = (other: ChatMessage): boolean => other.order > clearedTo
    return {
      ...view,
      messages: view.messages.filter(after),
      waiting: view.waiting.filter((other) => other.id > clearedTo),
      pinned: view.pinned !== null && after(view.pinned) ? view.pinned : null,
      earlier: false,
    }
  },

  merge(view: ChatView, key: string, value: unknown): ChatView {
    if (key !== 'chat.likes') return view
    const likes = value as Readonly<Record<number, number>>
    const liked = (message: ChatMessage): ChatMessage => {
      const count = likes[message.id] ?? 0
      return count === message.likes ? message : { ...message, likes: count }
    }
    return { ...view, messages: view.messages.map(liked), pinned: view.pinned === null ? null : liked(view.pinned) }
  },

  page(state, _audience, { before, limit }) {
    const earlier = [...state.messages.values()].filter((message) => before === undefined || message.order < before)
    const items = earlier.slice(-limit).map((message) => told(state, message))
    const oldest = items[0]
    return { items, nextCursor: oldest !== undefined && earlier.length > items.length ? String(oldest.order) : null }
  },
})

type ToldChat = {
  readonly message?: ChatMessage
  readonly waiting?: ChatMessage
  readonly gone?: number
  readonly pinned?: ChatMessage | null
  readonly clearedTo?: number
  readonly settings?: ChatSettings
  readonly mute?: string
  readonly until?: number | null
  readonly unmute?: string
}

// Owns: what the chat is after each of its entries, and what each audience is told of it.
import type { Audience, Entry, Page, Sheet } from '../activity.ts'
import { limits } from '../limits.ts'
import {
  type ChatClearing,
  type ChatMessage,
  type ChatSelf,
  type ChatSettings,
  type ChatView,
  excerptOf,
  type ToldChat,
} from './chat-view.ts'

/** `text` stays here when a message is removed, so that it can come back; nobody is told it meanwhile. */
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

/** What a clearing took, for its taking back. */
type Cleared = { at: number; actorId: string; messages: readonly Message[]; held: readonly Message[]; pinned: number | undefined }

export type ChatState = {
  /** Published messages by id, in publication order (a Map keeps it). */
  readonly messages: Map<number, Message>
  /** The newest of them, oldest first: the window of a snapshot, which is asked for at every tick. */
  readonly recent: Message[]
  readonly held: Map<number, Message>
  /** Those that were held and that the team did not want. */
  readonly dismissed: Map<number, Message>
  readonly cleared: Map<number, Cleared>
  readonly muted: Map<string, number | null>
  readonly posts: Map<string, number[]>
  /** Shown while that message stands. */
  pinned: number | undefined
  settings: ChatSettings
}

export const initialChat = (): ChatState => ({
  messages: new Map(),
  recent: [],
  held: new Map(),
  dismissed: new Map(),
  cleared: new Map(),
  muted: new Map(),
  posts: new Map(),
  pinned: undefined,
  settings: { on: true, open: true, slowMs: 0, review: false, blockedWords: [] },
})

/** A published message that nobody has removed. */
export function standing(state: ChatState, id: number): Message | undefined {
  const message = state.messages.get(id)
  return message?.removed === undefined ? message : undefined
}

type Body = { readonly [key: string]: unknown }
const bodyOf = (entry: Entry): Body => (typeof entry.body === 'object' && entry.body !== null ? (entry.body as Body) : {})
const messageOf = (entry: Entry): number => Number(bodyOf(entry).message)
const clearedBy = (state: ChatState, entry: Entry): Cleared | undefined => state.cleared.get(Number(bodyOf(entry).clearing))

// What entries do.

function publishMessage(state: ChatState, message: Message): void {
  state.messages.set(message.id, message)
  state.recent.push(message)
  if (state.recent.length > limits.chatWindow) state.recent.shift()
}

function refill<Key>(map: Map<Key, Message>, messages: readonly Message[], key: (message: Message) => Key): void {
  map.clear()
  for (const message of messages) map.set(key(message), message)
}

function bringBack(state: ChatState, { messages, held, pinned }: Cleared): void {
  const all = [...messages, ...state.messages.values()].sort((a, b) => a.order - b.order)
  refill(state.messages, all, ({ id }) => id)
  refill(state.held, [...held, ...state.held.values()], ({ id }) => id)
  state.recent.splice(0, Infinity, ...all.slice(-limits.chatWindow))
  state.pinned ??= pinned
}

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
    const byTeam = bodyOf(entry).by === 'team'
    const held = state.held.get(id)
    state.held.delete(id)
    if (held !== undefined && byTeam) state.dismissed.set(id, held)
    const message = state.messages.get(id)
    if (message !== undefined) message.removed ??= byTeam ? 'team' : 'author'
  },
  'chat.approved'(state, entry) {
    const message = state.held.get(messageOf(entry))
    if (message === undefined) return
    state.held.delete(message.id)
    message.order = entry.seq
    message.at = entry.at
    const { text } = bodyOf(entry)
    if (typeof text === 'string') {
      message.text = text
      message.editedAt = entry.at
    }
    publishMessage(state, message)
  },
  'chat.dismissed'(state, entry) {
    const message = state.held.get(messageOf(entry))
    if (message === undefined) return
    state.held.delete(message.id)
    state.dismissed.set(message.id, message)
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
  'chat.cleared'(state, entry) {
    const { at, actorId } = entry
    const messages = [...state.messages.values()]
    state.cleared.set(entry.seq, { at, actorId, messages, held: [...state.held.values()], pinned: state.pinned })
    state.messages.clear()
    state.recent.length = 0
    state.held.clear()
    state.pinned = undefined
  },
  'chat.restored'(state, entry) {
    const cleared = clearedBy(state, entry)
    if (cleared !== undefined) {
      state.cleared.delete(Number(bodyOf(entry).clearing))
      bringBack(state, cleared)
      return
    }
    const message = state.messages.get(messageOf(entry))
    // What was erased is not here any more.
    if (message !== undefined && message.removed !== 'erased') delete message.removed
    const dismissed = state.dismissed.get(messageOf(entry))
    if (dismissed === undefined) return
    state.dismissed.delete(dismissed.id)
    state.held.set(dismissed.id, dismissed)
  },
  'chat.configured'(state, entry) {
    const { on, open, slowMs, review, blockedWords } = bodyOf(entry)
    state.settings = {
      on: typeof on === 'boolean' ? on : state.settings.on,
      open: typeof open === 'boolean' ? open : state.settings.open,
      slowMs: typeof slowMs === 'number' ? slowMs : state.settings.slowMs,
      review: typeof review === 'boolean' ? review : state.settings.review,
      blockedWords: Array.isArray(blockedWords) ? blockedWords.filter((word) => typeof word === 'string') : state.settings.blockedWords,
    }
  },
}

export const applyChat = (state: ChatState, entry: Entry): void => applies[entry.type]?.(state, entry)

const likersOf = (messages: readonly Message[]): string[] => messages.flatMap((message) => [...message.likes])

/** Whose own view an entry changes. */
export function chatConcerns(state: ChatState, entry: Entry): string[] {
  const many = entry.type === 'chat.cleared' ? { messages: state.recent, held: [...state.held.values()] } : clearedBy(state, entry)
  if (many !== undefined) {
    return [...new Set([...many.held.map((message) => message.actorId), ...likersOf(many.messages.slice(-limits.chatWindow))])]
  }
  const id = messageOf(entry)
  const message = state.messages.get(id) ?? state.held.get(id) ?? state.dismissed.get(id)
  // Whoever liked what goes likes it no more, and again when it comes back.
  const goesOrComes = entry.type === 'chat.removed' || entry.type === 'chat.restored'
  const likers = goesOrComes && message !== undefined ? likersOf([message]) : []
  return [...new Set([entry.actorId, message?.actorId, bodyOf(entry).attendee, ...likers])].filter((id) => typeof id === 'string')
}

// What is told.

function tell(state: ChatState, message: Message): ChatMessage {
  const parent = message.replyTo === undefined ? undefined : state.messages.get(message.replyTo)
  const { id, order, at, actorId, removed, editedAt } = message
  if (removed !== undefined) return { id, order, at, actorId, text: '', likes: 0, removed }
  return {
    id,
    order,
    at,
    actorId,
    text: message.text,
    likes: message.likes.size,
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(parent === undefined
      ? {}
      : { replyTo: { id: parent.id, actorId: parent.actorId, excerpt: parent.removed === undefined ? excerptOf(parent.text) : '' } }),
  }
}

function pinnedOf(state: ChatState): ChatMessage | null {
  const message = state.pinned === undefined ? undefined : standing(state, state.pinned)
  return message === undefined ? null : tell(state, message)
}

function lastClearing(state: ChatState): ChatClearing | null {
  const [id, cleared] = [...state.cleared].at(-1) ?? []
  return id === undefined || cleared === undefined ? null : { id, at: cleared.at, actorId: cleared.actorId }
}

/** Which words are blocked is the team's own: who knew them would write around them. */
const settingsFor = ({ settings }: ChatState, audience: Audience): ChatSettings =>
  audience === 'team' ? settings : { ...settings, blockedWords: [] }

const byId = (a: { id: number }, b: { id: number }): number => a.id - b.id

export function chatSnapshot(state: ChatState, audience: Audience): ChatView {
  const toTeam = audience === 'team'
  return {
    messages: state.recent.map((message) => tell(state, message)),
    earlier: state.messages.size > limits.chatWindow,
    pinned: pinnedOf(state),
    settings: settingsFor(state, audience),
    waiting: toTeam ? [...state.held.values()].sort(byId).map((message) => tell(state, message)) : [],
    muted: toTeam ? Object.fromEntries([...state.muted].sort(([a], [b]) => (a < b ? -1 : 1))) : {},
    clearing: toTeam ? lastClearing(state) : null,
  }
}

type Publish = (entry: Entry, state: ChatState, audience: Audience) => ToldChat | undefined

/** Tells of one message as it is now: published, waiting (team alone), or nothing. */
const publishNow: Publish = (entry, state, audience) => {
  const { type } = entry
  const id = type === 'chat.posted' ? entry.seq : messageOf(entry)
  const published = state.messages.get(id)
  if (published !== undefined) return { type, message: tell(state, published) }
  const held = state.held.get(id)
  return held !== undefined && audience === 'team' ? { type, waiting: tell(state, held) } : undefined
}
const publishNowOrGone: Publish = (entry, state, audience) =>
  publishNow(entry, state, audience) ?? (audience === 'team' ? { type: entry.type, gone: messageOf(entry) } : undefined)

const publishMute: Publish = (entry, state, audience) => {
  const attendee = String(bodyOf(entry).attendee)
  const until = state.muted.get(attendee)
  if (audience !== 'team') return undefined
  return until === undefined ? { type: entry.type, unmute: attendee } : { type: entry.type, mute: attendee, until }
}

const publishes: Record<string, Publish> = {
  'chat.posted': publishNow,
  'chat.edited': publishNow,
  'chat.removed': publishNowOrGone,
  'chat.approved': publishNow,
  'chat.dismissed': publishNowOrGone,
  'chat.pinned': (entry, state) => ({ type: entry.type, pinned: pinnedOf(state) }),
  'chat.muted': publishMute,
  'chat.unmuted': publishMute,
  'chat.cleared': (entry, state, audience) => ({
    type: entry.type,
    clearedTo: entry.seq,
    ...(audience === 'team' ? { clearing: lastClearing(state) } : {}),
  }),
  'chat.restored'(entry, state, audience) {
    const { type } = entry
    if ('clearing' in bodyOf(entry)) return { type, view: chatSnapshot(state, audience) }
    const told = publishNow(entry, state, audience)
    // Its pin comes back with it.
    return told?.message === undefined ? told : { ...told, pinned: pinnedOf(state) }
  },
  'chat.configured': (entry, state, audience) => ({ type: entry.type, settings: settingsFor(state, audience) }),
}

export const publishChat: Publish = (entry, state, audience) => publishes[entry.type]?.(entry, state, audience)

export function chatSelf(state: ChatState, actorId: string): ChatSelf {
  const until = state.muted.get(actorId)
  const liked = state.recent.filter((message) => message.removed === undefined && message.likes.has(actorId))
  const waiting = [...state.held.values()].filter((message) => message.actorId === actorId).sort(byId)
  return {
    muted: until === undefined ? null : { until },
    liked: liked.map((message) => message.id),
    waiting: waiting.map(({ id, at, text }) => ({ id, at, text })),
    posts: state.posts.get(actorId) ?? [],
  }
}

export function chatViews(state: ChatState): { 'chat.likes': Record<string, number> } {
  const pinned = state.pinned === undefined ? undefined : state.messages.get(state.pinned)
  const shown = [...state.recent, ...(pinned === undefined ? [] : [pinned])]
  const liked = shown.filter((message) => message.removed === undefined && message.likes.size > 0)
  return { 'chat.likes': Object.fromEntries(liked.map((message) => [message.id, message.likes.size])) }
}

export function chatPage(state: ChatState, { before, limit }: { before?: number; limit: number }): Page<ChatMessage> {
  const earlier = [...state.messages.values()].filter((message) => before === undefined || message.order < before)
  const items = earlier.slice(-limit).map((message) => tell(state, message))
  const oldest = items[0]
  return { items, nextCursor: oldest !== undefined && earlier.length > items.length ? String(oldest.order) : null }
}

/** Every message that was made and not cleared away, whatever became of it; nothing of those that were erased. */
export function chatSheets(state: ChatState): Sheet[] {
  const stateOf = (message: Message): string =>
    state.held.has(message.id) ? 'waiting' : state.dismissed.has(message.id) ? 'dismissed' : (message.removed ?? 'published')
  const all = [...state.messages.values(), ...state.held.values(), ...state.dismissed.values()].sort((a, b) => a.id - b.id)
  return [
    {
      name: 'Chat',
      columns: ['Number', 'Time', { person: 'Author' }, 'Message', 'Replies to', 'Likes', 'State'],
      rows: all
        .filter(({ removed }) => removed !== 'erased')
        .map((message) => [
          message.id,
          { time: message.at },
          { person: message.actorId },
          message.text,
          message.replyTo ?? null,
          message.likes.size,
          stateOf(message),
        ]),
    },
  ]
}

// Owns: whether a chat message is accepted, and what the team may do with it.
import { z } from 'zod'
import { type Actor, accept, activity, refuse } from '../activity.ts'
import { BlockedWords, hasBlockedWord } from '../blocked-words.ts'
import type { ErrorCode } from '../errors.ts'
import { limits } from '../limits.ts'
import { line } from '../text.ts'
import {
  applyChat,
  type ChatState,
  chatConcerns,
  chatPage,
  chatSelf,
  chatSheets,
  chatSnapshot,
  chatViews,
  initialChat,
  publishChat,
  standing,
} from './chat-state.ts'
import { type ChatSettings, nextPostAt } from './chat-view.ts'

const Text = line(limits.chatTextUnits)
const Seq = z.int().positive()
const ActorId = z.string().min(1).max(64)

/** What a program sets of its chat, beforehand and live. */
export const chatOptions = z.strictObject({
  on: z.boolean().optional().describe('Off: attendees see no chat.'),
  open: z.boolean().optional().describe('Closed: attendees read, and the team alone writes.'),
  slowMs: z.int().min(0).max(limits.chatSlowMaxMs).optional().describe('Milliseconds between two messages of one attendee.'),
  review: z.boolean().optional().describe('Messages wait until the team approves them.'),
  blockedWords: BlockedWords.optional().describe('Messages with one of them wait for the team in any case.'),
})

/** Why somebody may not write or like now. */
function shutFor({ settings, muted }: ChatState, actor: Actor, now: number): ErrorCode | undefined {
  if (!settings.on && !actor.moderates) return 'activity_off'
  const until = muted.get(actor.id)
  if (until !== undefined && (until === null || now < until)) return 'chat_muted'
  return settings.open || actor.moderates ? undefined : 'chat_closed'
}

const sameSetting = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function own(state: ChatState, actor: Actor, id: number) {
  const message = state.messages.get(id) ?? state.held.get(id)
  return message !== undefined && message.removed === undefined && message.actorId === actor.id ? message : undefined
}

export const chat = activity({
  name: 'chat',
  audiences: ['attendees', 'team', 'screen'],
  openToTeam: ['team'],
  moderated: true,
  teamCommands: ['approve', 'dismiss', 'pin', 'mute', 'unmute', 'clear', 'restore', 'configure'],
  commands: {
    post: z.strictObject({ type: z.literal('post'), text: Text, replyTo: Seq.optional() }),
    edit: z.strictObject({ type: z.literal('edit'), message: Seq, text: Text }),
    remove: z.strictObject({ type: z.literal('remove'), message: Seq }),
    like: z.strictObject({ type: z.literal('like'), message: Seq }),
    unlike: z.strictObject({ type: z.literal('unlike'), message: Seq }),
    /** `text`: as the team has edited it. */
    approve: z.strictObject({ type: z.literal('approve'), message: Seq, text: Text.optional() }),
    dismiss: z.strictObject({ type: z.literal('dismiss'), message: Seq }),
    pin: z.strictObject({ type: z.literal('pin'), message: Seq.nullable() }),
    mute: z.strictObject({ type: z.literal('mute'), attendee: ActorId, forMs: z.int().positive().max(86_400_000).optional() }),
    unmute: z.strictObject({ type: z.literal('unmute'), attendee: ActorId }),
    clear: z.strictObject({ type: z.literal('clear') }),
    /** Brings back a message that the team removed or dismissed, or everything that a clearing (its seq) took. A mute's undoing is `unmute`. */
    restore: z.union([
      z.strictObject({ type: z.literal('restore'), message: Seq }),
      z.strictObject({ type: z.literal('restore'), clearing: Seq }),
    ]),
    configure: chatOptions.extend({ type: z.literal('configure') }),
  },

  decide: {
    post(state, actor, command, now) {
      const shut = shutFor(state, actor, now)
      if (shut !== undefined) return refuse(shut)
      const wait = actor.moderates ? 0 : nextPostAt(state.posts.get(actor.id) ?? [], state.settings) - now
      if (wait > 0) return refuse('chat_too_fast', { retryAfterMs: wait })
      if (command.replyTo !== undefined && standing(state, command.replyTo) === undefined) return refuse('chat_message_gone')
      return accept({
        type: 'chat.posted',
        body: {
          text: command.text,
          ...(command.replyTo === undefined ? {} : { replyTo: command.replyTo }),
          ...(!actor.moderates && (state.settings.review || hasBlockedWord(command.text, state.settings.blockedWords))
            ? { held: true }
            : {}),
        },
      })
    },
    edit(state, actor, command, now) {
      const message = own(state, actor, command.message)
      if (message === undefined) return refuse('chat_message_gone')
      const shut = shutFor(state, actor, now)
      if (shut !== undefined) return refuse(shut)
      // What the team has approved must not change behind its back, nor become what it would have held.
      const isBlocked = (): boolean => state.settings.review || hasBlockedWord(command.text, state.settings.blockedWords)
      const approved = !actor.moderates && state.messages.has(message.id) && isBlocked()
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
      const shut = shutFor(state, actor, now)
      if (shut !== undefined) return refuse(shut)
      return message.likes.has(actor.id) ? accept() : accept({ type: 'chat.liked', body: { message: message.id } })
    },
    unlike(state, actor, command) {
      const message = standing(state, command.message)
      if (message === undefined) return refuse('chat_message_gone')
      return message.likes.has(actor.id) ? accept({ type: 'chat.unliked', body: { message: message.id } }) : accept()
    },
    approve(state, _actor, { message, text }) {
      const held = state.held.get(message)
      if (held === undefined) return refuse('chat_message_gone')
      const isEdited = text !== undefined && text !== held.text
      return accept({ type: 'chat.approved', body: { message, ...(isEdited ? { text } : {}) } })
    },
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
    clear: (state) => (state.messages.size + state.held.size === 0 ? accept() : accept({ type: 'chat.cleared', body: {} })),
    restore(state, actor, command) {
      if ('clearing' in command) {
        const { clearing } = command
        return state.cleared.has(clearing) ? accept({ type: 'chat.restored', body: { clearing } }) : refuse('nothing_to_undo')
      }
      const { message: id } = command
      const message = state.messages.get(id)
      // What somebody took back himself is nobody else's to show again.
      const restorable = message?.removed === 'team' || (message?.removed === 'author' && message.actorId === actor.id)
      if (!restorable && !state.dismissed.has(id)) return refuse('nothing_to_undo')
      return accept({ type: 'chat.restored', body: { message: id } })
    },
    configure(state, _actor, { type: _, ...wanted }) {
      const changes = Object.fromEntries(
        Object.entries(wanted).filter(
          ([key, value]) => value !== undefined && !sameSetting(value, state.settings[key as keyof ChatSettings]),
        ),
      )
      return Object.keys(changes).length === 0 ? accept() : accept({ type: 'chat.configured', body: changes })
    },
  },

  initial: initialChat,
  apply: applyChat,
  concerns: chatConcerns,
  publish: publishChat,
  snapshot: chatSnapshot,
  self: chatSelf,
  views: chatViews,
  page: (state, _audience, cursor) => chatPage(state, cursor),
  sheets: chatSheets,
  mutedUntil: ({ muted }, actorId) => muted.get(actorId),
})

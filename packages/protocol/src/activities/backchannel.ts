// Owns: what the team says to itself. Nobody else is told, not even that it is there.
import { z } from 'zod'
import { accept, activity, type Entry, refuse } from '../activity.ts'
import { limits } from '../limits.ts'
import { line } from '../text.ts'
import type { BackchannelMessage, BackchannelView, ToldBackchannel } from './backchannel-view.ts'

/** Messages by id, oldest first. */
export type BackchannelState = Map<number, BackchannelMessage>

type Body = { readonly text?: unknown; readonly message?: unknown } | null

function messageOf({ seq: id, at, actorId, body }: Entry): BackchannelMessage {
  const text = (body as Body)?.text
  return { id, at, actorId, ...(typeof text === 'string' ? { text } : { text: '', removed: true }) }
}

export const backchannel = activity({
  name: 'backchannel',
  audiences: ['team'],
  // A crew talks before, during and after the show.
  openToTeam: ['team', 'closed', 'read-only'],
  moderated: false,
  teamCommands: ['post', 'remove'],
  commands: {
    post: z.strictObject({ type: z.literal('post'), text: line(limits.backchannelUnits) }),
    remove: z.strictObject({ type: z.literal('remove'), message: z.int().positive() }),
  },

  decide: {
    post: (_state, _actor, { text }) => accept({ type: 'backchannel.posted', body: { text } }),
    remove(state, actor, { message: id }) {
      const message = state.get(id)
      if (message === undefined || message.removed) return refuse('chat_message_gone')
      return message.actorId === actor.id ? accept({ type: 'backchannel.removed', body: { message: id } }) : refuse('not_allowed')
    },
  },

  initial: (): BackchannelState => new Map(),
  apply(state, entry) {
    if (entry.type === 'backchannel.posted') state.set(entry.seq, messageOf(entry))
    if (entry.type !== 'backchannel.removed') return
    const message = state.get(Number((entry.body as Body)?.message))
    if (message !== undefined) state.set(message.id, { ...message, text: '', removed: true })
  },
  concerns: () => [],

  publish(entry, state, audience): ToldBackchannel | undefined {
    const id = entry.type === 'backchannel.posted' ? entry.seq : Number((entry.body as Body)?.message)
    const message = audience === 'team' ? state.get(id) : undefined
    return message && { type: entry.type, message }
  },
  snapshot: (state, audience): BackchannelView => ({
    messages: audience === 'team' ? [...state.values()].slice(-limits.chatWindow) : [],
    earlier: audience === 'team' && state.size > limits.chatWindow,
  }),
  self: () => null,
  views: () => ({}),
  page(state, audience, { before, limit }) {
    const earlier = audience === 'team' ? [...state.values()].filter(({ id }) => before === undefined || id < before) : []
    const items = earlier.slice(-limit)
    return { items, nextCursor: earlier.length > items.length ? String(items[0]?.id) : null }
  },
  sheets: (state) => [
    {
      name: 'Backchannel',
      columns: ['Time', { person: 'Author' }, 'Message'],
      rows: [...state.values()].filter(({ removed }) => !removed).map(({ at, actorId, text }) => [{ time: at }, { person: actorId }, text]),
    },
  ],
})

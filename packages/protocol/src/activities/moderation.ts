// Owns: which of the team looks at which item that waits, so that no two handle the same. What becomes of an item is its activity's own.
import { z } from 'zod'
import { accept, activity, refuse } from '../activity.ts'
import { limits } from '../limits.ts'
import { type Claim, claimKey, type ModerationView, type ToldModeration } from './moderation-view.ts'

/** In the order in which they were made. */
export type ModerationState = Map<string, Claim>

const item = { activity: z.string().min(1).max(32), item: z.int().positive() }

const claimsOf = (state: ModerationState): ModerationView['claims'] => Object.fromEntries(state)

export const moderation = activity({
  name: 'moderation',
  audiences: ['team'],
  openToTeam: ['team', 'closed', 'read-only'],
  moderated: true,
  teamCommands: ['claim', 'release'],
  commands: {
    /** `over`: also from whoever has it. */
    claim: z.strictObject({ type: z.literal('claim'), ...item, over: z.boolean().optional() }),
    release: z.strictObject({ type: z.literal('release'), ...item }),
  },

  decide: {
    claim(state, actor, { activity: name, item: id, over }) {
      const held = state.get(claimKey(name, id))
      if (held?.actorId === actor.id) return accept()
      if (held !== undefined && over !== true) return refuse('moderation_claimed')
      return accept({ type: 'moderation.claimed', body: { activity: name, item: id } })
    },
    release: (state, actor, { activity: name, item: id }) =>
      state.get(claimKey(name, id))?.actorId === actor.id
        ? accept({ type: 'moderation.released', body: { activity: name, item: id } })
        : accept(),
  },

  initial: (): ModerationState => new Map(),
  apply(state, { type, actorId, at, body }) {
    const { activity: name, item: id } = (body ?? {}) as { activity?: unknown; item?: unknown }
    if (typeof name !== 'string' || typeof id !== 'number') return
    const key = claimKey(name, id)
    if (type === 'moderation.released') state.delete(key)
    if (type !== 'moderation.claimed') return
    // Claimed again last, forgotten last.
    state.delete(key)
    state.set(key, { actorId, at })
    const [oldest] = state.keys()
    if (state.size > limits.moderationClaims && oldest !== undefined) state.delete(oldest)
  },
  concerns: () => [],

  publish: ({ type }, state, audience): ToldModeration | undefined =>
    audience === 'team' && type.startsWith('moderation.') ? { type, claims: claimsOf(state) } : undefined,
  snapshot: (state, audience): ModerationView => ({ claims: audience === 'team' ? claimsOf(state) : {} }),
  self: () => null,
  views: () => ({}),
  page: () => ({ items: [], nextCursor: null }),
  sheets: () => [],
})

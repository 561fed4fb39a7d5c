// Owns: what the team says to everybody at once: one announcement at a time, until the next or until it is withdrawn.
import { z } from 'zod'
import { accept, activity, type Entry, refuse } from '../activity.ts'
import { limits } from '../limits.ts'
import { line } from '../text.ts'
import { type Announcement, type AnnouncementsView, announcementStyles, type ToldAnnouncement } from './announcements-view.ts'

export type AnnouncementsState = { current: Announcement | undefined; readonly past: Announcement[] }

const content = {
  text: line(limits.announcementUnits),
  style: z.enum(announcementStyles),
  /** To the secure web alone: everybody is asked to follow it. */
  link: z
    .strictObject({ url: z.url({ protocol: /^https$/ }).max(limits.urlUnits), text: line(limits.announcementLinkTextUnits) })
    .optional(),
}

function announcementOf({ seq: id, at, actorId, body }: Entry): Announcement | undefined {
  const { text, style = 'info', link } = (body ?? {}) as Partial<Announcement>
  return typeof text === 'string' ? { id, at, actorId, text, style, ...(link && { link }) } : undefined
}

export const announcements = activity({
  name: 'announcements',
  audiences: ['attendees', 'team', 'screen'],
  // Before the start people wait, and may have to be told for how long.
  openToTeam: ['team', 'closed'],
  moderated: false,
  teamCommands: ['announce', 'withdraw'],
  commands: {
    announce: z.strictObject({ type: z.literal('announce'), ...content }),
    withdraw: z.strictObject({ type: z.literal('withdraw'), announcement: z.int().positive() }),
  },

  decide: {
    announce: (_state, _actor, { type: _, ...body }) => accept({ type: 'announcements.made', body }),
    withdraw: (state, _actor, { announcement }) =>
      state.current?.id === announcement
        ? accept({ type: 'announcements.withdrawn', body: { announcement } })
        : refuse('announcement_gone'),
  },

  initial: (): AnnouncementsState => ({ current: undefined, past: [] }),
  apply(state, entry) {
    if (entry.type === 'announcements.made') {
      state.current = announcementOf(entry)
      if (state.current !== undefined) state.past.push(state.current)
    }
    if (entry.type === 'announcements.withdrawn') state.current = undefined
  },
  concerns: () => [],

  publish({ seq, type }, state, audience): ToldAnnouncement | undefined {
    if (!type.startsWith('announcements.')) return undefined
    const made = audience === 'team' ? state.past.find(({ id }) => id === seq) : undefined
    return { type, current: state.current ?? null, ...(made && { made }) }
  },
  snapshot: (state, audience): AnnouncementsView => ({
    current: state.current ?? null,
    past: audience === 'team' ? state.past.slice(-limits.announcementWindow).toReversed() : [],
    earlier: audience === 'team' && state.past.length > limits.announcementWindow,
  }),
  self: () => null,
  views: () => ({}),
  page(state, audience, { before, limit }) {
    const earlier = audience === 'team' ? state.past.filter(({ id }) => before === undefined || id < before) : []
    const items = earlier.slice(-limit)
    return { items, nextCursor: earlier.length > items.length ? String(items[0]?.id) : null }
  },
  sheets: ({ past }) => [
    {
      name: 'Announcements',
      columns: ['Time', { person: 'Made by' }, 'Announcement', 'Style', 'Link'],
      rows: past.map(({ at, actorId, text, style, link }) => [{ time: at }, { person: actorId }, text, style, link?.url ?? null]),
    },
  ],
})

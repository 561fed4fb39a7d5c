// Owns: what the team puts beside the video and onto the big screen: one thing at a time, by taking it.
import { z } from 'zod'
import { accept, activity, type Entry, refuse } from '../activity.ts'
import { limits } from '../limits.ts'
import { line } from '../text.ts'
import { SlideId } from './deck-content.ts'
import type { ScreenItem, ScreenSettings, ScreenTake, ScreenView, ToldScreen } from './screen-view.ts'

/** What a program sets of it. */
export const screenOptions = z.strictObject({ on: z.boolean().optional() })

const title = line(limits.titleUnits)
const page = z.int().min(1).max(limits.deckPages)

const Item = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('slide'), imageId: SlideId, title, page, pages: page, deckId: z.string().max(64).nullable() })
    .refine((slide) => slide.page <= slide.pages, { error: 'There is no such page.' }),
  /** To the secure web alone: everybody is asked to follow it. */
  z.strictObject({ kind: z.literal('link'), url: z.url({ protocol: /^https$/ }).max(limits.urlUnits), title }),
  z.strictObject({ kind: z.enum(['question', 'poll', 'quiz', 'leaderboard']) }),
])

export type ScreenState = {
  settings: ScreenSettings
  current: ScreenTake | null
  previous: ScreenTake | null
  readonly takes: ScreenTake[]
}

const words = ({ item }: ScreenTake): string => {
  if (item === null) return ''
  return 'title' in item ? item.title : ''
}

/** The item of an entry of ours; null also for one that was erased. */
function itemOf({ body }: Entry): ScreenItem | null {
  const { item } = (body ?? {}) as { item?: ScreenItem }
  return item ?? null
}

const same = (a: ScreenItem | null, b: ScreenItem | null): boolean => JSON.stringify(a) === JSON.stringify(b)

export const screen = activity({
  name: 'screen',
  audiences: ['attendees', 'team', 'screen'],
  // Before the start the room sees a slide of welcome, and what is up can be taken away after the end.
  openToTeam: ['team', 'closed', 'read-only'],
  moderated: false,
  teamCommands: ['take', 'clear', 'configure'],
  commands: {
    take: z.strictObject({ type: z.literal('take'), item: Item }),
    clear: z.strictObject({ type: z.literal('clear') }),
    configure: screenOptions.extend({ type: z.literal('configure') }),
  },

  decide: {
    // What is up already stays as it is: a key held down must not make everybody's picture blink.
    take: ({ settings, current }, _actor, { item }) => {
      if (!settings.on) return refuse('activity_off')
      return current !== null && same(current.item, item) ? accept() : accept({ type: 'screen.taken', body: { item } })
    },
    clear: ({ current }) => (current === null || current.item === null ? accept() : accept({ type: 'screen.cleared', body: {} })),
    configure: (_state, _actor, { type: _, ...body }) => accept({ type: 'screen.configured', body }),
  },

  initial: (): ScreenState => ({ settings: { on: true }, current: null, previous: null, takes: [] }),
  apply(state, entry) {
    if (entry.type === 'screen.taken' || entry.type === 'screen.cleared') {
      const item = entry.type === 'screen.taken' ? itemOf(entry) : null
      state.previous = state.current
      state.current = { id: entry.seq, at: entry.at, item }
      state.takes.push(state.current)
    }
    if (entry.type === 'screen.configured') {
      const { on } = (entry.body ?? {}) as Partial<ScreenSettings>
      if (typeof on === 'boolean') state.settings = { on }
    }
  },
  concerns: () => [],

  publish({ type }, { settings, current, previous }): ToldScreen | undefined {
    if (type === 'screen.configured') return { type, settings }
    return type.startsWith('screen.') ? { type, current, previous } : undefined
  },
  snapshot: ({ settings, current, previous }): ScreenView => ({ settings, current, previous }),
  self: () => null,
  views: () => ({}),
  page: () => ({ items: [], nextCursor: null }),
  sheets: ({ takes }) => [
    {
      name: 'Screen',
      columns: ['Time', 'Shown', 'Title', 'Page', 'Link'],
      rows: takes.map((take) => {
        const { at, item } = take
        const isSlide = item?.kind === 'slide'
        return [{ time: at }, item?.kind ?? 'nothing', words(take), isSlide ? item.page : null, item?.kind === 'link' ? item.url : null]
      }),
    },
  ],
})

// Owns: what a client holds of the screen beside the video and in the room, and how what it is told changes that.
import type { ActivityView, Told } from '../activity.ts'

/** A slide carries all that its picture and its words need: the deck may be edited or deleted while it is shown. */
export type Slide = {
  readonly kind: 'slide'
  readonly imageId: string
  readonly title: string
  /** From 1. */
  readonly page: number
  readonly pages: number
  /** The prepared deck that it is of. */
  readonly deckId: string | null
}

/** What is shown of other activities is what those tell: the pinned question, the poll or quiz that is on, its leaderboard. */
export type ScreenItem =
  | Slide
  | { readonly kind: 'link'; readonly url: string; readonly title: string }
  | { readonly kind: 'question' | 'poll' | 'quiz' | 'leaderboard' }

/** What was taken. `id`: the seq of its entry. `at`: Unix milliseconds, the cue. `item` null: nothing is shown. */
export type ScreenTake = { readonly id: number; readonly at: number; readonly item: ScreenItem | null }

export type ScreenSettings = { readonly on: boolean }

/** `previous`: what a late picture still shows until it has come to the cue of `current`. */
export type ScreenView = {
  readonly settings: ScreenSettings
  readonly current: ScreenTake | null
  readonly previous: ScreenTake | null
}

export type ToldScreen = { readonly type: string; readonly settings?: ScreenSettings } & Partial<Pick<ScreenView, 'current' | 'previous'>>

export const screenView: ActivityView<ScreenView> = {
  reduce(view, told: Told) {
    const { settings = view.settings, current = view.current, previous = view.previous } = told as ToldScreen
    return { settings, current, previous }
  },
  merge: (view) => view,
}

// Owns: what a client holds of the announcements, and how what it is told changes that.
import type { ActivityView, Told } from '../activity.ts'
import { limits } from '../limits.ts'

export const announcementStyles = ['info', 'highlight', 'warning'] as const
export type AnnouncementStyle = (typeof announcementStyles)[number]

/** What the team says to everybody. `id`: the seq of its entry. `link`: https alone. */
export type Announcement = {
  readonly id: number
  readonly at: number
  readonly actorId: string
  readonly text: string
  readonly style: AnnouncementStyle
  readonly link?: { readonly url: string; readonly text: string }
}

/** `current`: the one that is shown. `past`: all that were made, newest first, that one included; told to the team alone. */
export type AnnouncementsView = {
  readonly current: Announcement | null
  readonly past: readonly Announcement[]
  /** Whether there are more of them to page. */
  readonly earlier: boolean
}

export type ToldAnnouncement = { readonly type: string; readonly current: Announcement | null; readonly made?: Announcement }

export const announcementsView: ActivityView<AnnouncementsView> = {
  reduce(view, item: Told) {
    const { current, made } = item as ToldAnnouncement
    if (made === undefined || view.past.some(({ id }) => id === made.id)) return { ...view, current }
    const past = [made, ...view.past]
    return { current, past: past.slice(0, limits.announcementWindow), earlier: view.earlier || past.length > limits.announcementWindow }
  },
  merge: (view) => view,
}

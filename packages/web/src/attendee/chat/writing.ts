// Owns: whether this attendee may write in the chat now, and why not: told before the server would refuse.
import { type ChatSelf, type ChatSettings, limits, nextPostAt, type StateRow } from '@voila/protocol'

/** `until`: Unix milliseconds when that ends by itself. */
export type Writing =
  | { readonly may: true }
  | { readonly may: false; readonly why: 'watching' | 'readOnly' | 'closed' | 'closedForNow' | 'muted'; readonly until?: number }

/** `watches`: a guest of a program at which guests watch. */
type Situation = {
  watches?: boolean
  activities: StateRow['activities']
  settings: ChatSettings
  self: ChatSelf
  onTeam: boolean
  now: number
}

/** The first reason that applies, in the order in which the server looks. */
export function writingOf({ watches = false, activities, settings, self, onTeam, now }: Situation): Writing {
  if (watches) return { may: false, why: 'watching' }
  if (activities === 'read-only') return { may: false, why: 'readOnly' }
  if (activities !== 'open' && !(activities === 'team' && onTeam)) return { may: false, why: 'closed' }
  const until = self.muted?.until
  if (self.muted !== null && (until === null || until === undefined || now < until)) {
    return { may: false, why: 'muted', ...(typeof until === 'number' ? { until } : {}) }
  }
  return settings.open || onTeam ? { may: true } : { may: false, why: 'closedForNow' }
}

/** When the next message may be sent (Unix milliseconds; the past: now), counting those on their way as sent. */
export function sendableAt(self: ChatSelf, settings: ChatSettings, more: { onTeam: boolean; onTheirWay: readonly number[] }): number {
  if (more.onTeam) return 0
  const posts = [...self.posts, ...more.onTheirWay].sort((a, b) => a - b)
  return nextPostAt(posts, settings)
}

/** Until when an own message may be edited (Unix milliseconds; 0: not at all). */
export function editableUntil(
  message: { at: number; held: boolean },
  { settings, onTeam }: { settings: ChatSettings; onTeam: boolean },
): number {
  return settings.review && !message.held && !onTeam ? 0 : message.at + limits.chatEditMs
}

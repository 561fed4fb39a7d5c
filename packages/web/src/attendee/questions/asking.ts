// Owns: whether this attendee may ask now, and why not: told before the server would refuse.
import { type ChatSelf, limits, type QuestionsSelf, type QuestionsSettings, type StateRow } from '@voila/protocol'

/** `until`: Unix milliseconds when that ends by itself. */
export type Asking =
  | { readonly may: true }
  | { readonly may: false; readonly why: 'watching' | 'readOnly' | 'closed' | 'closedForNow' | 'muted' | 'full'; readonly until?: number }

type Situation = {
  /** A guest of a program at which guests watch. */
  watches: boolean
  activities: StateRow['activities']
  settings: QuestionsSettings
  self: QuestionsSelf
  /** As the chat says it. */
  muted: ChatSelf['muted']
  onTeam: boolean
  now: number
}

/** The first reason that applies, in the order in which the server looks. */
export function askingOf({ watches, activities, settings, self, muted, onTeam, now }: Situation): Asking {
  if (watches) return { may: false, why: 'watching' }
  if (activities === 'read-only') return { may: false, why: 'readOnly' }
  if (activities !== 'open' && !(activities === 'team' && onTeam)) return { may: false, why: 'closed' }
  if (muted !== null && (muted.until === null || now < muted.until)) {
    return { may: false, why: 'muted', ...(muted.until === null ? {} : { until: muted.until }) }
  }
  if (onTeam) return { may: true }
  if (!settings.open) return { may: false, why: 'closedForNow' }
  return self.own.length >= limits.questionsPerAttendee ? { may: false, why: 'full' } : { may: true }
}

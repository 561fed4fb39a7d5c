// Owns: what a client holds of who of the team looks at what, and how what it is told changes that.
import type { ActivityView, Told } from '../activity.ts'

/** Who looks at something that waits, and since when (Unix milliseconds). */
export type Claim = { readonly actorId: string; readonly at: number }

/** By {@link claimKey}. What is in no queue any more may still be here. */
export type ModerationView = { readonly claims: Readonly<Record<string, Claim>> }

export type ToldModeration = { readonly type: string; readonly claims: ModerationView['claims'] }

/** An item that waits in an activity, as claims name it. */
export const claimKey = (activity: string, item: number): string => `${activity}:${item}`

export const moderationView: ActivityView<ModerationView> = {
  reduce: (view, item: Told) => ({ ...view, claims: (item as ToldModeration).claims }),
  merge: (view) => view,
}

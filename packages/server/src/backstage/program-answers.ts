// Owns: how a program is shown over REST.
import { type ActivityOptions, fullOptions, type Program, type ProgramActivities, type ProgramSummary } from '@voila/protocol'
import type { ProgramRow } from '../store/schema.ts'

/** What an attendee may know. */
export function summaryOf(row: ProgramRow): ProgramSummary {
  return {
    id: row.id,
    title: row.title,
    description: row.description,
    state: row.state,
    startsAt: new Date(row.starts_at).toISOString(),
    language: row.language,
    ...looksOf(row),
    guests: guestsOf(row),
    cueTiming: row.cue_timing === 1,
  }
}

/** How its pages look. Paths, so that they hold under whatever name the platform is reached. */
export function looksOf(row: Pick<ProgramRow, 'accent' | 'cover_id' | 'logo_id'>): Pick<ProgramSummary, 'accent' | 'coverUrl' | 'logoUrl'> {
  const url = (id: string | null): string | null => (id === null ? null : `/images/${id}`)
  return { accent: row.accent, coverUrl: url(row.cover_id), logoUrl: url(row.logo_id) }
}

/** Whether people without a token get in, and what they do there. */
export function guestsOf({ access, anonymous }: Pick<ProgramRow, 'access' | 'anonymous'>): ProgramSummary['guests'] {
  return access === 'public' ? anonymous : 'none'
}

/** What it sets of its activities. */
export function activitiesOf(row: Pick<ProgramRow, 'activity_options' | 'blocked_words'>): ProgramActivities {
  return { activities: JSON.parse(row.activity_options) as ActivityOptions, blockedWords: JSON.parse(row.blocked_words) as string[] }
}

/** The origins whose pages may embed the player. */
export function embedOriginsOf(row: Pick<ProgramRow, 'embed_origins'>): string[] {
  return JSON.parse(row.embed_origins) as string[]
}

/** What is so of a program at this moment, and not in its row. */
export type Moment = { readonly viewers: number; readonly live: boolean }

/** What the organization is told. `baseUrl`: where people open the website. */
export function programAnswer(row: ProgramRow, { baseUrl, viewers, live }: Moment & { baseUrl: string }): Program {
  const { activities, blockedWords } = activitiesOf(row)
  return {
    ...summaryOf(row),
    organizationId: row.organization_id,
    signInUrl: row.sign_in_url,
    embedOrigins: embedOriginsOf(row),
    partnerKeys: row.partner_keys === 1,
    saml: row.saml === 1,
    access: row.access,
    anonymous: row.anonymous,
    tokenUse: row.token_use,
    concurrency: row.concurrency,
    atExpiry: row.at_expiry,
    doorsMinutes: row.doors_minutes,
    activities: fullOptions(activities),
    blockedWords: [...blockedWords],
    timeZone: row.time_zone,
    createdAt: new Date(row.created_at).toISOString(),
    stateSince: new Date(row.state_since).toISOString(),
    attendeeUrl: `${baseUrl}/${row.id}`,
    version: row.version,
    viewers,
    live,
  }
}

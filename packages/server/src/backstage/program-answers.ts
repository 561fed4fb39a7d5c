// Owns: how a program is shown over REST.
import type { Program, ProgramSummary } from '@voila/protocol'
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
  }
}

/** The origins whose pages may embed the player. */
export function embedOriginsOf(row: Pick<ProgramRow, 'embed_origins'>): string[] {
  return JSON.parse(row.embed_origins) as string[]
}

/** What the organization is told. `baseUrl`: where people open the website. */
export function programAnswer(row: ProgramRow, baseUrl: string): Program {
  return {
    ...summaryOf(row),
    organizationId: row.organization_id,
    signInUrl: row.sign_in_url,
    embedOrigins: embedOriginsOf(row),
    createdAt: new Date(row.created_at).toISOString(),
    attendeeUrl: `${baseUrl}/${row.id}`,
  }
}

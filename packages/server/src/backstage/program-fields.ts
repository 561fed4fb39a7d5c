// Owns: the fields of a program that people set: how they are kept, and what an edit changes of them.
import { randomInt } from 'node:crypto'
import { type ActivityOptions, type ProgramPatch, type ProgramRequest, withOptions } from '@voila/protocol'
import type { z } from 'zod'
import { folded } from '../store/folded.ts'
import type { ProgramRow } from '../store/schema.ts'
import { liveRun } from './runs.ts'

const idCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const idLength = 12

function newProgramId(): string {
  return Array.from({ length: idLength }, () => idCharacters[randomInt(idCharacters.length)]).join('')
}

type Fields = Pick<
  ProgramRow,
  | 'title'
  | 'title_folded'
  | 'description'
  | 'language'
  | 'starts_at'
  | 'sign_in_url'
  | 'embed_origins'
  | 'partner_keys'
  | 'saml'
  | 'access'
  | 'anonymous'
  | 'token_use'
  | 'concurrency'
  | 'at_expiry'
  | 'doors_minutes'
  | 'activity_options'
  | 'blocked_words'
  | 'cue_timing'
  | 'accent'
  | 'time_zone'
>

/** The columns of what was given; a field that is absent stays as it is, and so does an option of an activity. */
function fieldsOf(given: z.infer<typeof ProgramPatch>, { activity_options }: Pick<ProgramRow, 'activity_options'>): Partial<Fields> {
  return {
    ...(given.title === undefined ? {} : { title: given.title, title_folded: folded(given.title) }),
    ...(given.description === undefined ? {} : { description: given.description }),
    ...(given.language === undefined ? {} : { language: given.language }),
    ...(given.startsAt === undefined ? {} : { starts_at: Date.parse(given.startsAt) }),
    ...(given.signInUrl === undefined ? {} : { sign_in_url: given.signInUrl }),
    ...(given.embedOrigins === undefined ? {} : { embed_origins: JSON.stringify(given.embedOrigins) }),
    ...(given.partnerKeys === undefined ? {} : { partner_keys: given.partnerKeys ? 1 : 0 }),
    ...(given.saml === undefined ? {} : { saml: given.saml ? 1 : 0 }),
    ...(given.access === undefined ? {} : { access: given.access }),
    ...(given.anonymous === undefined ? {} : { anonymous: given.anonymous }),
    ...(given.tokenUse === undefined ? {} : { token_use: given.tokenUse }),
    ...(given.concurrency === undefined ? {} : { concurrency: given.concurrency }),
    ...(given.atExpiry === undefined ? {} : { at_expiry: given.atExpiry }),
    ...(given.doorsMinutes === undefined ? {} : { doors_minutes: given.doorsMinutes }),
    ...(given.activities === undefined
      ? {}
      : { activity_options: JSON.stringify(withOptions(JSON.parse(activity_options) as ActivityOptions, given.activities)) }),
    ...(given.blockedWords === undefined ? {} : { blocked_words: JSON.stringify([...new Set(given.blockedWords)]) }),
    ...(given.cueTiming === undefined ? {} : { cue_timing: given.cueTiming ? 1 : 0 }),
    ...(given.accent === undefined ? {} : { accent: given.accent }),
    ...(given.timeZone === undefined ? {} : { time_zone: given.timeZone }),
  }
}

/** What an edit changes of a row: nothing where it says what is so already. */
export function changesOf(row: ProgramRow, given: z.infer<typeof ProgramPatch>): Partial<ProgramRow> {
  const fields = Object.entries(fieldsOf(given, row)).filter(([name, value]) => row[name as keyof Fields] !== value)
  return fields.length === 0 ? {} : { ...Object.fromEntries(fields), version: row.version + 1 }
}

/** A draft in which nothing has happened yet. `at`: Unix milliseconds. */
export function newProgram(
  request: z.infer<typeof ProgramRequest>,
  { organizationId, at }: { organizationId: string; at: number },
): ProgramRow {
  return {
    id: newProgramId(),
    organization_id: organizationId,
    title: request.title,
    title_folded: folded(request.title),
    description: '',
    language: 'en',
    starts_at: Date.parse(request.startsAt),
    sign_in_url: null,
    embed_origins: '[]',
    partner_keys: 1,
    saml: 0,
    access: 'private',
    anonymous: 'name',
    token_use: 'many',
    concurrency: 'unlimited',
    at_expiry: 'keep',
    doors_minutes: null,
    activity_options: '{}',
    blocked_words: '[]',
    cue_timing: 1,
    accent: null,
    time_zone: 'UTC',
    ...fieldsOf(request, { activity_options: '{}' }),
    version: 1,
    cover_id: null,
    logo_id: null,
    state: 'draft',
    state_since: at,
    run: liveRun,
    last_run: liveRun,
    stream_key_version: 1,
    backup_key_version: 1,
    stream_choice: 'auto',
    feed_node: null,
    first_fed_at: null,
    created_at: at,
    changed_at: at,
    deleted_at: null,
  }
}

/** A new draft with the settings of another program, and none of what happened there. Its pictures are another's rows: they are copied after it. */
export function duplicateOf(
  row: ProgramRow,
  { title, startsAt, at }: { title?: string | undefined; startsAt?: string | undefined; at: number },
): ProgramRow {
  const request = { title: title ?? row.title, startsAt: startsAt ?? new Date(row.starts_at).toISOString() }
  const { description, language, sign_in_url, embed_origins, partner_keys, saml, accent, time_zone } = row
  const { access, anonymous, token_use, concurrency, at_expiry, doors_minutes, activity_options, blocked_words, cue_timing } = row
  return {
    ...newProgram(request, { organizationId: row.organization_id, at }),
    description,
    language,
    sign_in_url,
    embed_origins,
    partner_keys,
    saml,
    access,
    anonymous,
    token_use,
    concurrency,
    at_expiry,
    doors_minutes,
    activity_options,
    blocked_words,
    cue_timing,
    accent,
    time_zone,
  }
}

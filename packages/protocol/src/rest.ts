// Owns: what may be asked of the REST API about programs, keys and entering. Times are RFC 3339. Answers are in answers.ts.
import { z } from 'zod'
import { ActivityOptionsPatch } from './activity-options.ts'
import { BlockedWords } from './blocked-words.ts'
import { limits } from './limits.ts'
import { cleanText, line } from './text.ts'

const HttpUrl = z.url({ protocol: /^https?$/ }).max(limits.urlUnits)
const Instant = z.iso.datetime({ offset: true })
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== undefined
  } catch {
    return false
  }
}
/** What a browser calls an origin: scheme, host in ASCII and lower case, port where it is not the usual one; nothing after it. */
const originPattern = /^https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)(:\d{1,5})?$/
const Origin = z.string().max(limits.originUnits).regex(originPattern)

/** The addresses of pages that may embed the player. */
export const EmbedOrigins = z.array(Origin).max(limits.embedOrigins)

const Search = z.string().max(limits.titleUnits).transform(cleanText)

export const AdmissionRequest = z.strictObject({
  token: z.string().optional(),
  name: line(limits.guestNameUnits)
    .optional()
    .describe('How a guest of a public program is called. Counts for nothing where a token is good.'),
})
export const RenewalRequest = z.strictObject({
  token: z
    .string()
    .optional()
    .describe('A newer token of the same attendee for the same program. A browser that comes by its cookie needs none.'),
})

export const OrganizationRequest = z.strictObject({ name: line(limits.nameUnits) })

export const PartnerKeyRequest = z.strictObject({
  name: line(limits.nameUnits),
  pem: z.string().describe('SPKI PEM of the public half, BEGIN and END lines included.'),
  days: z.int().min(1).max(3650).optional().describe('How long it is valid; 365 where it is not given.'),
  allowedRoles: z
    .array(z.enum(['ROLE_ATTENDEE', 'ROLE_MODERATOR']))
    .min(1)
    .optional()
    .describe('Roles that its tokens may give; ROLE_ATTENDEE alone where it is not given.'),
})
/** Name and roles alone: what a key is can't be changed, only replaced. */
export const PartnerKeyPatch = z
  .strictObject({ name: line(limits.nameUnits), allowedRoles: z.array(z.enum(['ROLE_ATTENDEE', 'ROLE_MODERATOR'])).min(1) })
  .partial()
export const RetireKeyRequest = z.strictObject({ until: Instant })

const programFields = {
  activities: ActivityOptionsPatch.describe(
    'Options of activities; those that are absent stay as they are. A run that is there changes with them.',
  ),
  blockedWords: BlockedWords.describe('Words and phrases: what attendees write with one of them waits for the team.'),
  cueTiming: z.boolean().describe('Whether what the team launches is shown when the picture has come to it, rather than at once.'),
  title: line(limits.titleUnits),
  description: z.string().transform(cleanText).pipe(z.string().max(limits.descriptionUnits)),
  startsAt: Instant,
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .describe('BCP 47.'),
  signInUrl: HttpUrl.nullable().describe('Where people get a new token, on your own site.'),
  embedOrigins: EmbedOrigins.describe('Origins of the pages that may embed the player, beside those of the organization.'),
  partnerKeys: z.boolean().describe('Whether tokens signed with partner keys are admitted.'),
  saml: z.boolean().describe('Whether people sign in with their company account, where the organization has connected one.'),
  access: z
    .enum(['private', 'public'])
    .describe('public: whoever has the address gets in, as a guest; tokens and company accounts still say who somebody is.'),
  anonymous: z.enum(['name', 'watch']).describe('What guests of a public program do: choose a name and take part, or watch.'),
  tokenUse: z.enum(['many', 'once']).describe('once: a token lets one browser in, which may come back.'),
  concurrency: z
    .enum(['unlimited', 'newest', 'refuse'])
    .describe('In how many places an attendee may be: any; one, where the newest counts; one, where a second is refused.'),
  atExpiry: z.enum(['keep', 'end']).describe('What becomes of whoever is in when his token runs out.'),
  doorsMinutes: z
    .int()
    .min(0)
    .max(limits.doorsMinutes)
    .nullable()
    .describe('How early before the start attendees may enter. Null: as soon as it is scheduled.'),
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable()
    .describe('#rrggbb; pages move it until text on it reads. Null: the platform’s own.'),
  timeZone: z
    .string()
    .max(limits.nameUnits)
    .refine(isTimeZone, 'is not a time zone')
    .describe('IANA name of the zone that the team thinks in; shown beside the reader’s own.'),
}
export const ProgramRequest = z.strictObject({
  title: programFields.title,
  startsAt: programFields.startsAt,
  description: programFields.description.optional(),
  language: programFields.language.optional(),
  signInUrl: programFields.signInUrl.optional(),
  embedOrigins: programFields.embedOrigins.optional(),
  activities: programFields.activities.optional(),
  blockedWords: programFields.blockedWords.optional(),
  cueTiming: programFields.cueTiming.optional(),
  partnerKeys: programFields.partnerKeys.optional(),
  saml: programFields.saml.optional(),
  access: programFields.access.optional(),
  anonymous: programFields.anonymous.optional(),
  tokenUse: programFields.tokenUse.optional(),
  concurrency: programFields.concurrency.optional(),
  atExpiry: programFields.atExpiry.optional(),
  doorsMinutes: programFields.doorsMinutes.optional(),
  accent: programFields.accent.optional(),
  timeZone: programFields.timeZone.optional(),
})
/** Query of a list of programs. */
export const ProgramQuery = z.object({
  search: Search.optional().describe('A part of the title, or a whole id.'),
  state: z.string().max(100).optional().describe('One or more, joined by commas.'),
})
/** Query of a list of people. */
export const AudienceQuery = z.object({ search: Search.optional().describe('A part of what one is told of them.') })
/** A new draft with the same settings, and none of what happened. */
export const DuplicateRequest = z.strictObject({ title: programFields.title.optional(), startsAt: programFields.startsAt.optional() })
/** auto: the primary feed while it is there, else the backup. */
export const StreamInputRequest = z.strictObject({ input: z.enum(['auto', 'primary', 'backup']) })
export const imageKinds = ['cover', 'logo'] as const
export type ImageKind = (typeof imageKinds)[number]
export const ProgramPatch = z.strictObject(programFields).partial()
/** `name`: where it hangs, so that the right one can be revoked. */
export const ScreenLinkRequest = z.strictObject({ name: line(limits.nameUnits) })

export const StateRequest = z.strictObject({ to: z.enum(['draft', 'scheduled', 'rehearsal', 'live', 'ended', 'archived']) })
/** keepOut: the attendee is also refused from now on, at this program. */
export const EndVisitRequest = z.strictObject({ keepOut: z.boolean().optional(), reason: line(limits.reasonUnits).optional() })
export const StreamKeyRequest = z.strictObject({ rotate: z.enum(['primary', 'backup', 'both']).optional() })

/** native: for players that can't renew addresses; lasts as long as the session. */
export const MediaRequest = z.strictObject({ kind: z.enum(['short', 'native']) })

/** A file of what happened in an activity. */
export const ExportQuery = z.object({
  format: z.enum(['csv', 'xlsx']).default('csv').describe('csv: one sheet. xlsx: all of them.'),
  sheet: z.string().max(100).optional().describe('The name of the sheet; the first where it is not given. For csv.'),
  run: z.coerce.number().int().min(1).optional().describe('Which run: the one that is shown where it is not given.'),
})

// Owns: the shapes of what the REST API answers, in the words of its documentation. What may be asked is in rest.ts and backstage.ts.
import { z } from 'zod'
import { ActivityOptionsAnswer } from './activity-options.ts'
import { checklistSteps } from './backstage.ts'
import { type ErrorCode, errors } from './errors.ts'
import { memberRoles, type Permission, permissionNames } from './permissions.ts'
import { type ProgramState, programStates } from './program.ts'

const Instant = z.iso.datetime()
const Count = z.int().min(0)
const Role = z.enum(memberRoles)
const State = z.enum(Object.keys(programStates) as [ProgramState, ...ProgramState[]])
const Code = z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]])

/** A page of a list, newest first where nothing else is said; `nextCursor` is null on the last. */
export const listOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), nextCursor: z.string().nullable() })
export type ListAnswer<Item> = { items: Item[]; nextCursor: string | null }

/** RFC 9457. */
export const ProblemAnswer = z
  .object({
    type: z.string().describe('A path on the platform, to a page about this code.'),
    title: z.string().describe('One or two sentences that a viewer may read.'),
    status: z.int(),
    code: Code,
    traceId: z.string().describe('Stands in the log, and in the header x-trace-id.'),
    detail: z.string().exactOptional().describe('What is wrong, for the team alone.'),
    retryAfterMs: z.int().exactOptional().describe('Also in the header Retry-After, in seconds.'),
    signInUrl: z.string().exactOptional().describe('Where an attendee gets a new token.'),
    samlUrl: z.string().exactOptional().describe('Where he signs in with his company account: a path on the platform.'),
    opensAt: Instant.exactOptional().describe('When the doors open.'),
    tokenRefused: Code.exactOptional().describe('Why the token counted for nothing, where he may enter without one.'),
  })
  .describe('Why something is refused.')

export const ProgramSummary = z
  .object({
    id: z.string().describe('What tokens call eventId: 12 lower-case letters and digits.'),
    title: z.string(),
    description: z.string(),
    state: State,
    startsAt: Instant,
    language: z.string().describe('BCP 47.'),
    accent: z.string().nullable().describe('#rrggbb, or null for the platform’s own.'),
    coverUrl: z.string().nullable().describe('A path on the platform.'),
    logoUrl: z.string().nullable().describe('A path on the platform.'),
    guests: z.enum(['none', 'name', 'watch']).describe('Whether people without a token get in, and what they do: take part, or watch.'),
    cueTiming: z.boolean().describe('Whether what the team launches is shown when the picture has come to it, rather than at once.'),
  })
  .describe('What an attendee may know of a program.')
export type ProgramSummary = z.infer<typeof ProgramSummary>

export const Program = z
  .object({
    ...ProgramSummary.shape,
    organizationId: z.string(),
    signInUrl: z.string().nullable(),
    embedOrigins: z.array(z.string()),
    partnerKeys: z.boolean().describe('Whether tokens signed with partner keys are admitted.'),
    saml: z.boolean().describe('Whether people sign in with their company account.'),
    access: z.enum(['private', 'public']),
    anonymous: z.enum(['name', 'watch']),
    tokenUse: z.enum(['many', 'once']),
    concurrency: z.enum(['unlimited', 'newest', 'refuse']),
    atExpiry: z.enum(['keep', 'end']),
    doorsMinutes: z.int().nullable().describe('How early before the start attendees may enter.'),
    activities: ActivityOptionsAnswer,
    blockedWords: z.array(z.string()),
    timeZone: z.string().describe('IANA name of the zone that the team thinks in.'),
    createdAt: Instant,
    stateSince: Instant,
    attendeeUrl: z.string().describe('Where people with a token come in: attendeeUrl?token=…'),
    version: z.int().describe('Grows with every edit; the ETag of the program, for If-Match.'),
    viewers: Count.describe('Attendees who are there now.'),
    live: z.boolean().describe('Whether a feed is there.'),
  })
  .describe('A program, as its team sees it.')
export type Program = z.infer<typeof Program>

export const AttendeeSummary = z.object({
  id: z.string(),
  displayName: z.string(),
  givenName: z.string(),
  familyName: z.string().nullable(),
  roles: z.array(z.string()),
  guest: z.literal(true).exactOptional().describe('Came without a token, under a name of his own choice.'),
})
export type AttendeeSummary = z.infer<typeof AttendeeSummary>

export const MediaAnswer = z
  .object({ url: z.string().describe('Of a playlist, HLS.'), expiresAt: Instant })
  .describe('An address of the picture, for one session and a short time. It leads somewhere while the program’s state shows a picture.')
export type MediaAnswer = z.infer<typeof MediaAnswer>

/** Answer 201 of `POST /api/programs/:programId/sessions`. */
export const AdmissionAnswer = z.object({
  session: z.object({ token: z.string().describe('vs_…, shown once.'), expiresAt: Instant }),
  attendee: AttendeeSummary,
  program: ProgramSummary,
  media: MediaAnswer,
  tokenRefused: Code.exactOptional().describe('Why the token counted for nothing, where a guest was let in all the same.'),
})
export type AdmissionAnswer = z.infer<typeof AdmissionAnswer>

/** Answer of `GET /api/programs/:programId/session`: the same for somebody who is in already. */
export const SessionAnswer = z.object({ ...AdmissionAnswer.shape, session: z.object({ expiresAt: Instant }) })
export type SessionAnswer = z.infer<typeof SessionAnswer>

/** What the page is told of the way in, where somebody has no session yet. */
export type DoorFacts = {
  readonly guests: ProgramSummary['guests']
  /** The page's address brings a token that the page hands on by itself: it lets in once, and links are looked at by machines. */
  readonly exchanges?: true
  /** Why the token that the address brought counted for nothing. */
  readonly tokenRefused?: ErrorCode
  readonly signInUrl?: string
  readonly samlUrl?: string
}

export const CommandAnswer = z
  .object({ id: z.string(), seq: z.int().describe('Of the entry in the program’s log.') })
  .describe('The command was carried out.')
/** How an actor is shown. `team`: a member, or an attendee with ROLE_MODERATOR. */
const Person = z.object({
  id: z.string(),
  displayName: z.string(),
  team: z.literal(true).exactOptional(),
  guest: z.literal(true).exactOptional(),
})
export const HistoryAnswer = z
  .object({
    ...listOf(z.looseObject({ id: z.int().describe('The seq of the entry that made it.'), at: z.int().describe('Unix milliseconds.') }))
      .shape,
    people: z.array(Person).describe('Those whom the entries name.'),
  })
  .describe('Older entries of an activity, in its own shape.')

export const TeamActionAnswer = z
  .object({
    seq: z.int().describe('Of its entry in the program log.'),
    at: Instant,
    type: z.string().describe('Of the entry, like chat.approved.'),
    says: z.string(),
    actorId: z.string().describe('system: the platform itself, by what the program sets.'),
    actorName: z.string().nullable(),
    attendeeName: z.string().nullable().describe('To whom it was done.'),
    text: z.string().nullable().describe('The words to which it was done.'),
  })
  .describe('Something that the team did in an activity.')
export type TeamActionAnswer = z.infer<typeof TeamActionAnswer>

export const Organization = z.object({
  id: z.string(),
  name: z.string(),
  embedOrigins: z.array(z.string()).describe('Origins of the pages that may embed the player of each of its programs.'),
  createdAt: Instant,
})
export type Organization = z.infer<typeof Organization>

const Verdicts = z.object({ accepted: Count, refused: Count })
export const PartnerKeyAnswer = z
  .object({
    kid: z.string().describe('What the header of a token calls kid.'),
    name: z.string(),
    organizationId: z.string(),
    state: z.enum(['active', 'retiring', 'expired', 'revoked']),
    thumbprint: z.string().describe('RFC 7638.'),
    pem: z.string(),
    allowedRoles: z.array(z.string()),
    createdAt: Instant,
    notAfter: Instant,
    retireAt: Instant.nullable(),
    lastUsedAt: Instant.nullable(),
    ...Verdicts.shape,
    lastDay: Verdicts.describe('The same of the last 24 hours.'),
    openSessions: Count.describe('Sessions that revoking it would end.'),
  })
  .describe('A public key with which the organization’s server signs tokens.')
export type PartnerKeyAnswer = z.infer<typeof PartnerKeyAnswer>

export const RefusalAnswer = z
  .object({
    at: Instant,
    code: z.string(),
    claim: z.string().nullable(),
    kid: z.string().nullable(),
    programId: z.string(),
    subject: z.string().nullable().describe('Given only where the signature was good.'),
  })
  .describe('A token that was refused. The token itself is not kept.')
export type RefusalAnswer = z.infer<typeof RefusalAnswer>

export const AttendeeAnswer = z
  .object({
    id: z.string(),
    displayName: z.string(),
    givenName: z.string(),
    familyName: z.string().nullable(),
    email: z.string().nullable(),
    moderates: z.boolean(),
    guest: z.literal(true).exactOptional().describe('Came without a token.'),
    firstAt: Instant,
    lastAt: Instant,
  })
  .describe('A stable pseudonym and no address where sharing was not agreed to.')
export type AttendeeAnswer = z.infer<typeof AttendeeAnswer>

export const AudienceAnswer = z
  .object({ ...AttendeeAnswer.shape, since: Instant, sessions: Count.describe('How many of this attendee’s sessions are there.') })
  .describe('An attendee who is there now.')
export type AudienceAnswer = z.infer<typeof AudienceAnswer>

export const AudienceCurve = z
  .object({
    points: z
      .array(z.object({ at: Instant, count: Count }))
      .describe('Oldest first; at most one for every ten seconds, fewer over long shows.'),
    now: Count,
    peak: Count,
    total: Count.describe('Different attendees.'),
  })
  .describe('How many attendees were there, over time.')
export type AudienceCurve = z.infer<typeof AudienceCurve>

const Input = z.enum(['primary', 'backup'])
export type StreamInput = z.infer<typeof Input>
export const StreamInputAnswer = z
  .object({
    state: z
      .enum(['absent', 'silent', 'standby', 'live'])
      .describe('absent: nobody publishes. silent: connected, and nothing comes. standby: good, and not shown. live: shown.'),
    connectedSince: Instant.nullable(),
    codec: z.string().nullable().describe('RFC 6381, picture and sound: avc1.64001f,mp4a.40.2'),
    width: z.int().nullable(),
    height: z.int().nullable(),
    fps: z.number().nullable().describe('Frames a second.'),
    bitrate: z.number().nullable().describe('Bits a second, of what arrives.'),
    keyFrameIntervalSeconds: z.number().nullable(),
    driftMs: z.number().nullable().describe('How much later than at the start the feed arrives; negative when it runs ahead.'),
  })
  .describe('What one encoder sends; null is not known yet.')
export type StreamInputAnswer = z.infer<typeof StreamInputAnswer>
export const StreamAdvice = z
  .object({
    level: z.enum(['problem', 'warning', 'hint']).describe('problem: viewers notice it. warning: they may soon. hint: it could be better.'),
    code: z.string(),
    says: z.string(),
  })
  .describe('What a producer should know.')
export type StreamAdvice = z.infer<typeof StreamAdvice>
export const StreamHealthAnswer = z.object({
  live: z.boolean().describe('Whether a feed is there.'),
  shown: Input.nullable().describe('The input that it comes from.'),
  choice: z.enum(['auto', 'primary', 'backup']),
  inputs: z.object({ primary: StreamInputAnswer, backup: StreamInputAnswer }),
  recording: z.boolean(),
  advice: z.array(StreamAdvice).describe('The gravest first.'),
  lastProblem: z
    .object({ code: z.string(), says: z.string(), at: Instant })
    .nullable()
    .describe('The last thing that went wrong, also when it is over.'),
})
export type StreamHealthAnswer = z.infer<typeof StreamHealthAnswer>

export const StreamKeyAnswer = z.object({
  rtmpUrl: z.string(),
  rtmpsUrl: z.string().nullable(),
  streamKey: z.string(),
  backupStreamKey: z.string(),
})
export type StreamKeyAnswer = z.infer<typeof StreamKeyAnswer>

export const RecordingAnswer = z.object({
  id: z.string(),
  startedAt: Instant,
  durationSeconds: z.number(),
  sizeBytes: Count,
  complete: z.boolean().describe('False while it is being written.'),
})
export type RecordingAnswer = z.infer<typeof RecordingAnswer>

export const MeAnswer = z
  .object({
    user: z.object({ id: z.string(), name: z.string(), email: z.string(), twoFactorEnabled: z.boolean() }),
    organizations: z.array(z.object({ id: z.string(), name: z.string(), role: Role })),
  })
  .describe('Who is signed in, and where he or she is a member.')
export type MeAnswer = z.infer<typeof MeAnswer>
export const SetupAnswer = z.object({
  open: z.boolean().describe('Whether the first owner has yet to be made.'),
  mail: z.boolean().describe('Whether this server can send mail.'),
})
export type SetupAnswer = z.infer<typeof SetupAnswer>
export const LinkMade = z.object({ url: z.string().describe('Shown once.'), expiresAt: Instant })
export type LinkMade = z.infer<typeof LinkMade>

export const MemberAnswer = z.object({
  id: z.string().describe('The user’s.'),
  name: z.string(),
  email: z.string(),
  role: Role,
  twoFactorEnabled: z.boolean(),
  since: Instant,
})
export type MemberAnswer = z.infer<typeof MemberAnswer>
export const InvitationAnswer = z.object({
  id: z.string(),
  email: z.string(),
  role: Role,
  invitedBy: z.string().nullable(),
  createdAt: Instant,
  expiresAt: Instant,
})
export type InvitationAnswer = z.infer<typeof InvitationAnswer>
/** Answer 201 of `POST …/invitations`. */
export const InvitationMade = z.object({
  invitation: InvitationAnswer,
  url: z.string().describe('Shown once.'),
  mailed: z.boolean().describe('Whether it was also sent by mail.'),
})
export type InvitationMade = z.infer<typeof InvitationMade>
export const InvitationSeen = z.object({
  organizationName: z.string(),
  email: z.string(),
  role: Role,
  hasAccount: z.boolean().describe('True: its holder signs in rather than choosing a password.'),
})
export type InvitationSeen = z.infer<typeof InvitationSeen>

export const ApiKeyAnswer = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string().describe('The first characters, by which a person tells keys apart.'),
  scopes: z.array(z.enum(permissionNames as [Permission, ...Permission[]])),
  createdAt: Instant,
  createdBy: z.string().nullable(),
  lastUsedAt: Instant.nullable(),
  revokedAt: Instant.nullable(),
})
export type ApiKeyAnswer = z.infer<typeof ApiKeyAnswer>
/** Answer 201 of `POST …/api-keys`. */
export const ApiKeyMade = z.object({ apiKey: ApiKeyAnswer, key: z.string().describe('vk_…, shown once.') })
export type ApiKeyMade = z.infer<typeof ApiKeyMade>

export const AuditActor = z
  .object({
    kind: z.enum(['member', 'api-key', 'administration']),
    id: z.string().nullable(),
    name: z.string().describe('As it was at that time.'),
  })
  .describe('Who changed something: a member, an API key, or the holder of the administration secret.')
export type AuditActor = z.infer<typeof AuditActor>
export const AuditAnswer = z.object({
  id: z.string(),
  at: Instant,
  actor: AuditActor,
  action: z.string().describe('Like program.changed.'),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }),
  before: z.record(z.string(), z.unknown()).nullable().describe('Only the fields that changed; no secret is ever among them.'),
  after: z.record(z.string(), z.unknown()).nullable(),
  from: z.string().describe('Address of the client, as the proxies tell.'),
})
export type AuditAnswer = z.infer<typeof AuditAnswer>

const ticks = Object.fromEntries(checklistSteps.map((step) => [step, z.boolean()])) as Record<(typeof checklistSteps)[number], z.ZodBoolean>
export const ChecklistAnswer = z.object(ticks).describe('What a new organization does first, ticked by what has happened.')
export type ChecklistAnswer = z.infer<typeof ChecklistAnswer>

export const ScreenLinkAnswer = z
  .object({
    id: z.string(),
    programId: z.string(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable().describe('To the minute.'),
    revokedAt: z.iso.datetime().nullable(),
  })
  .describe('A link to the big screen of a program; its secret is told once.')
export type ScreenLinkAnswer = z.infer<typeof ScreenLinkAnswer>
export const ScreenLinkMade = z.object({ link: ScreenLinkAnswer, url: z.string().describe('Opens the screen; told this once.') })

export const SlideAnswer = z.object({ imageId: z.string() }).describe('The picture of a slide, to be put into a deck.')
export type SlideAnswer = z.infer<typeof SlideAnswer>

// Owns: the shapes of the REST API. Times are RFC 3339 UTC; lists are `{items, nextCursor}`.
import { z } from 'zod'
import { limits } from './limits.ts'
import type { ProgramState } from './program.ts'
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

export const AdmissionRequest = z.strictObject({ token: z.string() })

export const OrganizationRequest = z.strictObject({ name: line(limits.nameUnits) })

export const PartnerKeyRequest = z.strictObject({
  name: line(limits.nameUnits),
  /** SPKI PEM of the public half, BEGIN and END lines included. */
  pem: z.string(),
  /** Default 365. */
  days: z.int().min(1).max(3650).optional(),
  /** Default ROLE_ATTENDEE alone. */
  allowedRoles: z
    .array(z.enum(['ROLE_ATTENDEE', 'ROLE_MODERATOR']))
    .min(1)
    .optional(),
})
/** Name and roles alone: what a key is can't be changed, only replaced. */
export const PartnerKeyPatch = z
  .strictObject({ name: line(limits.nameUnits), allowedRoles: z.array(z.enum(['ROLE_ATTENDEE', 'ROLE_MODERATOR'])).min(1) })
  .partial()
export const RetireKeyRequest = z.strictObject({ until: Instant })

const programFields = {
  title: line(limits.titleUnits),
  description: z.string().transform(cleanText).pipe(z.string().max(limits.descriptionUnits)),
  startsAt: Instant,
  /** BCP 47. */
  language: z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
  signInUrl: HttpUrl.nullable(),
  /** Origins of the pages that may embed the player; none by default. */
  embedOrigins: z.array(Origin).max(limits.embedOrigins),
  /** Whether tokens signed with partner keys are admitted. */
  partnerKeys: z.boolean(),
  /** `#rrggbb`; pages move it until text on it reads. Null: the platform's own. */
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/)
    .nullable(),
  /** IANA name of the zone that the team thinks in; shown beside the reader's own. */
  timeZone: z.string().max(limits.nameUnits).refine(isTimeZone, 'is not a time zone'),
}
export const ProgramRequest = z.strictObject({
  title: programFields.title,
  startsAt: programFields.startsAt,
  description: programFields.description.optional(),
  language: programFields.language.optional(),
  signInUrl: programFields.signInUrl.optional(),
  embedOrigins: programFields.embedOrigins.optional(),
  partnerKeys: programFields.partnerKeys.optional(),
  accent: programFields.accent.optional(),
  timeZone: programFields.timeZone.optional(),
})
/** Query of a list of programs. `state`: one or more, joined by commas. `search`: a part of the title or a whole id. */
export const ProgramQuery = z.object({ search: z.string().max(limits.titleUnits).optional(), state: z.string().max(100).optional() })
/** A new draft with the same settings, and none of what happened. */
export const DuplicateRequest = z.strictObject({ title: programFields.title.optional(), startsAt: programFields.startsAt.optional() })
/** auto: the primary feed while it is there, else the backup. */
export const StreamInputRequest = z.strictObject({ input: z.enum(['auto', 'primary', 'backup']) })
export const imageKinds = ['cover', 'logo'] as const
export type ImageKind = (typeof imageKinds)[number]
export const ProgramPatch = z.strictObject(programFields).partial()
export const StateRequest = z.strictObject({ to: z.enum(['draft', 'scheduled', 'rehearsal', 'live', 'ended', 'archived']) })
export const StreamKeyRequest = z.strictObject({ rotate: z.enum(['primary', 'backup', 'both']).optional() })

/** native: for players that can't renew addresses; lasts as long as the session. */
export const MediaRequest = z.strictObject({ kind: z.enum(['short', 'native']) })

/** What an attendee may know of a program. */
export type ProgramSummary = {
  id: string
  title: string
  description: string
  state: ProgramState
  startsAt: string
  language: string
  /** `#rrggbb`, or null for the platform's own. */
  accent: string | null
  /** Paths of pictures on the platform, or null. */
  coverUrl: string | null
  logoUrl: string | null
}

export type AttendeeSummary = {
  id: string
  displayName: string
  givenName: string
  familyName: string | null
  roles: string[]
}

/** Answer 201 of `POST /api/programs/:programId/sessions`. `session.token` (`vs_…`) is shown once. */
export type AdmissionAnswer = {
  session: { token: string; expiresAt: string }
  attendee: AttendeeSummary
  program: ProgramSummary
  /** Given in every state; the gate answers while the program's state shows a picture. */
  media: { url: string; expiresAt: string }
}

/** Answer of `GET /api/programs/:programId/session`: the same for somebody who is in already. */
export type SessionAnswer = Omit<AdmissionAnswer, 'session'> & { session: { expiresAt: string } }

export type Organization = { id: string; name: string; createdAt: string }

export type PartnerKeyAnswer = {
  kid: string
  name: string
  organizationId: string
  state: 'active' | 'retiring' | 'expired' | 'revoked'
  thumbprint: string
  pem: string
  allowedRoles: string[]
  createdAt: string
  notAfter: string
  retireAt: string | null
  lastUsedAt: string | null
  accepted: number
  refused: number
  /** The same of the last 24 hours. */
  lastDay: { accepted: number; refused: number }
  /** Sessions that revoking it would end. */
  openSessions: number
}

/** A refusal as the organization sees it: never the token, the subject only when the signature was good. */
export type RefusalAnswer = {
  at: string
  code: string
  claim: string | null
  kid: string | null
  programId: string
  subject: string | null
}

/** An attendee as the organizer may take him away: a stable pseudonym and no address where sharing was not agreed to. */
export type AttendeeAnswer = {
  id: string
  displayName: string
  givenName: string
  familyName: string | null
  email: string | null
  moderates: boolean
  firstAt: string
  lastAt: string
}

export type Program = ProgramSummary & {
  organizationId: string
  signInUrl: string | null
  embedOrigins: string[]
  partnerKeys: boolean
  timeZone: string
  createdAt: string
  stateSince: string
  attendeeUrl: string
  /** Grows with every edit; the ETag of the program, for `If-Match`. */
  version: number
  /** Attendees that are there now. */
  viewers: number
  /** Whether a feed is there. */
  live: boolean
}

/** An attendee who is there now. `sessions`: how many of his sessions are. */
export type AudienceAnswer = AttendeeAnswer & { since: string; sessions: number }
/** Attendees at a time, oldest first; at most one point for every ten seconds, fewer over long shows. */
export type AudienceCurve = { points: { at: string; count: number }[]; now: number; peak: number; total: number }

export type StreamInput = 'primary' | 'backup'
/** absent: nobody publishes. silent: connected, and nothing comes. standby: good, and not shown. live: shown. What is not known yet is null. */
export type StreamInputAnswer = {
  state: 'absent' | 'silent' | 'standby' | 'live'
  connectedSince: string | null
  /** RFC 6381, picture and sound: `avc1.64001f,mp4a.40.2` */
  codec: string | null
  width: number | null
  height: number | null
  /** Frames a second. */
  fps: number | null
  /** Bits a second, of what arrives. */
  bitrate: number | null
  keyFrameIntervalSeconds: number | null
  /** How much later than at the start the feed arrives; negative when it runs ahead. */
  driftMs: number | null
}
/** What a producer should know, the gravest first. problem: viewers notice it. warning: they may soon. hint: it could be better. */
export type StreamAdvice = { level: 'problem' | 'warning' | 'hint'; code: string; says: string }
/** Answer of `GET …/stream-health` and `POST …/stream-input`. `live`: a feed is there; `shown`: the input that it comes from. */
export type StreamHealthAnswer = {
  live: boolean
  shown: StreamInput | null
  choice: StreamInput | 'auto'
  inputs: Record<StreamInput, StreamInputAnswer>
  recording: boolean
  advice: StreamAdvice[]
  /** The last thing that went wrong, also when it is over. */
  lastProblem: { code: string; says: string; at: string } | null
}

export type StreamKeyAnswer = { rtmpUrl: string; rtmpsUrl: string | null; streamKey: string; backupStreamKey: string }

/** `complete`: false while it is being written. */
export type RecordingAnswer = { id: string; startedAt: string; durationSeconds: number; sizeBytes: number; complete: boolean }

export type ListAnswer<Item> = { items: Item[]; nextCursor: string | null }

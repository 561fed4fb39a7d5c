// Owns: the frames that travel on a program's socket, and their shapes on both sides.
import { z } from 'zod'
import type { ProgramSummary } from './answers.ts'
import type { ErrorCode } from './errors.ts'
import type { ProgramState } from './program.ts'

const Position = z.strictObject({ epoch: z.string().max(64), seq: z.int().min(0) })

/**
 * `session`: the `vs_` value, where no cookie travels. `as`: a member of the team, by the cookie of Backstage rather than that of an
 * attendee; or the big screen, whose link's secret stands in `session`. `resume`: the last position this client has applied.
 */
export const HelloFrame = z.strictObject({
  t: z.literal('hello'),
  v: z.literal(1),
  session: z.string().max(200).optional(),
  as: z.enum(['team', 'screen']).optional(),
  resume: Position.optional(),
})
/** `id` is a UUID made by the client; sent again it is answered again and done once. */
export const DoFrame = z.strictObject({
  t: z.literal('do'),
  id: z.uuid(),
  activity: z.string().max(32),
  command: z.looseObject({ type: z.string().max(32) }),
})
export const ClientFrame = z.discriminatedUnion('t', [HelloFrame, DoFrame])

/** The body of `POST /api/programs/:programId/commands`: the socket's own schema without the frame type. */
export const CommandRequest = DoFrame.omit({ t: true })

export type HelloFrame = z.infer<typeof HelloFrame>
export type DoFrame = z.infer<typeof DoFrame>
export type ClientFrame = z.infer<typeof ClientFrame>

/** Where a client stands in a run's log. A new epoch means that the past changed: a bare number can't lie. */
export type Position = z.infer<typeof Position>

/** How an actor is shown. `team`: a member, or an attendee with ROLE_MODERATOR. `guest`: came without a token, and chose the name himself. */
export type Person = { id: string; displayName: string; team?: true; guest?: true }

/** `actorId`: null where this reader is not to know who did it. */
export type LogItem = { seq: number; at: number; activity: string; type: string; actorId: string | null; [key: string]: unknown }

/** A media address that one session may use until it expires (Unix milliseconds in frames). */
export type MediaAccess = { url: string; expiresAt: number }

/** Latest-wins values. `program`, `stream` and `audience` are the platform's own; the rest belongs to activities (`chat.likes`). */
export type PlatformViews = {
  program: { state: ProgramState; title: string; description: string; startsAt: number; language: string } & Pick<
    ProgramSummary,
    'accent' | 'coverUrl' | 'logoUrl' | 'guests' | 'cueTiming'
  >
  /** Whether a feed is there, and since when (Unix milliseconds) that is so; null before the first feed. */
  stream: { live: boolean; since: number | null }
  audience: { count: number }
}

export type Ack = { id: string; seq: number } | { id: string; refused: { code: ErrorCode; retryAfterMs?: number; detail?: string } }

export type ViewFrame = { t: 'view'; key: string; version: number; value: unknown }

export type ReadyFrame = {
  t: 'ready'
  now: number
  epoch: string
  seq: number
  /** True: `items` is the missed range after the position in hello. False: `snapshot` is everything, per activity. */
  resumed: boolean
  snapshot?: Record<string, unknown>
  items?: LogItem[]
  people: Person[]
  views: ViewFrame[]
  /** `attendee` is oneself; every activity adds what it tells this attendee alone. */
  self: { attendee: Person; activities: Record<string, unknown> }
  media: MediaAccess | null
}

export type ServerFrame =
  | ReadyFrame
  /** Everything with from <= seq <= to that this audience is told; what is filtered leaves no gap. */
  | { t: 'log'; epoch: string; from: number; to: number; items: LogItem[]; people: Person[] }
  | ViewFrame
  | { t: 'self'; activity: string; seq: number; value: unknown }
  | ({ t: 'ack' } & Ack)
  | ({ t: 'media' } & MediaAccess)
  | { t: 'beat'; now: number; seq: number }

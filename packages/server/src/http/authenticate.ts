// Owns: who a request is from, and whether he may pass: the administration, somebody of a team, an attendee's session, or nobody.
import { type AuditActor, Refusal } from '@voila/protocol'
import type { FastifyRequest } from 'fastify'
import type { Access } from '../access/access.ts'
import { isSameSecret } from '../access/bearers.ts'
import type { Session } from '../access/sessions.ts'
import type { Programs } from '../backstage/programs.ts'
import type { Cookies } from './cookies.ts'
import type { Origins } from './origin.ts'
import { createLimiter } from './rate.ts'
import type { RouteRow } from './route-table.ts'

export type Authenticate = ReturnType<typeof createAuthenticate>
/** Somebody of a team, as the audit log names him too. */
export type TeamActor = AuditActor

/** Requests of one session beside its socket: a page that loads makes a handful. */
const burst = 60
const perSecond = 5

const administration: TeamActor = { kind: 'administration', id: null, name: 'Administration' }

function bearerOf(request: FastifyRequest): string | undefined {
  const [, bearer] = /^Bearer +(\S{1,512})$/i.exec(request.headers.authorization ?? '') ?? []
  return bearer
}

export function createAuthenticate({
  access,
  programs,
  adminSecret,
  cookies,
  origins,
  now,
}: {
  access: Pick<Access, 'sessionOf'>
  programs: Pick<Programs, 'find'>
  adminSecret: string
  cookies: Pick<Cookies, 'browserOf'>
  origins: Pick<Origins, 'requireOwnOrigin'>
  now(): number
}) {
  const limiter = createLimiter({ burst, perSecond, now })

  /** Who of a team asks. @throws Refusal admin_required | api_key_invalid | origin_denied */
  async function callerOf(request: FastifyRequest): Promise<TeamActor | undefined> {
    const bearer = bearerOf(request)
    if (bearer?.startsWith('va_') !== true) return undefined
    if (!isSameSecret(bearer, adminSecret)) throw new Refusal('admin_required')
    return administration
  }

  /** The organization that the path names. @throws Refusal program_unknown */
  async function organizationOf(request: FastifyRequest): Promise<string | null> {
    const { organizationId, programId } = request.params as { organizationId?: string; programId?: string }
    return programId === undefined ? (organizationId ?? null) : (await programs.find(programId)).organization_id
  }

  return {
    /**
     * Lets a request of a row pass, and puts on it who asks (`by`) and of which organization. Rows of attendees are left to `readSession`.
     *
     * @throws Refusal sign_in_required | admin_required | api_key_invalid | origin_denied | not_permitted | organization_unknown | program_unknown
     */
    async requireTeam(request: FastifyRequest, row: RouteRow): Promise<void> {
      const by = await callerOf(request)
      if (by === undefined && row.who === 'attendee-or-team') return
      if (by === undefined) throw new Refusal('sign_in_required')
      request.by = by
      request.organizationId = await organizationOf(request)
    },

    /** Who of the team asks, on a route that attendees have too. */
    teamOf: (request: FastifyRequest): TeamActor | undefined => request.by ?? undefined,

    /**
     * The session of the bearer, else of the cookie, at the program of the path. A cookie on another method than GET needs our own origin:
     * a browser attaches it whoever asks.
     *
     * @throws Refusal origin_denied | rate_limited | whatever `sessionOf` throws
     */
    async readSession(request: FastifyRequest): Promise<Session> {
      const { programId = '' } = request.params as { programId?: string }
      const byHeader = request.headers.authorization !== undefined
      const browser = byHeader ? undefined : cookies.browserOf(request.raw)
      const isSafe = request.method === 'GET' || request.method === 'HEAD'
      if (browser !== undefined && !isSafe) origins.requireOwnOrigin(request.raw)
      const session = await access.sessionOf({ programId, ...(byHeader ? { bearer: bearerOf(request) ?? '' } : { browser }) })
      limiter.take(session.id)
      return session
    },
  }
}

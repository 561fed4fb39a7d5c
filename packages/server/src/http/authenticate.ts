// Owns: who a request is from: the administration, an attendee's session, or nobody.
import { Refusal } from '@voila/protocol'
import type { FastifyRequest } from 'fastify'
import type { Access } from '../access/access.ts'
import { isSameSecret } from '../access/bearers.ts'
import type { Session } from '../access/sessions.ts'
import type { Cookies } from './cookies.ts'
import type { Origins } from './origin.ts'
import { createLimiter } from './rate.ts'

export type Authenticate = ReturnType<typeof createAuthenticate>

/** Requests of one session beside its socket: a page that loads makes a handful. */
const burst = 60
const perSecond = 5

function bearerOf(request: FastifyRequest): string | undefined {
  const [, bearer] = /^Bearer +(\S{1,512})$/i.exec(request.headers.authorization ?? '') ?? []
  return bearer
}

export function createAuthenticate({
  access,
  adminSecret,
  cookies,
  origins,
  now,
}: {
  access: Pick<Access, 'sessionOf'>
  adminSecret: string
  cookies: Pick<Cookies, 'browserOf'>
  origins: Pick<Origins, 'requireOwnOrigin'>
  now(): number
}) {
  const limiter = createLimiter({ burst, perSecond, now })

  /** Whether the request carries the administration secret. @throws Refusal admin_required when it carries a wrong one */
  function isAdmin(request: FastifyRequest): boolean {
    const bearer = bearerOf(request)
    if (bearer?.startsWith('va_') !== true) return false
    if (!isSameSecret(bearer, adminSecret)) throw new Refusal('admin_required')
    return true
  }

  return {
    isAdmin,
    /** @throws Refusal admin_required */
    requireAdmin(request: FastifyRequest): void {
      if (!isAdmin(request)) throw new Refusal('admin_required')
    },

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

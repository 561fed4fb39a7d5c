// Owns: the cookies by which a browser that was sent away to sign in is known again when it comes back from another site.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Cookies } from '../../http/cookies.ts'
import { isFlowName, type Keepsake } from './logins.ts'
import { requestMs } from './response.ts'

export type FlowCookies = ReturnType<typeof createFlowCookies>

/** Sign-ins that one browser may have begun; each is a cookie, and requests can be only so large. */
const maxFlows = 5

export function createFlowCookies({ isSecure }: Pick<Cookies, 'isSecure'>) {
  const nameFor = (request: FastifyRequest, name: string): string => (isSecure(request) ? `__Host-${name}` : name)
  /**
   * The answer comes by a POST from another site, with which a browser sends only SameSite=None; and such cookies only where they are Secure.
   * On plain http browsers take them on localhost alone, so that is where signing in works without https.
   */
  const attributes = { path: '/', httpOnly: true, secure: true, sameSite: 'none' } as const

  return {
    valueOf: (request: FastifyRequest, name: string): string | undefined => request.cookies[nameFor(request, name)],

    keep(request: FastifyRequest, reply: FastifyReply, { name, value }: Keepsake): void {
      const flows = Object.keys(request.cookies).filter(isFlowName)
      for (const old of flows.slice(0, Math.max(0, flows.length - maxFlows + 1))) reply.clearCookie(old, attributes)
      reply.setCookie(nameFor(request, name), value, { ...attributes, maxAge: requestMs / 1_000 })
    },

    forget(request: FastifyRequest, reply: FastifyReply, name: string): void {
      reply.clearCookie(nameFor(request, name), attributes)
    },
  }
}

// Owns: which browsers somebody has signed in with before, so that whoever guesses at his password cannot keep him out.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { purposeKey } from '../media/credential.ts'

export type KnownBrowsers = ReturnType<typeof createKnownBrowsers>

const name = 'voila.known'
const keptSeconds = 365 * 86_400
const shape = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

/** A cookie that is worth nothing by itself: it gives its browser a count of its own for the wrong passwords of one address. */
export function createKnownBrowsers(config: Pick<Config, 'secret' | 'publicUrl'>) {
  const key = purposeKey(config.secret, 'known browsers')
  const publiclySecure = config.publicUrl?.startsWith('https:') === true
  const mac = (email: string, id: string): Buffer => createHmac('sha256', key).update(`${email.toLowerCase()}\0${id}`).digest()

  function idOf(request: FastifyRequest, email: string): string | undefined {
    const [, id, given] = shape.exec(request.cookies[name] ?? '') ?? []
    if (id === undefined || given === undefined) return undefined
    return timingSafeEqual(Buffer.from(given, 'base64url'), mac(email, id)) ? id : undefined
  }

  return {
    /** An id of the browser where this address has signed in with it; undefined for every other. */
    idOf,
    remember(request: FastifyRequest, reply: FastifyReply, email: string): void {
      if (idOf(request, email) !== undefined) return
      const id = randomBytes(16).toString('base64url')
      reply.setCookie(name, `${id}.${mac(email, id).toString('base64url')}`, {
        path: '/api/auth',
        httpOnly: true,
        sameSite: 'lax',
        secure: publiclySecure || request.protocol === 'https',
        maxAge: keptSeconds,
      })
    },
  }
}

// Owns: the two cookies: the opaque id of a browser, and that of an iframe in somebody else's page.
import type { IncomingMessage } from 'node:http'
import type {} from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isBrowserId, newBearer } from '../access/bearers.ts'
import type { Config } from '../config.ts'

const plainName = 'voila_browser'
/** The prefix keeps other hosts of the same domain, and plain http, from setting it (RFC 6265bis, 4.1.3.2). */
const secureName = '__Host-voila_browser'
const embedName = '__Host-voila_embed'

/** The values of a Cookie header by name, the first of each. Ours need no decoding. */
function valuesIn(header: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const pair of header.split(';')) {
    const [name = '', value = ''] = pair.trim().split('=', 2)
    if (!values.has(name)) values.set(name, value)
  }
  return values
}

export type Cookies = ReturnType<typeof createCookies>

export function createCookies(config: Pick<Config, 'publicUrl' | 'sessionSeconds'>) {
  const publiclySecure = config.publicUrl?.startsWith('https:') === true
  const isSecure = (request: FastifyRequest): boolean => publiclySecure || request.protocol === 'https'

  /**
   * The browser's id, else the embed's; undefined where neither is there or well-formed. From the raw request, since sockets have no
   * other.
   */
  function browserOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
    if (headers.cookie === undefined) return undefined
    const found = valuesIn(headers.cookie)
    const names = publiclySecure ? [secureName, embedName] : [secureName, plainName, embedName]
    return names.map((name) => found.get(name)).find((value) => value !== undefined && isBrowserId(value))
  }

  return {
    browserOf,
    /** Whether the browser that asks talks https, as far as the proxies tell. */
    isSecure,

    /** The id of this browser, or a new one for it; `set` puts it into the reply once it stands for something. */
    browserFor(request: FastifyRequest): { browser: string; set(reply: FastifyReply): void } {
      const browser = browserOf(request.raw) ?? newBearer('')
      return {
        browser,
        set(reply) {
          const secure = isSecure(request)
          reply.setCookie(secure ? secureName : plainName, browser, {
            path: '/',
            httpOnly: true,
            sameSite: 'lax',
            secure,
            maxAge: config.sessionSeconds,
          })
        },
      }
    },
  }
}

// Owns: whether a page that calls with a cookie is ours.
import type { IncomingMessage } from 'node:http'
import { Refusal } from '@voila/protocol'
import type { Config } from '../config.ts'

export type Origins = ReturnType<typeof createOrigins>

/**
 * Ours are PUBLIC_URL, ALLOWED_ORIGINS, and the host that the request was made to: so the same server works on `localhost` and on
 * `127.0.0.1` without being told.
 */
export function createOrigins(config: Pick<Config, 'publicUrl' | 'allowedOrigins'>) {
  const listed = new Set([...config.allowedOrigins, ...(config.publicUrl === undefined ? [] : [config.publicUrl])])
  const publicHost = config.publicUrl === undefined ? undefined : new URL(config.publicUrl).host

  /** False also where the header is missing: every browser sends it with a WebSocket and with a POST. */
  function hasOwnOrigin({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
    const { origin, host } = headers
    if (origin === undefined || !URL.canParse(origin)) return false
    if (listed.has(origin)) return true
    // On the public host the scheme counts too, or a page that somebody put on plain http there could use the cookies of https.
    return host !== undefined && host !== publicHost && new URL(origin).host === host
  }

  return {
    hasOwnOrigin,
    /** @throws Refusal origin_denied */
    requireOwnOrigin(request: Pick<IncomingMessage, 'headers'>): void {
      if (!hasOwnOrigin(request)) throw new Refusal('origin_denied')
    },
  }
}

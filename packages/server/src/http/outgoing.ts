// Owns: how a document of somebody else's server is fetched: over https, from an address on the internet, small, soon, and from nowhere else.
import { lookup as lookUpName } from 'node:dns/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { FetchProblem } from '@voila/protocol'
import ipaddr from 'ipaddr.js'

/** Why there is no document. `detail`: for the log. */
export class FetchError extends Error {
  readonly problem: FetchProblem
  constructor(problem: FetchProblem, options?: ErrorOptions) {
    super(problem, options)
    this.name = 'FetchError'
    this.problem = problem
  }
}

export type Fetched = { readonly text: string; readonly headers: IncomingMessage['headers'] }
export type Outgoing = ReturnType<typeof createOutgoing>
type Address = { readonly address: string; readonly family: number }

const maxBytes = 1024 * 1024
const patienceMs = 5_000

/** Whether an address is one of the internet: not private, link-local, loopback, multicast, nor one of those written in another way. */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  // 'unicast' is what is in none of the special blocks; the ways to write IPv4 in IPv6 are blocks of their own but for the mapped one.
  return ipaddr.process(text).range() === 'unicast'
}

/** The host of a URL as addresses are written elsewhere: IPv6 without brackets. */
const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

const certificateCodes = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_SSL_)/

function problemOf(error: unknown): FetchProblem {
  const { code } = (error ?? {}) as { code?: unknown }
  if (typeof code !== 'string') return 'unreachable'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'name_unknown'
  return certificateCodes.test(code) || code === 'EPROTO' ? 'certificate' : 'unreachable'
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw new FetchError('too_large')
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch (cause) {
    throw new FetchError('not_text', { cause })
  }
}

/**
 * @param options.privateHosts  `host` or `host:port` that are asked wherever they are
 * @param options.ca            PEM of authorities beside the usual ones
 * @param options.resolve       for tests
 */
export function createOutgoing({
  privateHosts,
  ca,
  resolve = (name) => lookUpName(name, { all: true }),
}: {
  privateHosts: readonly string[]
  ca: readonly string[] | undefined
  resolve?(name: string): Promise<readonly Address[]>
}) {
  /** Resolves once, and lets nobody connect to anything but what was looked at: a name may lead elsewhere a moment later. */
  function guarded(url: URL): LookupFunction {
    const mayBePrivate = privateHosts.includes(url.hostname) || privateHosts.includes(url.host)
    return (name, { all }, done) => {
      resolve(name).then(
        (addresses) => {
          const [first] = addresses
          if (first === undefined) done(Object.assign(new Error(name), { code: 'ENOTFOUND' }), '', 0)
          else if (!mayBePrivate && !addresses.every(({ address }) => isPublicAddress(address)))
            done(new FetchError('address_refused'), '', 0)
          else if (all === true) done(null, [...addresses])
          else done(null, first.address, first.family)
        },
        (error: Error) => done(error, '', 0),
      )
    }
  }

  function ask(url: URL, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
    const host = bareHost(url)
    // An address in place of a name is never looked up.
    if (isIP(host) !== 0 && !privateHosts.includes(url.hostname) && !privateHosts.includes(url.host) && !isPublicAddress(host)) {
      throw new FetchError('address_refused')
    }
    return new Promise((done, fail) => {
      const asked = request(
        url,
        {
          agent: false,
          lookup: guarded(url),
          headers: { accept, 'accept-encoding': 'identity', 'user-agent': 'Voila' },
          signal,
          ...(ca === undefined ? {} : { ca: [...ca] }),
        },
        done,
      )
      asked.on('error', fail)
      asked.end()
    })
  }

  return {
    /**
     * Fetches a text of at most 1 MB within five seconds. No redirect is followed.
     *
     * @throws FetchError
     */
    async fetch(address: string, { accept }: { accept: string }): Promise<Fetched> {
      const url = URL.canParse(address) ? new URL(address) : undefined
      if (url?.protocol !== 'https:') throw new FetchError('not_https')
      const patience = AbortSignal.timeout(patienceMs)
      let response: IncomingMessage | undefined
      try {
        response = await ask(url, accept, patience)
        const { statusCode = 0, headers } = response
        if (statusCode >= 300 && statusCode < 400) throw new FetchError('redirected')
        if (statusCode !== 200) throw new FetchError('status')
        return { text: await bodyOf(response), headers }
      } catch (error) {
        if (error instanceof FetchError) throw error
        throw new FetchError(patience.aborted ? 'timed_out' : problemOf(error), { cause: error })
      } finally {
        response?.destroy()
      }
    },
  }
}

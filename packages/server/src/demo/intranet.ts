// Owns: the web server of the demo company's intranet: another site than the platform, with a page that embeds the player.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type IntranetPage, intranetHtml, intranetScript, intranetStyle } from './intranet-page.ts'

export type Intranet = {
  /** What the browser calls the page's origin. */
  readonly origin: string
  close(): Promise<void>
}

type Answer = { readonly type: string; readonly body: string }

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/**
 * Serves the intranet, for one person who is signed in there.
 *
 * @param options.port  any free one where it is taken
 * @param options.sign  makes a token for that person
 */
export async function startIntranet(options: { host: string; port: number; page: IntranetPage; sign(): string }): Promise<Intranet> {
  const { platformUrl } = options.page
  const answers: Readonly<Record<string, () => Answer>> = {
    '/': () => ({ type: 'text/html; charset=utf-8', body: intranetHtml(options.page) }),
    '/intranet.css': () => ({ type: 'text/css; charset=utf-8', body: intranetStyle }),
    '/intranet.js': () => ({ type: 'text/javascript; charset=utf-8', body: intranetScript }),
    '/all-hands-token': () => ({ type: 'application/json', body: JSON.stringify({ token: options.sign() }) }),
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    // A page elsewhere could give its own name this address and then read the token.
    const isOurs = request.headers.host === `127.0.0.1:${portOf()}`
    const make = Object.hasOwn(answers, request.url ?? '') ? answers[request.url ?? ''] : undefined
    const { type, body } = isOurs && make !== undefined ? make() : { type: 'text/plain; charset=utf-8', body: 'There is nothing here.' }
    response.writeHead(isOurs && make !== undefined ? 200 : 404, {
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': [
        "default-src 'none'",
        `script-src 'self' ${platformUrl}`,
        `frame-src ${platformUrl}`,
        "connect-src 'self'",
        "style-src 'self'",
        'img-src data:',
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  const server = createServer(answer)
  const portOf = (): number => (server.address() as AddressInfo).port
  try {
    await listen(server, options.port, options.host)
  } catch {
    await listen(server, 0, options.host)
  }
  return {
    origin: `http://127.0.0.1:${portOf()}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

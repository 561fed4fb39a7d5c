// Owns: other people's websites: what a test puts at their addresses, each an origin of its own.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type HostPage = { readonly body: string; readonly type?: string; readonly headers?: Readonly<Record<string, string>> }

export type HostSite = {
  readonly origin: string
  /** By path; a function is told the cookies that came. */
  readonly pages: Map<string, HostPage | ((cookie: string) => HostPage)>
  close(): Promise<void>
}

/** @param hostname  `localhost` is another site than `127.0.0.1`; two ports of one are two origins */
export async function startHostSite(hostname: '127.0.0.1' | 'localhost' = '127.0.0.1'): Promise<HostSite> {
  const pages: HostSite['pages'] = new Map()
  const server = createServer((request, response) => {
    const found = pages.get(request.url ?? '')
    const page = typeof found === 'function' ? found(request.headers.cookie ?? '') : found
    response.writeHead(page === undefined ? 404 : 200, {
      'content-type': page?.type ?? 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...page?.headers,
    })
    response.end(page?.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://${hostname}:${(server.address() as AddressInfo).port}`,
    pages,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

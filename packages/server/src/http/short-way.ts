// Owns: the short way of a request: what memory holds is written at once, past the router and its hooks. It refuses nobody: whoever gets no
// answer here takes the ordinary way, which says why.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

/** What is written with status 200. `body`: shared by all who ask, and never copied. */
export type QuickAnswer = {
  readonly route: string
  readonly contentType: string
  readonly cacheControl: string
  readonly body: Buffer | readonly Buffer[]
}

/** Looks at a GET. Undefined, at once or after a wait, where the ordinary way is for it; never rejects. */
export type Quick = (request: IncomingMessage, response: ServerResponse) => QuickAnswer | undefined | Promise<QuickAnswer | undefined>

const sizeOf = (body: QuickAnswer['body']): number =>
  Buffer.isBuffer(body) ? body.length : body.reduce((sum, { length }) => sum + length, 0)

/** `route`: its path in the route table. */
export type Answered = {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly seconds: number
  readonly traceId: string
  readonly code?: string
}

/**
 * @param parts.headersFor  names and values, one after the other, that every answer carries; undefined where only the ordinary way knows
 * @returns what makes of the ordinary listener one that tries the short way before
 */
export function createShortWay(parts: {
  quick: Quick
  newTraceId(): string
  headersFor(request: IncomingMessage): readonly string[] | undefined
  answered(facts: Answered): void
}): (ordinary: RequestListener) => RequestListener {
  function write(response: ServerResponse, headers: readonly string[], { contentType, cacheControl, body }: QuickAnswer): void {
    const own = ['content-type', contentType, 'cache-control', cacheControl, 'content-length', String(sizeOf(body))]
    response.writeHead(200, [...headers, ...own])
    for (const piece of Buffer.isBuffer(body) ? [] : body) response.write(piece)
    response.end(Buffer.isBuffer(body) ? body : undefined)
  }

  return (ordinary) => (request, response) => {
    const startedAt = performance.now()
    function answer(found: QuickAnswer | undefined): void {
      const headers = found === undefined ? undefined : parts.headersFor(request)
      if (found === undefined || headers === undefined) return void ordinary(request, response)
      const traceId = parts.newTraceId()
      write(response, [...headers, 'x-trace-id', traceId], found)
      const seconds = (performance.now() - startedAt) / 1_000
      parts.answered({ method: 'GET', route: found.route, status: 200, seconds, traceId })
    }
    const found = request.method === 'GET' ? parts.quick(request, response) : undefined
    if (found instanceof Promise) void found.then(answer)
    else answer(found)
  }
}

// Owns: the HTTP server: its limits, what every answer carries, who may pass, and how refusals go out.
import { createServer, STATUS_CODES } from 'node:http'
import fastifyCookie from '@fastify/cookie'
import { limits, Refusal } from '@voila/protocol'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Audit } from '../backstage/audit.ts'
import type { Config } from '../config.ts'
import { takeRandom } from '../ids.ts'
import type { Authenticate } from './authenticate.ts'
import type { Metrics } from './metrics.ts'
import type { Pages } from './pages.ts'
import { problemHeaders, problemOf, problemType, refusalOf, type WaysIn } from './respond.ts'
import { methodsAt, type RouteRow, routeRow } from './route-table.ts'
import { type Answered, createShortWay, type Quick } from './short-way.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The code with which it was refused, for its line in the log. */
    refusalCode: string | null
    /** The program that somebody is on his way into, where the path names none. */
    onTheWayTo: string | null
  }
}

export type HttpParts = {
  readonly config: Pick<Config, 'trustProxy' | 'publicUrl'>
  readonly log: Logger
  readonly metrics: Metrics
  readonly pages: Pages
  readonly authenticate: Pick<Authenticate, 'requireTeam'>
  readonly audit: Pick<Audit, 'keep'>
  /** What goes the short way. */
  readonly quick: Quick
  /** Where people of a program get a new token, and where they sign in with their company account. */
  waysInto(programId: string): WaysIn
}

/** Node's own limit for the request line and all headers; a token of 8,192 characters in a link fits. */
const maxHeaderBytes = 16 * 1024
const requestMs = 30_000
const headersMs = 15_000
/** Longer than the idle time of usual proxies, or they reuse a connection that is just being closed. */
const keepAliveMs = 75_000
/** The longest parameter is a media credential. */
const maxParamLength = 200

const traceIdBytes = 8
const newTraceId = (): string => takeRandom(traceIdBytes).toString('hex')

const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}
const strictTransport = 'max-age=31536000'
const securityHeaderList = Object.entries(securityHeaders).flat()

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? ''

/** Whether a person looks at the answer. */
function wantsPage(request: FastifyRequest): boolean {
  if (request.routeOptions.url !== undefined && routeRow(request.method, request.routeOptions.url)?.page === true) return true
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  return !/^\/(api|media|assets)\//.test(request.url) && /\btext\/html\b/.test(request.headers.accept ?? '')
}

/** What HTTP says before there is a request to speak of. */
function answerBrokenClient(error: NodeJS.ErrnoException, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const refusal = new Refusal(error.code === 'HPE_HEADER_OVERFLOW' ? 'too_large' : 'invalid_request')
  const problem = problemOf(refusal, { traceId: newTraceId() })
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: ${problemType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** A server without routes. Those that are registered must be in the route table, which also says who may pass. */
export function createHttpServer(parts: HttpParts): FastifyInstance {
  const { config, log, metrics, pages, authenticate, audit } = parts
  const publiclySecure = config.publicUrl?.startsWith('https:') === true

  function answered({ seconds, ...facts }: Answered): void {
    const level = routeRow(facts.method, facts.route)?.quiet === true ? 'debug' : 'info'
    log[level]({ ...facts, ms: Math.round(seconds * 1_000) }, 'answered')
    metrics.answered({ ...facts, seconds })
  }

  const shortWay = createShortWay({
    quick: parts.quick,
    newTraceId,
    headersFor({ headers }) {
      // What a proxy says of the way to it is for Fastify to judge.
      if (publiclySecure) return [...securityHeaderList, 'strict-transport-security', strictTransport]
      return config.trustProxy !== false && headers['x-forwarded-proto'] !== undefined ? undefined : securityHeaderList
    },
    answered,
  })
  const app: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'traceId' }),
    // One logger for all: a child for each request would be made for the few that log anything.
    childLoggerFactory: (logger) => logger,
    genReqId: newTraceId,
    trustProxy: typeof config.trustProxy === 'boolean' ? config.trustProxy : [...config.trustProxy],
    bodyLimit: limits.restBodyBytes,
    serverFactory: (ordinary) =>
      createServer(
        { requestTimeout: requestMs, keepAliveTimeout: keepAliveMs, maxHeaderSize: maxHeaderBytes, headersTimeout: headersMs },
        shortWay(ordinary),
      ),
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength },
    clientErrorHandler: answerBrokenClient,
    frameworkErrors: (error, request, reply) => void refuse(error, request as FastifyRequest, reply as FastifyReply),
  })

  app.decorateRequest('refusalCode', null)
  app.decorateRequest('onTheWayTo', null)
  app.decorateRequest('by', null)
  app.decorateRequest('organizationId', null)
  app.decorateRequest('change', null)
  app.register(fastifyCookie)
  app.removeContentTypeParser('text/plain')
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  // A POST that needs no body may still say that it sends JSON.
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parseJson(request, body, done)
  })

  const rowOf = (request: FastifyRequest): RouteRow | undefined =>
    request.routeOptions.url === undefined ? undefined : routeRow(request.method, request.routeOptions.url)

  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) {
      if (routeRow(each, url) === undefined) throw new Error(`${each} ${url} is not in the route table`)
    }
  })

  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders, 'x-trace-id': request.id })
    if (publiclySecure || request.protocol === 'https') reply.header('strict-transport-security', strictTransport)
    const row = rowOf(request)
    if (row === undefined) return
    // No id has a NUL in it, and no database takes one to look for it.
    if (pathOf(request).includes('%00')) throw new Refusal('invalid_request')
    if (request.method === 'HEAD' && row.head === false) throw new Refusal('method_not_allowed')
    if (row.who === 'public' || row.who === 'credential') return
    reply.header('cache-control', 'no-store')
    // Whatever else there may come to be is asked here.
    if (row.who !== 'attendee') await authenticate.requireTeam(request, row)
  })

  // Before the answer goes out: whoever is told that something was changed can read who changed it.
  app.addHook('onSend', async (request, reply) => {
    const action = rowOf(request)?.audit
    if (action !== undefined && reply.statusCode < 400) await audit.keep(request, action)
  })

  app.addHook('onResponse', async (request, reply) => {
    const { method, refusalCode, id: traceId } = request
    const code = refusalCode === null ? {} : { code: refusalCode }
    const route = rowOf(request)?.path ?? '(none)'
    answered({ method, route, status: reply.statusCode, seconds: reply.elapsedTime / 1_000, traceId, ...code })
  })

  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const refusal = refusalOf(error)
    if (refusal.code === 'internal') log.error({ error, traceId: request.id }, 'failed')
    else if (refusal.code === 'unavailable' && refusal !== error) log.warn({ error, traceId: request.id }, 'the database is away')
    request.refusalCode = refusal.code
    metrics.refused(refusal.code)
    const { programId = request.onTheWayTo } = (request.params ?? {}) as { programId?: unknown }
    const problem = problemOf(refusal, {
      traceId: request.id,
      detailed: request.by !== null,
      waysIn: typeof programId === 'string' ? parts.waysInto(programId) : {},
    })
    reply.code(problem.status).headers(problemHeaders(problem))
    if (refusal.code === 'method_not_allowed') reply.header('allow', methodsAt(pathOf(request)).join(', '))
    if (wantsPage(request)) return reply.headers(pages.headers(request.headers.host)).send(pages.page(problem))
    return reply.type(problemType).send(problem)
  }

  app.setErrorHandler((error, request, reply) => refuse(error, request, reply))
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(pathOf(request))
    const known = methods.length > 0 && !methods.includes(request.method)
    return refuse(new Refusal(known ? 'method_not_allowed' : 'not_found'), request, reply)
  })
  return app
}

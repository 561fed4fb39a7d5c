// Owns: the HTTP side of live: commands, history, and the event stream.
import { type Actor, CommandRequest, limits, Refusal } from '@voila/protocol'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Session } from '../access/sessions.ts'
import type { TeamActor } from '../backstage/actor.ts'
import { readBody } from '../http/body.ts'
import { type RouteRow, routeRow } from '../http/route-table.ts'
import { type Bucket, fullBucket, takeToken } from './bucket.ts'
import type { Live } from './live.ts'
import { team } from './rules.ts'
import type { Logger } from './shows.ts'
import { positionOf, StreamTransport } from './stream.ts'
import { newViewer } from './viewer.ts'
import { actorOf, type Visitor } from './visitor.ts'

export type LiveRouteParts = {
  readonly live: Pick<Live, 'command' | 'enter' | 'leave' | 'history'>
  readonly log: Logger
  /** The session of the bearer or the cookie, for this program; a cookie on another method than GET needs our own origin. @throws Refusal */
  readSession(request: FastifyRequest): Promise<Session>
  /** Who of the team asks, where somebody of it does. */
  teamOf(request: FastifyRequest): TeamActor | undefined
  /** The link of a big screen by the bearer of a request; undefined where it brings none. @throws Refusal */
  screenOf(request: FastifyRequest): Promise<{ readonly linkId: string } | undefined>
  /** Asks anew whether he may. @throws Refusal */
  requireTeam(request: FastifyRequest, row: RouteRow): Promise<void>
  /** Unix milliseconds. */
  now(): number
}

type ProgramParams = { programId: string }

const streamPath = '/api/programs/:programId/stream'

/** A member acts as himself; API keys and the administration act as the team. */
const actorIdOf = ({ kind, id }: TeamActor): string => (kind === 'member' && id !== null ? id : team.id)

/** Senders whose buckets are remembered; a bucket that has refilled is as good as none. */
const maxSenders = 20_000

function numberIn(text: unknown, range: { min: number; max: number }): number | undefined {
  if (text === undefined) return undefined
  const number = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= range.min && number <= range.max)) throw new Refusal('invalid_request')
  return number
}

/**
 * `POST /api/programs/:programId/commands`, `GET …/stream`, `GET …/activities/:activity/history`: for attendees by bearer or cookie, and for
 * the team.
 */
export function liveRoutes(parts: LiveRouteParts): FastifyPluginAsync {
  const { live, log, now } = parts
  const buckets = new Map<string, Bucket>()

  function requireToken(sender: string): void {
    const at = now()
    const bucket = buckets.get(sender) ?? fullBucket(at)
    // Asked again last, forgotten last.
    buckets.delete(sender)
    buckets.set(sender, bucket)
    const [oldest] = buckets.keys()
    if (buckets.size > maxSenders && oldest !== undefined) buckets.delete(oldest)
    if (!takeToken(bucket, at)) throw new Refusal('rate_limited', { retryAfterMs: Math.ceil(1_000 / limits.framesPerSecond) })
  }

  async function readActor(request: FastifyRequest): Promise<Actor> {
    const by = parts.teamOf(request)
    if (by !== undefined) return { ...team, id: actorIdOf(by) }
    const actor = actorOf({ session: await parts.readSession(request) })
    requireToken(actor.id)
    return actor
  }

  async function readVisitor(request: FastifyRequest): Promise<Visitor> {
    const screen = await parts.screenOf(request)
    if (screen !== undefined) return { screen, confirm: () => parts.screenOf(request) }
    const by = parts.teamOf(request)
    if (by === undefined) return { session: await parts.readSession(request) }
    const row = routeRow(request.method, streamPath)
    if (row === undefined || request.organizationId === null) throw new Refusal('not_found')
    const member = { userId: actorIdOf(by), name: by.name, organizationId: request.organizationId }
    return { member, confirm: () => parts.requireTeam(request, row) }
  }

  return async (app) => {
    app.post<{ Params: ProgramParams }>('/api/programs/:programId/commands', async (request, reply) => {
      const actor = await readActor(request)
      const ack = await live.command({ programId: request.params.programId, actor, ...readBody(CommandRequest, request) })
      if ('refused' in ack) {
        const { code, ...said } = ack.refused
        throw new Refusal(code, said)
      }
      return reply.header('cache-control', 'no-store').send(ack)
    })

    app.get<{ Params: ProgramParams & { activity: string }; Querystring: { before?: string; limit?: string } }>(
      '/api/programs/:programId/activities/:activity/history',
      async (request, reply) => {
        const reader = parts.teamOf(request) === undefined ? { session: await parts.readSession(request) } : 'team'
        const before = numberIn(request.query.before, { min: 1, max: Number.MAX_SAFE_INTEGER })
        const limit = numberIn(request.query.limit, { min: 1, max: limits.pageItems }) ?? limits.chatPage
        const page = await live.history({ ...request.params, reader, before, limit })
        return reply.header('cache-control', 'no-store').send(page)
      },
    )

    app.get<{ Params: ProgramParams; Querystring: { after?: string } }>(streamPath, async (request, reply) => {
      const visitor = await readVisitor(request)
      const { programId } = request.params
      const lastEventId = request.headers['last-event-id']
      const resume = positionOf(typeof lastEventId === 'string' ? lastEventId : request.query.after)
      reply.hijack()
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // nginx would gather frames into pages.
        'x-accel-buffering': 'no',
      })
      const transport = new StreamTransport(reply.raw)
      const viewer = newViewer({ visitor, transport, now: now() })
      reply.raw.on('close', () => {
        viewer.ended = true
        live.leave({ programId, viewer })
      })
      try {
        await live.enter({ programId, viewer, resume })
      } catch (error) {
        if (!(error instanceof Refusal)) log.error({ error, programId }, 'a stream could not be opened')
        transport.end(error instanceof Refusal ? error.code : 'internal')
      }
    })
  }
}

// Owns: the ways in over HTTP: a link with a token, the exchange of a token, and the session that comes of it.
import { type AdmissionAnswer, AdmissionRequest, type MediaAccess, type ProgramSummary, Refusal, type SessionAnswer } from '@voila/protocol'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { summaryOf } from '../backstage/program-answers.ts'
import type { Programs } from '../backstage/programs.ts'
import type { Authenticate } from '../http/authenticate.ts'
import { readBody } from '../http/body.ts'
import type { Cookies } from '../http/cookies.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Pages } from '../http/pages.ts'
import type { Access } from './access.ts'
import type { Session } from './sessions.ts'

type ProgramParams = { Params: { programId: string } }

export type EntryParts = {
  readonly access: Pick<Access, 'admit' | 'sessionOf' | 'signOut'>
  readonly programs: Pick<Programs, 'find'>
  readonly authenticate: Pick<Authenticate, 'readSession'>
  readonly cookies: Pick<Cookies, 'browserOf' | 'browserFor'>
  readonly pages: Pages
  readonly metrics: Pick<Metrics, 'admitted'>
  /** The media address of a session. */
  mediaAccess(session: Session): MediaAccess
}

/** The token of a link; undefined where there is none. A name given twice is damage, and judged as such. */
function tokenIn(request: FastifyRequest): string | undefined {
  const { token } = request.query as { token?: string | string[] }
  return Array.isArray(token) ? token.join('&') : token
}

export function entryRoutes(parts: EntryParts): FastifyPluginAsync {
  const { access, programs, authenticate, cookies, pages, metrics } = parts

  function answerOf(session: Session, program: ProgramSummary): SessionAnswer {
    const media = parts.mediaAccess(session)
    return {
      session: { expiresAt: new Date(session.expiresAt).toISOString() },
      attendee: session.attendee,
      program,
      media: { url: media.url, expiresAt: new Date(media.expiresAt).toISOString() },
    }
  }

  /** Somebody without a session is told that the event is private, rather than that something of his is missing. */
  async function requireSession(programId: string, browser: string | undefined): Promise<void> {
    try {
      await access.sessionOf({ programId, browser })
    } catch (error) {
      throw error instanceof Refusal && error.code === 'session_missing' ? new Refusal('token_missing') : error
    }
  }

  async function enterByLink(request: FastifyRequest<ProgramParams>, reply: FastifyReply, token: string): Promise<FastifyReply> {
    const { programId } = request.params
    const { browser, set } = cookies.browserFor(request)
    await access.admit({ programId, token, browser })
    metrics.admitted()
    set(reply)
    // The address without the token: nothing keeps it, and nothing hands it on.
    return reply
      .code(303)
      .headers({ location: `/${programId}`, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .send()
  }

  return async (app) => {
    app.get<ProgramParams>('/:programId', async (request, reply) => {
      const { programId } = request.params
      const token = tokenIn(request)
      // HEAD is for those who look at links, not for those who follow them.
      if (token !== undefined && request.method !== 'HEAD') return await enterByLink(request, reply, token)
      await requireSession(programId, cookies.browserOf(request.raw))
      return reply.headers(pages.headers(request.headers.host)).send(pages.page())
    })

    app.post<ProgramParams>('/api/programs/:programId/sessions', async (request, reply) => {
      const { programId } = request.params
      const program = await programs.find(programId)
      const body = request.body as { token?: unknown } | null | undefined
      if (body === null || body === undefined || body.token === undefined) throw new Refusal('token_missing')
      const { token } = readBody(AdmissionRequest, request)
      const { session, token: bearer } = await access.admit({ programId, token })
      metrics.admitted()
      const answer = answerOf(session, summaryOf(program))
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...answer, session: { token: bearer, ...answer.session } } satisfies AdmissionAnswer)
    })

    app.get<ProgramParams>('/api/programs/:programId/session', async (request) => {
      const session = await authenticate.readSession(request)
      return answerOf(session, summaryOf(await programs.find(session.programId)))
    })

    app.delete<ProgramParams>('/api/programs/:programId/session', async (request, reply) => {
      await access.signOut(await authenticate.readSession(request))
      return reply.code(204).send()
    })
  }
}

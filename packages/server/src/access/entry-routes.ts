// Owns: the ways in over HTTP: a link with a token, the exchange of a token, the open door, and the session that comes of it.
import {
  type AdmissionAnswer,
  AdmissionRequest,
  type DoorFacts,
  type ErrorCode,
  type MediaAccess,
  Refusal,
  RenewalRequest,
  type SessionAnswer,
} from '@voila/protocol'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { guestsOf, summaryOf } from '../backstage/program-answers.ts'
import type { Programs } from '../backstage/programs.ts'
import type { Authenticate } from '../http/authenticate.ts'
import { readBody } from '../http/body.ts'
import type { Cookies } from '../http/cookies.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Origins } from '../http/origin.ts'
import type { Pages } from '../http/pages.ts'
import type { WaysIn } from '../http/respond.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { Access } from './access.ts'
import { isForgiven } from './guests.ts'
import { endOf, type Session } from './sessions.ts'

type ProgramParams = { Params: { programId: string } }

export type EntryParts = {
  readonly access: Pick<Access, 'admit' | 'enter' | 'entering' | 'renew' | 'prolong' | 'sessionOf' | 'signOut'>
  readonly programs: Pick<Programs, 'find'>
  readonly authenticate: Pick<Authenticate, 'readSession'>
  readonly cookies: Pick<Cookies, 'browserOf' | 'browserFor'>
  readonly origins: Pick<Origins, 'requireOwnOrigin'>
  readonly pages: Pages
  readonly metrics: Pick<Metrics, 'admitted'>
  /** Where people of a program get a new token, and where they sign in with their company account. */
  waysInto(programId: string): WaysIn
  /** The media address of a session. */
  mediaAccess(session: Session): MediaAccess
}

/** The token of a link; undefined where there is none. A name given twice is damage, and judged as such. */
function tokenIn(request: FastifyRequest): string | undefined {
  const { token } = request.query as { token?: string | string[] }
  return Array.isArray(token) ? token.join('&') : token
}

export function entryRoutes(parts: EntryParts): FastifyPluginAsync {
  const { access, programs, authenticate, cookies, origins, pages, metrics } = parts

  function answerOf(session: Session, program: ProgramRow): SessionAnswer {
    const media = parts.mediaAccess(session)
    return {
      session: { expiresAt: new Date(endOf(session, program).at).toISOString() },
      attendee: session.attendee,
      program: summaryOf(program),
      media: { url: media.url, expiresAt: new Date(media.expiresAt).toISOString() },
    }
  }

  /** Whether the page knows who is there. Somebody whose session is over may be let in anew where the program is public. */
  async function hasSession(program: ProgramRow, browser: string | undefined): Promise<boolean> {
    try {
      await access.sessionOf({ programId: program.id, browser })
      return true
    } catch (error) {
      const over = error instanceof Refusal && ['session_missing', 'session_expired', 'expired'].includes(error.code)
      if (over && program.access === 'public') return false
      // Told that the event is private, rather than that something of his is missing.
      throw error instanceof Refusal && error.code === 'session_missing' ? new Refusal('token_missing') : error
    }
  }

  /** The page that lets somebody in: a guest, or the holder of a token that is no business of whoever only looks at links. */
  function sendDoor(
    request: FastifyRequest,
    reply: FastifyReply,
    { program, ...more }: { program: ProgramRow; exchanges?: true; tokenRefused?: ErrorCode },
  ): FastifyReply {
    const { signInUrl, samlUrl } = parts.waysInto(program.id)
    const facts: DoorFacts = {
      guests: guestsOf(program),
      ...(signInUrl == null ? {} : { signInUrl }),
      ...(samlUrl === undefined ? {} : { samlUrl }),
      ...more,
    }
    return reply.headers(pages.headers(request.headers.host)).send(pages.doorPage(facts))
  }

  async function enterByLink(request: FastifyRequest<ProgramParams>, reply: FastifyReply, token: string): Promise<FastifyReply> {
    const { programId } = request.params
    const program = await programs.find(programId)
    if (program.token_use === 'once') return sendDoor(request, reply, { program, exchanges: true })
    const { browser, set } = cookies.browserFor(request)
    try {
      await access.admit({ programId, token, browser })
    } catch (error) {
      if (!(error instanceof Refusal) || !isForgiven(program, error.code)) throw error
      await access.entering.requireOpen(program)
      return sendDoor(request, reply, { program, tokenRefused: error.code })
    }
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
      const program = await programs.find(programId)
      if (!(await hasSession(program, cookies.browserOf(request.raw)))) {
        await access.entering.requireOpen(program)
        return sendDoor(request, reply, { program })
      }
      return reply.headers(pages.headers(request.headers.host)).send(pages.page())
    })

    app.post<ProgramParams>('/api/programs/:programId/sessions', async (request, reply) => {
      const { programId } = request.params
      const program = await programs.find(programId)
      const { session, token: bearer, tokenRefused } = await access.enter({ programId, ...readBody(AdmissionRequest, request) })
      metrics.admitted()
      const answer = answerOf(session, program)
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({
          ...answer,
          session: { token: bearer, ...answer.session },
          ...(tokenRefused === undefined ? {} : { tokenRefused }),
        } satisfies AdmissionAnswer)
    })

    // The same by our own page, whose browser keeps the session by its cookie.
    app.post<ProgramParams>('/api/programs/:programId/session', async (request, reply) => {
      origins.requireOwnOrigin(request.raw)
      const { programId } = request.params
      const program = await programs.find(programId)
      const { browser, set } = cookies.browserFor(request)
      const { session, tokenRefused } = await access.enter({ programId, browser, ...readBody(AdmissionRequest, request) })
      metrics.admitted()
      set(reply)
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...answerOf(session, program), ...(tokenRefused === undefined ? {} : { tokenRefused }) } satisfies SessionAnswer)
    })

    app.get<ProgramParams>('/api/programs/:programId/session', async (request) => {
      const session = await authenticate.readSession(request)
      return answerOf(session, await programs.find(session.programId))
    })

    app.post<ProgramParams>('/api/programs/:programId/session/renew', async (request, reply) => {
      const session = await authenticate.readSession(request)
      const { token } = readBody(RenewalRequest, request)
      const byCookie = request.headers.authorization === undefined
      // An embedded player has a page around it that is asked for another token.
      if (token === undefined && !byCookie) throw new Refusal('token_missing')
      const renewed = token === undefined ? await access.prolong(session) : await access.renew({ session, token })
      if (byCookie) cookies.browserFor(request).set(reply)
      return reply.header('cache-control', 'no-store').send(answerOf(renewed, await programs.find(session.programId)))
    })

    app.delete<ProgramParams>('/api/programs/:programId/session', async (request, reply) => {
      await access.signOut(await authenticate.readSession(request))
      return reply.code(204).send()
    })
  }
}

// Owns: the requests that this client makes beside its socket, and how their refusals are read.
import {
  type Ack,
  type AdmissionAnswer,
  type DoFrame,
  isErrorCode,
  type MediaAccess,
  type Person,
  type Position,
  type Problem,
  Refusal,
  type SessionAnswer,
} from '@voila/protocol'
import type { ServerClock } from './server-clock.ts'

/** A refusal that came with its problem document. */
export class ProblemRefusal extends Refusal {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.code, problem.retryAfterMs === undefined ? {} : { retryAfterMs: problem.retryAfterMs })
    this.problem = problem
  }
}

export type HistoryPage<Item> = { items: Item[]; nextCursor: string | null; people: Person[] }

/** A token, or where guests are let in how one is called. */
export type EntryBody = { readonly token?: string; readonly name?: string }

/** Every call but `command` throws {@link ProblemRefusal}, or Refusal `unavailable` where no answer came. */
export type Http = {
  /** Exchanges an attendee token for a session; its `vs_` value is told this once. */
  admit(body: EntryBody): Promise<AdmissionAnswer>
  /** The same for this browser, by its cookie, on our own page. */
  enter(body: EntryBody): Promise<SessionAnswer>
  session(): Promise<SessionAnswer>
  /** Lets the session go on: by a newer token, or without one where a cookie travels. */
  renew(token: string | undefined): Promise<SessionAnswer>
  /** Asks whether whoever this is still has a place at the program. */
  mayStay(): Promise<unknown>
  /** short: to be renewed; native: lasts as long as the session, for players that cannot renew. */
  media(kind: 'short' | 'native'): Promise<MediaAccess>
  /** The team's own, by the cookie of Backstage; to be renewed. */
  preview(): Promise<MediaAccess>
  history<Item>(activity: string, cursor: { before?: string; limit: number }): Promise<HistoryPage<Item>>
  /**
   * The picture of a slide, kept by the browser: beside the stream, whose address `mediaUrl` is, where that works; else by the session.
   *
   * @throws Refusal unavailable, also where there is none
   */
  slide(imageId: string, mediaUrl: string | undefined): Promise<Blob>
  /** Sends a command where no socket carries it; undefined where its outcome is not known. */
  command(frame: DoFrame): Promise<Ack | undefined>
  /** Follows the event stream, after a position or from the beginning. @throws what fetch throws */
  stream(request: { after: Position | undefined; signal: AbortSignal }): Promise<Response>
}

/** What any text says about a refusal; an unknown or unreadable one is `internal`. */
export function readProblem(value: unknown, status: number): Problem {
  const read = typeof value === 'object' && value !== null ? (value as Partial<Problem>) : {}
  const code =
    typeof read.code === 'string' && isErrorCode(read.code) ? read.code : status >= 502 && status <= 504 ? 'unavailable' : 'internal'
  return {
    type: typeof read.type === 'string' ? read.type : 'about:blank',
    title: typeof read.title === 'string' ? read.title : '',
    status,
    code,
    traceId: typeof read.traceId === 'string' ? read.traceId : '',
    ...(typeof read.detail === 'string' ? { detail: read.detail } : {}),
    ...(typeof read.retryAfterMs === 'number' ? { retryAfterMs: read.retryAfterMs } : {}),
    ...(typeof read.signInUrl === 'string' && /^https?:\/\//.test(read.signInUrl) ? { signInUrl: read.signInUrl } : {}),
    ...(typeof read.opensAt === 'string' && !Number.isNaN(Date.parse(read.opensAt)) ? { opensAt: read.opensAt } : {}),
    ...(typeof read.tokenRefused === 'string' && isErrorCode(read.tokenRefused) ? { tokenRefused: read.tokenRefused } : {}),
    ...(typeof read.samlUrl === 'string' && /^\/[a-z0-9]{12}\/sign-in$/.test(read.samlUrl) ? { samlUrl: read.samlUrl } : {}),
  }
}

/** Requests for one program. `origin`: of the server; `session`: the `vs_` value, where no cookie travels; `as`: by the cookie of Backstage. */
export function createHttp(options: {
  origin: string
  programId: string
  session?: string
  as?: 'team' | 'screen'
  fetch: typeof fetch
  clock: ServerClock
}): Http {
  const base = `${options.origin}/api/programs/${options.programId}`

  function send(path: string, init: RequestInit & { accept: string }): Promise<Response> {
    const headers = new Headers({ accept: init.accept })
    if (init.body !== undefined) headers.set('content-type', 'application/json')
    if (options.session !== undefined) headers.set('authorization', `Bearer ${options.session}`)
    return options.fetch(base + path, { credentials: 'same-origin', cache: 'no-store', ...init, headers })
  }

  /** A path that attendees and the team share. A browser may hold the cookies of both. */
  const shared = (path: string, query: Record<string, string> = {}): string => {
    const asked = new URLSearchParams({ ...query, ...(options.as === 'team' ? { as: options.as } : {}) })
    return asked.size === 0 ? path : `${path}?${asked}`
  }

  async function call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    let response: Response
    let body: unknown
    try {
      response = await send(path, { ...init, accept: 'application/json' })
      body = await response.json().catch(() => undefined)
    } catch {
      throw new Refusal('unavailable')
    }
    const date = Date.parse(response.headers.get('date') ?? '')
    // Coarser than the socket's word (whole seconds), so it counts only until that comes.
    if (!Number.isNaN(date) && !options.clock.isSet()) options.clock.told(date)
    if (!response.ok) throw new ProblemRefusal(readProblem(body, response.status))
    return body as Answer
  }

  async function mediaAt(path: string, body: object): Promise<MediaAccess> {
    const { url, expiresAt } = await call<{ url: string; expiresAt: string }>(path, { method: 'POST', body: JSON.stringify(body) })
    return { url, expiresAt: Date.parse(expiresAt) }
  }

  return {
    admit: (body) => call<AdmissionAnswer>('/sessions', { method: 'POST', body: JSON.stringify(body) }),
    enter: (body) => call<SessionAnswer>('/session', { method: 'POST', body: JSON.stringify(body) }),
    session: () => call<SessionAnswer>('/session'),
    renew: (token) => call<SessionAnswer>('/session/renew', { method: 'POST', body: JSON.stringify({ token }) }),
    mayStay: () => (options.as === 'screen' ? Promise.resolve() : call(options.as === 'team' ? '' : '/session')),
    media: (kind) => mediaAt('/media', { kind }),
    preview: () => mediaAt('/preview', {}),
    async command({ id, activity, command }) {
      try {
        const body = JSON.stringify({ id, activity, command })
        return await call<Ack>(shared('/commands'), { method: 'POST', body })
      } catch (error) {
        if (!(error instanceof ProblemRefusal) || error.problem.status >= 500) return undefined
        const { code, retryAfterMs } = error
        return { id, refused: { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } }
      }
    },
    history<Item>(activity: string, { before, limit }: { before?: string; limit: number }) {
      return call<HistoryPage<Item>>(
        shared(`/activities/${activity}/history`, { limit: String(limit), ...(before === undefined ? {} : { before }) }),
      )
    },
    async slide(imageId, mediaUrl) {
      const byMedia = mediaUrl === undefined ? undefined : new URL(`slides/${imageId}`, new URL(mediaUrl, options.origin))
      const asked =
        byMedia === undefined ? undefined : await options.fetch(byMedia, { headers: { accept: 'image/*' } }).catch(() => undefined)
      if (asked?.ok === true) return await asked.blob()
      const answer = await send(shared(`/slides/${imageId}`), { accept: 'image/*', cache: 'default' }).catch(() => undefined)
      if (answer?.ok !== true) throw new Refusal('unavailable')
      return await answer.blob()
    },
    stream: ({ after, signal }) =>
      send(shared('/stream', after === undefined ? {} : { after: `${after.epoch}:${after.seq}` }), { accept: 'text/event-stream', signal }),
  }
}

// Owns: the life of one program's connection: connecting, resuming, reconnecting, and its end.
import type { Ack, ErrorCode, LogItem, MediaAccess, Problem, ServerFrame, SessionAnswer } from '@voila/protocol'
import { limits } from '@voila/protocol'
import { type Closing, isTerminal, readClose } from './closing.ts'
import { alwaysOnline, type Connectivity } from './connectivity.ts'
import { createHttp, type HistoryPage, ProblemRefusal } from './http.ts'
import { createMediaAccess, type MediaAccessKeeper } from './media-access.ts'
import { createOutbox } from './outbox.ts'
import { createServerClock } from './server-clock.ts'
import { applyFrame, initialState, type LiveState, withPeople } from './state.ts'
import { type Connection, eventStreamTransport, type SocketLike, type Transport, webSocketTransport } from './transport.ts'

export type LiveOptions = {
  readonly programId: string
  /** Of the server: `https://live.example.com`, without a slash at the end. */
  readonly origin: string
  /** The `vs_` value, where no cookie travels (an embed, Node). */
  readonly session?: string
  /**
   * team: a member, by the cookie of Backstage on our own pages; he gets no media access here, as Backstage asks for its own. screen: the big
   * screen, with its link's secret as `session`.
   */
  readonly as?: 'team' | 'screen'
  /** Default: this environment's WebSocket. In Node: `(url) => new WebSocket(url, { origin, headers })` of `ws`. */
  readonly openSocket?: (url: string) => SocketLike
  readonly fetch?: typeof fetch
  readonly connectivity?: Connectivity
  /** Calls `tell` once soon: a page hands it to the next animation frame. Default: at once. */
  readonly schedule?: (tell: () => void) => void
  /** 0 <= x < 1; default Math.random. */
  readonly random?: () => number
  /** First and longest wait before connecting again, milliseconds; each try doubles it. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number }
}

export type LiveClient = {
  state(): LiveState
  subscribe(listener: () => void): () => void
  /** Told every log item as it is applied, before the state that holds it is announced. */
  onItem(listener: (item: LogItem) => void): () => void
  readonly media: MediaAccessKeeper
  /** An address that lasts as long as the session, for a player without a hook into its requests. @throws Refusal */
  lastingMedia(): Promise<MediaAccess>
  /** The server's time, Unix milliseconds. */
  now(): number
  /** Who this browser is at this program. @throws Refusal */
  session(): Promise<SessionAnswer>
  /** Lets the session go on by a newer token of the same attendee, or without one where a cookie travels; nothing is interrupted. @throws Refusal */
  renew(token?: string): Promise<SessionAnswer>
  /** Opens the connection; once. */
  start(): void
  /**
   * Sends a command and answers with its decided outcome. It is sent again after a lost connection under the same id, so it happens once.
   * Where the connection ends for good, or too many wait already, the answer is a refusal.
   */
  send(activity: string, command: { type: string; [key: string]: unknown }): Promise<Ack>
  /** The picture of a slide. @throws Refusal */
  slide(imageId: string): Promise<Blob>
  /** A page of what was before; its people are added to the state. `before`: a cursor. @throws Refusal */
  history<Item>(activity: string, cursor: { before?: string; limit: number }): Promise<HistoryPage<Item>>
  /** Connects again now where that is being waited for. */
  retryNow(): void
  close(): void
}

/** Without a frame for this long (two beats and a half) the connection counts as dead. */
const silenceMs = limits.beatMs * 2.5
/** What the server asks to leave for later (a flood, an outage) is left for so long at least. */
const laterMs = 10_000
/** A connection that lasted this long was a good one: the next backoff starts anew. */
const stableMs = 5_000
/** WebSockets that fail to open, while the server answers otherwise, before events are tried. */
const failedOpens = 2

/** One visitor's client of one program. Nothing is opened before `start`. */
export function createLiveClient(options: LiveOptions): LiveClient {
  const { connectivity = alwaysOnline, random = Math.random, schedule = (tell) => tell() } = options
  const backoff = options.backoff ?? { firstMs: 1_000, maxMs: 8_000 }
  const clock = createServerClock()
  const http = createHttp({ ...options, fetch: options.fetch ?? ((...request) => fetch(...request)), clock })
  const media = createMediaAccess({ renew: () => http.media('short'), clock })
  const outbox = createOutbox()
  const program = `${options.origin}/api/programs/${options.programId}`
  const overSocket = webSocketTransport(`${program.replace(/^http/, 'ws')}/socket`, options.openSocket ?? ((url) => new WebSocket(url)))
  const overEvents = eventStreamTransport({ follow: http.stream, post: http.command })

  const listeners = new Set<() => void>()
  const itemListeners = new Set<(item: LogItem) => void>()
  const versions = new Map<string, number>()
  let state = initialState
  let announced = false
  let started = false
  let closed = false
  let attempt = 0
  let failed = 0
  let connection: Connection | undefined
  let readyAt: number | undefined
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let silenceTimer: ReturnType<typeof setTimeout> | undefined

  function set(next: LiveState): void {
    if (next === state) return
    state = next
    if (announced) return
    announced = true
    schedule(() => {
      announced = false
      for (const listener of listeners) listener()
    })
  }

  function open(): void {
    clearTimeout(retryTimer)
    retryTimer = undefined
    if (closed || connection !== undefined) return
    const transport: Transport = failed >= failedOpens ? overEvents : overSocket
    let wasOpen = false
    readyAt = undefined
    // What an older connection still says is no longer heard.
    const isCurrent = (): boolean => connection === mine
    const mine = transport(
      { resume: state.position, session: options.session, as: options.as },
      {
        opened() {
          if (!isCurrent()) return
          wasOpen = true
          listen()
        },
        frame(text) {
          if (!isCurrent()) return
          listen()
          receive(text)
        },
        closed(code, reason) {
          if (isCurrent()) lost(readClose(code, reason), { wasOpen, transport })
        },
      },
    )
    connection = mine
    listen()
  }

  /** Starts the wait for the next frame anew. */
  function listen(): void {
    clearTimeout(silenceTimer)
    silenceTimer = setTimeout(reopen, silenceMs)
  }

  function drop(): void {
    clearTimeout(silenceTimer)
    outbox.lost()
    const old = connection
    connection = undefined
    old?.close()
  }

  /** Leaves a connection that is of no more use and connects again with what is held. */
  function reopen(): void {
    drop()
    again({})
  }

  function receive(text: string): void {
    let frame: ServerFrame
    try {
      frame = JSON.parse(text) as ServerFrame
    } catch {
      return
    }
    if (frame.t === 'ready' || frame.t === 'beat') clock.told(frame.now)
    const applied = applyFrame(state, frame, versions)
    if (applied === 'gap') {
      // A resume that does not fit what is held can only be answered by asking for everything.
      if (frame.t === 'ready') set({ ...state, position: undefined })
      reopen()
      return
    }
    for (const item of applied.items) for (const listener of itemListeners) listener(item)
    if (applied.media !== undefined) media.offer(applied.media)
    set(applied.state)
    if (frame.t === 'ready') {
      readyAt ??= Date.now()
      flush()
    }
    if (frame.t === 'ack') outbox.settle(frame)
  }

  function flush(): void {
    if (state.connection.phase === 'open') outbox.flush((frame) => connection?.send(frame))
  }

  function lost({ code, retry }: Closing, { wasOpen, transport }: { wasOpen: boolean; transport: Transport }): void {
    drop()
    // Whoever waits for the doors knows when they open, and needs no socket until then.
    if (code !== undefined && (isTerminal(retry) || code === 'doors_closed')) {
      void end(code)
      return
    }
    if (readyAt !== undefined && Date.now() - readyAt > stableMs) attempt = 0
    if (wasOpen && transport === overSocket) failed = 0
    if (!wasOpen) void askWhy(transport)
    again({ ...(code === undefined ? {} : { code }), ...(retry === 'later' ? { atLeastMs: laterMs } : {}) })
  }

  function again({ code, atLeastMs = 0 }: { code?: ErrorCode; atLeastMs?: number }): void {
    if (closed || state.connection.phase === 'ended') return
    const longestMs = Math.min(backoff.firstMs * 2 ** Math.min(attempt, 10), backoff.maxMs)
    attempt += 1
    clearTimeout(retryTimer)
    // Spread over almost the whole span: after a restart everybody comes back at once.
    retryTimer = setTimeout(open, atLeastMs + longestMs * (0.1 + 0.9 * random()))
    set({ ...state, connection: { phase: 'waiting', online: connectivity.online(), ...(code === undefined ? {} : { code }) } })
  }

  /** A refused upgrade looks like any connection that failed; only the REST side can say which it was. */
  async function askWhy(transport: Transport): Promise<void> {
    try {
      await http.mayStay()
      // The server is there and lets this visitor in, but not this way.
      failed = transport === overSocket ? failed + 1 : 0
    } catch (error) {
      if (!(error instanceof ProblemRefusal)) return
      // What is ours to mend (5xx), or too much at once, says nothing about this visitor.
      const { status } = error.problem
      if (status >= 400 && status < 500 && status !== 429) finish(error.code, error.problem)
    }
  }

  /** Ends for good; asks once what there is to say about it (a sign-in address, a trace id). */
  async function end(code: ErrorCode): Promise<void> {
    finish(code, undefined)
    try {
      await http.mayStay()
    } catch (error) {
      if (error instanceof ProblemRefusal && error.problem.status < 500) finish(code, error.problem)
    }
  }

  function finish(code: ErrorCode, problem: Problem | undefined): void {
    if (closed) return
    clearTimeout(retryTimer)
    drop()
    media.close()
    outbox.refuseAll(code)
    set({ ...state, connection: { phase: 'ended', code, ...(problem === undefined ? {} : { problem }) } })
  }

  function retryNow(): void {
    const { connection: now } = state
    const asked = now.phase === 'waiting' && now.code !== undefined && readClose(0, now.code).retry === 'later'
    if (now.phase === 'waiting' && retryTimer !== undefined && !asked) open()
  }

  const stopWatching = [
    connectivity.onWake(retryNow),
    connectivity.onChange(() => {
      if (state.connection.phase === 'waiting') set({ ...state, connection: { ...state.connection, online: connectivity.online() } })
    }),
  ]

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onItem(listener) {
      itemListeners.add(listener)
      return () => itemListeners.delete(listener)
    },
    media,
    lastingMedia: () => http.media('native'),
    now: clock.now,
    session: http.session,
    slide: (imageId) => http.slide(imageId, media.current()?.url),
    async renew(token) {
      const answer = await http.renew(token)
      // The address that is held ends with the session that was.
      if (media.current() !== null) media.offer({ url: answer.media.url, expiresAt: Date.parse(answer.media.expiresAt) })
      return answer
    },
    start() {
      if (started) return
      started = true
      open()
    },
    send(activity, command) {
      const answer = outbox.add(activity, command)
      if (state.connection.phase === 'ended') outbox.refuseAll(state.connection.code)
      else if (closed) outbox.refuseAll('unavailable')
      else flush()
      return answer
    },
    async history<Item>(activity: string, cursor: { before?: string; limit: number }) {
      const page = await http.history<Item>(activity, cursor)
      set({ ...state, people: withPeople(state.people, page.people) })
      return page
    },
    retryNow,
    close() {
      if (closed) return
      clearTimeout(retryTimer)
      drop()
      closed = true
      media.close()
      for (const stop of stopWatching) stop()
      outbox.refuseAll('unavailable')
      listeners.clear()
      itemListeners.clear()
    },
  }
}

// Owns: the life of one program's connection: hello, resume, reconnecting, and commands until they are acknowledged.
import {
  type Ack,
  type DoFrame,
  type ErrorCode,
  type HelloFrame,
  type LogItem,
  limits,
  type Person,
  type Problem,
  type ServerFrame,
  type SessionAnswer,
} from '@voila/protocol'
import { isTerminal, readClose } from './closing.ts'
import { alwaysOnline, type Connectivity } from './connectivity.ts'
import { createHttp, type HistoryPage, ProblemRefusal } from './http.ts'
import { createMediaAccess, type MediaAccessKeeper } from './media-access.ts'
import { createServerClock } from './server-clock.ts'
import { applyFrame, initialState, type LiveState, withPeople } from './state.ts'
import { type Transport, webSocketTransport } from './transport.ts'

export type LiveOptions = {
  readonly programId: string
  /** Of the server: `https://live.example.com`, without a slash at the end. */
  readonly origin: string
  /** The `vs_` value, where no cookie travels (an embed, Node). */
  readonly session?: string
  /** Default: WebSocket of this environment. In Node: `(url) => new WebSocket(url, { origin, headers })` of `ws`. */
  readonly transport?: Transport
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
  /** The server's time, Unix milliseconds. */
  now(): number
  /** Who this browser is at this program. @throws Refusal */
  session(): Promise<SessionAnswer>
  /** Opens the socket; once. */
  start(): void
  /**
   * Sends a command and answers with its decided outcome. It is sent again after a lost connection under the same id, so it happens once.
   * Where the connection ends for good, or too many wait already, the answer is a refusal.
   */
  send(activity: string, command: { type: string; [key: string]: unknown }): Promise<Ack>
  /** A page of what was before; its people are added to the state. `before`: a cursor. @throws Refusal */
  history<Item>(activity: string, cursor: { before?: string; limit: number }): Promise<HistoryPage<Item>>
  /** Connects again now where that is being waited for. */
  retryNow(): void
  close(): void
}

type Pending = { readonly frame: DoFrame; readonly resolve: (ack: Ack) => void; sent: boolean }

/** Commands that may wait for their acknowledgement. */
const maxPending = 32
/** Without a frame for this long (two beats and a half) the connection counts as dead. */
const silenceMs = limits.beatMs * 2.5
/** A flood is left alone for a while. */
const laterMs = 10_000
/** A connection that lasted this long was a good one: the next backoff starts anew. */
const stableMs = 5_000

/** Makes a version 4 UUID; `crypto.randomUUID` is missing on plain http. */
function uuid(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = [...bytes].map((byte, at) =>
    (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, '0'),
  )
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** One attendee's client of one program. Nothing is opened before `start`. */
export function createLiveClient(options: LiveOptions): LiveClient {
  const connectivity = options.connectivity ?? alwaysOnline
  const random = options.random ?? Math.random
  const backoff = options.backoff ?? { firstMs: 1_000, maxMs: 15_000 }
  const schedule = options.schedule ?? ((tell) => tell())
  const clock = createServerClock()
  const http = createHttp({ ...options, fetch: options.fetch ?? ((...request) => fetch(...request)), clock })
  const media = createMediaAccess({ renew: http.renewMedia, clock })
  const connect = options.transport ?? webSocketTransport((url) => new WebSocket(url))
  const socketUrl = `${options.origin.replace(/^http/, 'ws')}/api/programs/${options.programId}/socket`

  const listeners = new Set<() => void>()
  const itemListeners = new Set<(item: LogItem) => void>()
  const pending = new Map<string, Pending>()
  const versions = new Map<string, number>()
  let state = initialState
  let scheduled = false
  let started = false
  let closed = false
  let attempt = 0
  let connection: { send(text: string): void; close(): void } | undefined
  let readyAt: number | undefined
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let silenceTimer: ReturnType<typeof setTimeout> | undefined

  function set(next: LiveState): void {
    if (next === state) return
    state = next
    if (scheduled) return
    scheduled = true
    schedule(() => {
      scheduled = false
      for (const listener of listeners) listener()
    })
  }

  function open(): void {
    clearTimeout(retryTimer)
    retryTimer = undefined
    if (closed || connection !== undefined) return
    let wasOpen = false
    readyAt = undefined
    // What an older connection still says is no longer heard.
    const isCurrent = (): boolean => connection === mine
    const mine = connect(socketUrl, {
      open() {
        if (!isCurrent()) return
        wasOpen = true
        const hello: HelloFrame = {
          t: 'hello',
          v: 1,
          ...(options.session === undefined ? {} : { session: options.session }),
          ...(state.position === undefined ? {} : { resume: state.position }),
        }
        mine.send(JSON.stringify(hello))
        listen()
      },
      frame(text) {
        if (!isCurrent()) return
        listen()
        receive(text)
      },
      close(code, reason) {
        if (!isCurrent()) return
        lost(readClose(code, reason), wasOpen)
      },
    })
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
    for (const command of pending.values()) command.sent = false
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
      resend()
    }
    if (frame.t === 'ack') settle(frame)
  }

  function settle(ack: Ack): void {
    pending.get(ack.id)?.resolve(ack)
    pending.delete(ack.id)
  }

  function resend(): void {
    for (const command of pending.values()) {
      if (command.sent) continue
      command.sent = true
      connection?.send(JSON.stringify(command.frame))
    }
  }

  function lost(closing: ReturnType<typeof readClose>, wasOpen: boolean): void {
    drop()
    if (closing.code !== undefined && isTerminal(closing.retry)) {
      void end(closing.code)
      return
    }
    if (readyAt !== undefined && Date.now() - readyAt > stableMs) attempt = 0
    // A refused upgrade looks like any lost connection; only the REST side can say why.
    if (!wasOpen) void askWhy()
    again({ ...(closing.code === undefined ? {} : { code: closing.code }), ...(closing.retry === 'later' ? { atLeastMs: laterMs } : {}) })
  }

  function again({ code, atLeastMs = 0 }: { code?: ErrorCode; atLeastMs?: number }): void {
    if (closed || state.connection.phase === 'ended') return
    const longest = Math.min(backoff.firstMs * 2 ** Math.min(attempt, 10), backoff.maxMs)
    attempt += 1
    // Spread over the whole span: after a restart everybody comes back at once.
    const waitMs = atLeastMs + longest * (0.1 + 0.9 * random())
    clearTimeout(retryTimer)
    retryTimer = setTimeout(open, waitMs)
    set({ ...state, connection: { phase: 'waiting', online: connectivity.online(), ...(code === undefined ? {} : { code }) } })
  }

  async function askWhy(): Promise<void> {
    try {
      await http.session()
    } catch (error) {
      if (!(error instanceof ProblemRefusal)) return
      // What is ours to mend (5xx), or too much at once, says nothing about this attendee.
      const { status } = error.problem
      if (status >= 400 && status < 500 && status !== 429) finish(error.code, error.problem)
    }
  }

  /** Ends for good; asks once what there is to say about it (a sign-in address, a trace id). */
  async function end(code: ErrorCode): Promise<void> {
    finish(code, undefined)
    try {
      await http.session()
    } catch (error) {
      if (error instanceof ProblemRefusal && error.code === code) finish(code, error.problem)
    }
  }

  function finish(code: ErrorCode, problem: Problem | undefined): void {
    if (closed) return
    clearTimeout(retryTimer)
    drop()
    media.close()
    for (const id of [...pending.keys()]) settle({ id, refused: { code } })
    set({ ...state, connection: { phase: 'ended', code, ...(problem === undefined ? {} : { problem }) } })
  }

  function retryNow(): void {
    if (state.connection.phase !== 'waiting' || retryTimer === undefined || state.connection.code === 'flood') return
    open()
  }

  const stopListening = [
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
    now: clock.now,
    session: http.session,
    start() {
      if (started) return
      started = true
      open()
    },
    send(activity, command) {
      const frame: DoFrame = { t: 'do', id: uuid(), activity, command }
      const { connection: now } = state
      if (closed || now.phase === 'ended' || pending.size >= maxPending) {
        return Promise.resolve({ id: frame.id, refused: { code: now.phase === 'ended' ? now.code : 'rate_limited' } })
      }
      return new Promise((resolve) => {
        pending.set(frame.id, { frame, resolve, sent: false })
        if (now.phase === 'open') resend()
      })
    },
    async history<Item>(activity: string, cursor: { before?: string; limit: number }) {
      const page = await http.history<Item>(activity, cursor)
      const people: readonly Person[] = page.people
      set({ ...state, people: withPeople(state.people, people) })
      return page
    },
    retryNow,
    close() {
      if (closed) return
      clearTimeout(retryTimer)
      drop()
      closed = true
      media.close()
      for (const stop of stopListening) stop()
      for (const id of [...pending.keys()]) settle({ id, refused: { code: 'unavailable' } })
      listeners.clear()
      itemListeners.clear()
    },
  }
}

// Owns: how frames travel: over a WebSocket, or as server-sent events and requests where the network lets no WebSocket through.
import { type Ack, type DoFrame, type HelloFrame, isErrorCode, type Position } from '@voila/protocol'

/** `opened`: the other side is there. `frame`: one server frame, JSON. `closed` is told once, also where it never opened. */
export type TransportEvents = { opened(): void; frame(text: string): void; closed(code: number, reason: string): void }

/** `resume`: the last position applied. `session`: the `vs_` value, where no cookie travels. `as`: by the cookie of Backstage. */
export type Greeting = {
  readonly resume: Position | undefined
  readonly session: string | undefined
  readonly as?: 'team' | 'screen' | undefined
}

export type Connection = { send(command: DoFrame): void; close(): void }

/** Connects at once and tells what happens. */
export type Transport = (greeting: Greeting, events: TransportEvents) => Connection

/** What browsers' WebSocket and `ws` have in common. */
export type SocketLike = {
  send(text: string): void
  close(code?: number): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
}

function onceClosed(events: TransportEvents): (code: number, reason: string) => void {
  let told = false
  return (code, reason) => {
    if (told) return
    told = true
    events.closed(code, reason)
  }
}

/** Frames over a WebSocket at `url`. */
export function webSocketTransport(url: string, create: (url: string) => SocketLike): Transport {
  return ({ resume, session, as }, events) => {
    const closed = onceClosed(events)
    let socket: SocketLike
    try {
      socket = create(url)
    } catch {
      // A forbidden address throws; it must look like any connection that failed.
      queueMicrotask(() => closed(1006, ''))
      return { send: () => {}, close: () => {} }
    }
    const hello: HelloFrame = {
      t: 'hello',
      v: 1,
      ...(session === undefined ? {} : { session }),
      ...(as === undefined ? {} : { as }),
      ...(resume === undefined ? {} : { resume }),
    }
    socket.addEventListener('open', () => {
      events.opened()
      socket.send(JSON.stringify(hello))
    })
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') events.frame(data)
    })
    // `ws` throws an unheard error; the close that follows says all there is to know.
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', ({ code, reason }) => closed(code, reason))
    return { send: (command) => socket.send(JSON.stringify(command)), close: () => socket.close(1000) }
  }
}

type ServerEvent = { readonly event: string; readonly data: string }

/** The events of a stream (WHATWG HTML, 9.2.6), as this server writes them: each field in one line. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let held = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const blocks = (held + decoder.decode(value, { stream: true })).split('\n\n')
    held = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
      const data = field('data')
      if (data !== undefined) yield { event: field('event') ?? 'message', data }
    }
  }
}

/**
 * The same frames as server-sent events, and commands as requests. Read from a request of our own rather than by an EventSource, which can
 * say by no header who asks. `post` sends a command and answers its outcome, or undefined where none came.
 */
export function eventStreamTransport(options: {
  follow(request: { after: Position | undefined; signal: AbortSignal }): Promise<Response>
  post(command: DoFrame): Promise<Ack | undefined>
}): Transport {
  return ({ resume }, events) => {
    const closed = onceClosed(events)
    const controller = new AbortController()
    const end = (code: number, reason: string): void => {
      closed(code, reason)
      controller.abort()
    }
    async function read(): Promise<void> {
      const { ok, body, headers } = await options.follow({ after: resume, signal: controller.signal })
      // A network that lets no WebSocket through may put a page of its own in the place of an answer.
      if (!ok || body === null || headers.get('content-type')?.startsWith('text/event-stream') !== true) return
      events.opened()
      for await (const { event, data } of eventsOf(body)) {
        if (event !== 'end') events.frame(data)
        else {
          const { close, code } = JSON.parse(data) as { close: number; code: string }
          return end(close, isErrorCode(code) ? code : '')
        }
      }
    }
    const lost = (): void => end(1006, '')
    void read().then(lost, lost)
    return {
      send(command) {
        void options.post(command).then((ack) => {
          if (ack === undefined) lost()
          else if (!controller.signal.aborted) events.frame(JSON.stringify({ t: 'ack', ...ack }))
        })
      },
      close: () => controller.abort(),
    }
  }
}

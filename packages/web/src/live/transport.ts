// Owns: how frames travel: over a WebSocket, or as server-sent events and requests where the network lets no WebSocket through.
import { type Ack, type DoFrame, type HelloFrame, isErrorCode, type Position } from '@voila/protocol'

/** `opened`: the other side is there. `frame`: one server frame, JSON. `closed` is told once, also where it never opened. */
export type TransportEvents = { opened(): void; frame(text: string): void; closed(code: number, reason: string): void }

/** `resume`: the last position applied. `session`: the `vs_` value, where no cookie travels. */
export type Greeting = { readonly resume: Position | undefined; readonly session: string | undefined }

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
  return ({ resume, session }, events) => {
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

/**
 * The same frames as server-sent events, and commands as requests. For pages only: EventSource sends cookies, not bearers.
 * `post` sends a command and answers its outcome, or undefined where none came.
 */
export function eventStreamTransport(url: string, post: (command: DoFrame) => Promise<Ack | undefined>): Transport {
  return ({ resume }, events) => {
    const closed = onceClosed(events)
    const source = new EventSource(resume === undefined ? url : `${url}?after=${resume.epoch}:${resume.seq}`)
    let open = true
    // Left alone, EventSource would come back by itself with a position that it does not know to be applied.
    const end = (code: number, reason: string): void => {
      open = false
      source.close()
      closed(code, reason)
    }
    source.addEventListener('open', () => events.opened())
    source.addEventListener('message', ({ data }) => events.frame(String(data)))
    source.addEventListener('end', ({ data }: MessageEvent) => {
      const { close, code } = JSON.parse(String(data)) as { close: number; code: string }
      end(close, isErrorCode(code) ? code : '')
    })
    source.addEventListener('error', () => end(1006, ''))
    return {
      send(command) {
        void post(command).then((ack) => {
          if (ack !== undefined) events.frame(JSON.stringify({ t: 'ack', ...ack }))
          else if (open) end(1006, '')
        })
      },
      close() {
        open = false
        source.close()
      },
    }
  }
}

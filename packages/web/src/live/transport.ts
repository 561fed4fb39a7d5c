// Owns: how frames travel: a WebSocket, whichever implementation of it.

export type TransportEvents = { open(): void; frame(text: string): void; close(code: number, reason: string): void }

/** Opens a connection at once and tells what happens to it; `close` is told once, also where it never opened. */
export type Transport = (url: string, events: TransportEvents) => { send(text: string): void; close(): void }

/** What browsers' WebSocket and `ws` have in common. */
export type SocketLike = {
  send(text: string): void
  close(code?: number): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
}

/** Frames over a WebSocket. */
export function webSocketTransport(create: (url: string) => SocketLike): Transport {
  return (url, events) => {
    let ended = false
    const end = (code: number, reason: string): void => {
      if (ended) return
      ended = true
      events.close(code, reason)
    }
    let socket: SocketLike
    try {
      socket = create(url)
    } catch {
      // A malformed or forbidden address throws; it must look like any connection that failed.
      queueMicrotask(() => end(1006, ''))
      return { send: () => {}, close: () => {} }
    }
    socket.addEventListener('open', () => events.open())
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') events.frame(data)
    })
    // `ws` throws an unheard error; the close that follows says all there is to know.
    socket.addEventListener('error', () => {})
    socket.addEventListener('close', ({ code, reason }) => end(code, reason))
    return {
      send: (text) => socket.send(text),
      close: () => {
        socket.close(1000)
      },
    }
  }
}

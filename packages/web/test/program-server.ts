// Owns: a server that speaks the frames of one program, for tests to answer as they like.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClientFrame, chat, type DoFrame, type HelloFrame, type LogItem, type ReadyFrame, type ServerFrame } from '@voila/protocol'
import { type WebSocket, WebSocketServer } from 'ws'

export const programId = 'abcdefghijkl'
export const self = { id: 'attendee-1', displayName: 'Camille Laurent' }
const emptyChat = { view: chat.snapshot(chat.initial(), 'attendees'), self: chat.self(chat.initial(), self.id) }

/** One connection as the server sees it. */
export type Visit = {
  readonly hello: HelloFrame
  readonly commands: DoFrame[]
  send(frame: ServerFrame): void
  end(code: number, reason?: string): void
  /** As when a cable is pulled. */
  cut(): void
}

export type ProgramServer = {
  readonly origin: string
  readonly visits: Visit[]
  /** Answers to upgrades and to `GET …/session`; undefined: as usual. */
  refuseUpgrade: boolean
  session: { status: number; body: unknown }
  /** Answers the event stream and commands, where it is there. */
  overHttp: ((request: IncomingMessage, response: ServerResponse) => void) | undefined
  readonly requests: string[]
  /** Waits for the nth visit, from 1. */
  visit(nth: number): Promise<Visit>
  close(): Promise<void>
}

/** The `ready` with everything, or with what was missed. */
export function readyOf(more: Partial<ReadyFrame> = {}): ReadyFrame {
  return {
    t: 'ready',
    now: Date.now(),
    epoch: '1.0',
    seq: 0,
    resumed: false,
    ...(more.resumed ? {} : { snapshot: { chat: emptyChat.view } }),
    people: [],
    views: [],
    self: { attendee: self, activities: { chat: emptyChat.self } },
    media: null,
    ...more,
  }
}

/** A chat message as it is told. */
export function posted(seq: number, text = `message ${seq}`): LogItem {
  const message = { id: seq, order: seq, at: seq, actorId: self.id, text, likes: 0 }
  return { seq, at: seq, activity: 'chat', type: 'chat.posted', actorId: self.id, message }
}

export function logOf(from: number, to: number, items: LogItem[] = [posted(to)]): ServerFrame {
  return { t: 'log', epoch: '1.0', from, to, items, people: [] }
}

async function until<Value>(ask: () => Value | undefined): Promise<Value> {
  const end = Date.now() + 15_000
  for (;;) {
    const value = ask()
    if (value !== undefined && value !== false) return value
    if (Date.now() > end) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
export { until }

/** Starts it on a free port of the loopback. */
export async function startProgramServer(): Promise<ProgramServer> {
  const visits: Visit[] = []
  const requests: string[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`)
    if (state.overHttp !== undefined && /\/(stream|commands)\b/.test(request.url ?? '')) return state.overHttp(request, response)
    response.writeHead(state.session.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(state.session.body))
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (state.refuseUpgrade) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (ws: WebSocket) => {
      const commands: DoFrame[] = []
      ws.on('error', () => {})
      ws.on('message', (data) => {
        const frame = JSON.parse(String(data)) as ClientFrame
        if (frame.t === 'do') commands.push(frame)
        else {
          visits.push({
            hello: frame,
            commands,
            send: (sent) => ws.send(JSON.stringify(sent)),
            end: (code, reason) => ws.close(code, reason),
            cut: () => ws.terminate(),
          })
        }
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const state: ProgramServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    requests,
    refuseUpgrade: false,
    session: { status: 200, body: {} },
    overHttp: undefined,
    visit: (nth) => until(() => visits[nth - 1]),
    async close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return state
}

// Owns: the program's WebSocket: what a client's frames become, and how refusals become frames and close codes.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Ack, ClientFrame, type DoFrame, type ErrorCode, type HelloFrame, limits, programIdPattern, Refusal } from '@voila/protocol'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import type { Session } from '../access/sessions.ts'
import type { TeamMember } from '../http/authenticate.ts'
import { type Bucket, fullBucket, takeToken } from './bucket.ts'
import { closeCodeOf } from './close-code.ts'
import { type Frame, frameOf, pingBytes } from './frame.ts'
import type { Live } from './live.ts'
import type { Logger } from './shows.ts'
import { newViewer, type Transport, type Viewer } from './viewer.ts'
import { actorOf, type Visitor } from './visitor.ts'

const pathPattern = /^\/api\/programs\/([^/?]+)\/socket(?:\?|$)/
const sweepMs = 250
/** A socket that answers none of so many pings is gone. */
const silentBeats = 3
/** For the other side to answer a close frame. */
const closeMs = 5_000

export type SocketParts = {
  readonly live: Pick<Live, 'command' | 'enter' | 'leave' | 'onDrain'>
  readonly log: Logger
  /** The session that a bearer or a browser cookie stands for. @throws Refusal */
  sessionOf(request: { programId: string; bearer?: string; browser?: string }): Promise<Session>
  /** The member of the program's organization whom the cookie of Backstage stands for, on our own page alone. @throws Refusal */
  memberOf(request: Pick<IncomingMessage, 'headers'>, programId: string): Promise<TeamMember>
  /** The link of a big screen that is good for this program. @throws Refusal */
  screenOf(secret: string, programId: string): Promise<{ readonly linkId: string }>
  /** The value of the browser's or the embed's cookie. */
  browserOf(request: IncomingMessage): string | undefined
  /** Whether the page that opened the socket is ours. */
  hasOwnOrigin(request: IncomingMessage): boolean
  /** Unix milliseconds. */
  now(): number
}

/** What a socket is: a few numbers and references, as there are ten thousand; functions are shared by all. */
class Connection implements Transport {
  readonly ws: WebSocket
  readonly socket: Duplex
  readonly programId: string
  readonly bucket: Bucket
  readonly owner: Owner
  /** Pings since the last sign of life. Counted, not timed: a machine that was asleep must not drop everybody when it wakes. */
  unanswered = 0
  viewer: Viewer | undefined
  /** Commands sent before the `ready`. undefined: no hello yet, or none any more. */
  early: DoFrame[] | undefined
  state: 'new' | 'entering' | 'in' | 'ended' = 'new'

  constructor(given: { ws: WebSocket; socket: Duplex; programId: string; now: number; owner: Owner }) {
    this.ws = given.ws
    this.socket = given.socket
    this.programId = given.programId
    this.bucket = fullBucket(given.now)
    this.owner = given.owner
  }

  send(frame: Frame): void {
    if (this.ws.readyState !== WebSocket.OPEN) return
    // What waits already is what the reader has not taken; the present frame may be as large as it is.
    if (this.socket.writableLength > limits.socketBufferedBytes) this.end('too_slow')
    else this.socket.write(frame.socket)
  }

  end(code: ErrorCode): void {
    if (this.state === 'ended') return
    this.state = 'ended'
    this.owner.left(this)
    this.ws.close(closeCodeOf(code), code)
  }

  probe(): boolean {
    if (this.unanswered >= silentBeats) {
      this.ws.terminate()
      return false
    }
    this.unanswered += 1
    if (this.ws.readyState === WebSocket.OPEN) this.socket.write(pingBytes)
    return true
  }
}

type Owner = { left(connection: Connection): void }

function parse(data: RawData): ClientFrame | undefined {
  try {
    return ClientFrame.safeParse(JSON.parse(data.toString())).data
  } catch {
    return undefined
  }
}

const ackFrame = (ack: Ack): Frame => frameOf(JSON.stringify({ t: 'ack', ...ack }))

/** Takes upgrades to `/api/programs/:programId/socket`. */
export function createSockets(parts: SocketParts) {
  const { live, log, now } = parts
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    closeTimeout: closeMs,
  } as ConstructorParameters<typeof WebSocketServer>[0])
  const connections = new Map<WebSocket, Connection>()
  /** What opened them is kept until hello says by which cookie. */
  const strangers = new Map<Connection, { request: IncomingMessage; openedAt: number }>()
  let draining = false
  let gone: (() => void) | undefined

  const owner: Owner = {
    left(connection) {
      strangers.delete(connection)
      const { viewer, programId } = connection
      connection.viewer = undefined
      connection.early = undefined
      if (viewer === undefined) return
      viewer.ended = true
      live.leave({ programId, viewer })
    },
  }

  async function visitorOf({ programId }: Connection, hello: HelloFrame, request: IncomingMessage): Promise<Visitor> {
    if (hello.as === 'team') {
      const { headers } = request
      const confirm = () => parts.memberOf({ headers }, programId)
      return { member: await confirm(), confirm }
    }
    if (hello.as === 'screen') {
      const confirm = () => parts.screenOf(hello.session ?? '', programId)
      return { screen: await confirm(), confirm }
    }
    if (hello.session !== undefined) return { session: await parts.sessionOf({ programId, bearer: hello.session }) }
    const browser = parts.browserOf(request)
    // Opened by another page than ours: the cookie counts for nothing, and hello must bring the session.
    if (browser !== undefined && !parts.hasOwnOrigin(request)) throw new Refusal('origin_denied')
    return { session: await parts.sessionOf({ programId, ...(browser === undefined ? {} : { browser }) }) }
  }

  async function enter(connection: Connection, hello: HelloFrame, request: IncomingMessage): Promise<void> {
    const { programId } = connection
    const visitor = await visitorOf(connection, hello, request)
    if (connection.state !== 'entering') return
    const viewer = newViewer({ visitor, transport: connection, now: now() })
    connection.viewer = viewer
    await live.enter({ programId, viewer, resume: hello.resume })
    // Ended while it entered: then it has left already.
    if (connection.viewer !== viewer) return
    connection.state = 'in'
    const early = connection.early ?? []
    connection.early = undefined
    for (const frame of early) act(connection, frame)
  }

  function greet(connection: Connection, hello: HelloFrame): void {
    const opened = strangers.get(connection)
    if (opened === undefined) return
    connection.state = 'entering'
    connection.early = []
    strangers.delete(connection)
    enter(connection, hello, opened.request).catch((error: unknown) => {
      if (!(error instanceof Refusal)) log.error({ error, programId: connection.programId }, 'a socket could not be taken in')
      connection.end(error instanceof Refusal ? error.code : 'internal')
    })
  }

  function act(connection: Connection, { id, activity, command }: DoFrame): void {
    const { viewer, programId } = connection
    if (viewer === undefined) return
    // A screen shows, and has nothing to ask for.
    if ('screen' in viewer.visitor) {
      connection.end('protocol')
      return
    }
    live
      .command({ programId, actor: actorOf(viewer.visitor), id, activity, command })
      .then((ack) => connection.send(ackFrame(ack)))
      .catch((error: unknown) => log.error({ error, programId }, 'a command failed'))
  }

  /** Takes one message; answers why the socket must end, if it must. */
  function receive(connection: Connection, data: RawData, binary: boolean): ErrorCode | undefined {
    connection.unanswered = 0
    if (!takeToken(connection.bucket, now())) return 'flood'
    const frame = binary ? undefined : parse(data)
    if (frame === undefined) return 'protocol'
    if (frame.t === 'hello') {
      if (connection.state !== 'new') return 'protocol'
      greet(connection, frame)
    } else if (connection.state === 'in') act(connection, frame)
    else if (connection.early === undefined) return 'protocol'
    else connection.early.push(frame)
    return undefined
  }

  function onMessage(this: WebSocket, data: RawData, binary: boolean): void {
    const connection = connections.get(this)
    if (connection === undefined || connection.state === 'ended') return
    const fault = receive(connection, data, binary)
    if (fault !== undefined) connection.end(fault)
  }
  function onPong(this: WebSocket): void {
    const connection = connections.get(this)
    if (connection !== undefined) connection.unanswered = 0
  }
  function onClose(this: WebSocket): void {
    const connection = connections.get(this)
    connections.delete(this)
    if (connection !== undefined) {
      connection.state = 'ended'
      owner.left(connection)
    }
    if (connections.size === 0) gone?.()
  }
  // ws has answered already: 1009 for a frame too large, 1002 and 1007 for what is no WebSocket frame.
  function onError(): void {}

  const timer = setInterval(() => {
    const at = now()
    for (const [connection, { openedAt }] of strangers) if (at - openedAt >= limits.helloMs) connection.end('hello_timeout')
  }, sweepMs).unref()

  function refuseUpgrade(socket: Duplex, status: string): void {
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }

  async function drain(): Promise<void> {
    draining = true
    clearInterval(timer)
    for (const connection of connections.values()) connection.end('restart')
    if (connections.size === 0) return
    const closed = new Promise<void>((resolve) => {
      gone = resolve
    })
    const patience = setTimeout(() => {
      for (const ws of connections.keys()) ws.terminate()
    }, closeMs)
    await closed
    clearTimeout(patience)
  }
  live.onDrain(drain)

  return {
    /** Answers an HTTP upgrade; false when it is not for this path, and the socket is untouched. */
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
      const programId = pathPattern.exec(request.url ?? '')?.[1]
      if (programId === undefined) return false
      if (draining) refuseUpgrade(socket, '503 Service Unavailable')
      else if (!programIdPattern.test(programId)) refuseUpgrade(socket, '404 Not Found')
      else {
        server.handleUpgrade(request, socket, head, (ws) => {
          const openedAt = now()
          const connection = new Connection({ ws, socket, programId, now: openedAt, owner })
          connections.set(ws, connection)
          strangers.set(connection, { request, openedAt })
          ws.on('message', onMessage)
          ws.on('pong', onPong)
          ws.on('close', onClose)
          ws.on('error', onError)
        })
      }
      return true
    },
    /** Ends every socket with 1012 and waits until they are gone, five seconds at most; `live.drain` does it too. */
    drain,
  }
}

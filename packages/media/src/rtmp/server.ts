// Owns: the sockets of publishers: who may connect, how long everyone may take, and when a connection is cut.
import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import type { ProblemCode } from '../health.ts'
import type { MediaLimits } from '../limits.ts'
import type { Feed, Publisher } from '../stream.ts'
import { ProtocolError } from './handshake.ts'
import { type RefusalCode, RtmpSession } from './session.ts'

type Admit = (request: { app: string; streamKey: string }, publisher: Publisher) => Promise<Feed | undefined>

type LogLine = { level: 'info' | 'warn' | 'error'; message: string; [key: string]: unknown }

export type RtmpServerOptions = {
  host: string
  port: number
  /** PEM texts; with them the server speaks RTMPS. */
  tls?: { cert: string; key: string }
  limits: MediaLimits
  now: () => number
  /** Judges a publisher; undefined refuses it. */
  admit: Admit
  log: (line: LogLine) => void
}

/** What a peer that reads nothing may leave in our buffers. */
const maxUnsentBytes = 256 * 1024
/** How long a farewell may take to leave. */
const farewellMs = 1_000

class Connection {
  readonly openedAt: number
  readonly socket: Socket
  readonly #options: RtmpServerOptions
  readonly #session: RtmpSession
  #feed: Feed | undefined
  #lastBytesAt: number
  #closing = false

  constructor(socket: Socket, options: RtmpServerOptions) {
    this.socket = socket
    this.#options = options
    this.openedAt = options.now()
    this.#lastBytesAt = this.openedAt
    this.#session = new RtmpSession(
      {
        send: (bytes) => this.#send(bytes),
        publish: (request) => void this.#publish(request),
        media: (tag) => this.#feed?.media(tag),
        metadata: (values) => this.#feed?.metadata(values),
        unpublish: () => this.#leave(),
      },
      options.limits,
    )
    socket.setNoDelay(true)
    socket.on('data', (data) => this.#receive(data))
    socket.on('error', () => undefined)
    socket.on('close', () => this.#gone(this.#closing ? undefined : 'connection_lost'))
  }

  get waiting(): boolean {
    return this.#feed === undefined
  }

  /** Cuts the connection off at once. */
  cut(): void {
    this.#closing = true
    this.socket.destroy()
  }

  /** Closes what has taken, or been silent for, too long. */
  checkDeadlines(): void {
    const { limits, now, log } = this.#options
    const age = now() - this.openedAt
    if (this.waiting) {
      if ((this.#session.phase === 'handshake' && age > limits.handshakeMs) || age > limits.publishMs) this.cut()
    } else if (now() - this.#lastBytesAt > limits.idleMs) {
      log({ level: 'warn', message: 'A publisher timed out' })
      this.#gone('timed_out', { seconds: Math.round(limits.idleMs / 1000) })
      this.#farewell('NetConnection.Connect.Closed', 'Nothing arrived for too long')
    }
  }

  close(says: string): void {
    this.#farewell('NetConnection.Connect.Closed', says)
  }

  #receive(data: Buffer): void {
    if (this.#closing) return
    this.#lastBytesAt = this.#options.now()
    try {
      this.#session.receive(data)
    } catch (error) {
      if (!(error instanceof ProtocolError))
        this.#options.log({ level: 'error', message: 'A publisher met a fault of ours', error: String(error) })
      else this.#options.log({ level: this.waiting ? 'info' : 'warn', message: 'A publisher was cut off', reason: error.message })
      this.#gone(error instanceof ProtocolError ? error.problem : 'protocol')
      this.cut()
    }
  }

  #send(bytes: Buffer): void {
    if (this.socket.destroyed || !this.socket.writable) return
    this.socket.write(bytes)
    if (this.socket.writableLength > maxUnsentBytes) throw new ProtocolError('reads nothing of what it asks for')
  }

  async #publish(request: { app: string; streamKey: string }): Promise<void> {
    this.socket.pause()
    const feed = await this.#judge(request)
    if (this.#closing || this.socket.destroyed) {
      feed?.gone()
      return
    }
    if (feed === undefined) {
      this.#farewell('NetStream.Publish.BadName', 'This stream key is not accepted')
      return
    }
    this.#feed = feed
    this.#lastBytesAt = this.#options.now()
    try {
      this.#session.accept()
    } catch (error) {
      this.#gone('protocol')
      this.#options.log({
        level: 'warn',
        message: 'A publisher was cut off',
        reason: error instanceof ProtocolError ? error.message : String(error),
      })
      this.cut()
    }
    this.socket.resume()
  }

  async #judge(request: { app: string; streamKey: string }): Promise<Feed | undefined> {
    const { admit, limits, log } = this.#options
    if (request.streamKey === '') return undefined
    const isClosed = (): boolean => this.#closing || this.socket.destroyed
    const publisher: Publisher = {
      get closed() {
        return isClosed()
      },
      close: ({ says }) => this.#farewell('NetStream.Publish.Rejected', says),
    }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), limits.authorizeMs)
    })
    try {
      const outcome = await Promise.race([admit(request, publisher), late])
      if (outcome !== 'late') return outcome
      log({ level: 'error', message: 'The judgement of a stream key took too long' })
    } catch (error) {
      // Its name only: what the judge says may hold the key.
      log({ level: 'error', message: 'The judgement of a stream key failed', error: error instanceof Error ? error.name : 'unknown' })
    } finally {
      clearTimeout(timer)
    }
    return undefined
  }

  #leave(): void {
    this.#gone()
    this.#closing = true
    this.#end()
  }

  #farewell(code: RefusalCode, description: string): void {
    if (this.#closing) return
    try {
      this.#session.refuse(code, description)
    } catch {
      // It reads nothing, so it hears no farewell either.
    }
    this.#closing = true
    this.#end()
  }

  #end(): void {
    this.socket.resume()
    this.socket.end()
    setTimeout(() => this.socket.destroy(), farewellMs).unref()
  }

  #gone(code?: ProblemCode, details?: Record<string, string | number>): void {
    this.#feed?.gone(code, details)
  }
}

/** A listening RTMP or RTMPS server. */
export class RtmpServer {
  readonly #options: RtmpServerOptions
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  readonly #secureContext: SecureContext | undefined
  readonly #timer: NodeJS.Timeout

  private constructor(options: RtmpServerOptions) {
    this.#options = options
    this.#secureContext = options.tls === undefined ? undefined : createSecureContext({ ...options.tls, minVersion: 'TLSv1.2' })
    this.#server = createServer((socket) => this.#accept(socket))
    this.#timer = setInterval(() => {
      for (const connection of this.#connections) connection.checkDeadlines()
    }, 250)
    this.#timer.unref()
  }

  /** @throws the error of listen (EADDRINUSE, EACCES, …), and of a certificate or key that is none */
  static async listen(options: RtmpServerOptions): Promise<RtmpServer> {
    const server = new RtmpServer(options)
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject)
      server.#server.listen({ host: options.host, port: options.port }, () => {
        server.#server.off('error', reject)
        server.#server.on('error', (error) => options.log({ level: 'error', message: 'The RTMP server met a fault', error: String(error) }))
        resolve()
      })
    }).catch((error: unknown) => {
      clearInterval(server.#timer)
      throw error
    })
    return server
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Says goodbye to everyone and stops listening. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const connection of this.#connections) connection.close('The server is shutting down')
    await closed
  }

  #accept(raw: Socket): void {
    const { limits } = this.#options
    this.#makeRoom(limits.waitingConnections)
    if (this.#connections.size >= limits.connections) {
      raw.destroy()
      return
    }
    const secureContext = this.#secureContext
    raw.on('error', () => undefined)
    const socket = secureContext === undefined ? raw : new TLSSocket(raw, { isServer: true, secureContext })
    const connection = new Connection(socket, this.#options)
    this.#connections.add(connection)
    socket.once('close', () => this.#connections.delete(connection))
    // A TLS handshake that fails destroys the raw socket only.
    if (raw !== socket) raw.once('close', () => socket.destroy())
  }

  #makeRoom(maxWaiting: number): void {
    const waiting = [...this.#connections].filter((connection) => connection.waiting)
    for (const connection of waiting.slice(0, Math.max(0, waiting.length - maxWaiting + 1))) {
      connection.cut()
      this.#connections.delete(connection)
    }
  }
}

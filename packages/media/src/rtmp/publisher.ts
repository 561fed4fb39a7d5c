// Owns: a publisher that sends an FLV clip over RTMP in real time, for demos and tests.
import { readFile } from 'node:fs/promises'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type FlvTag, readFlv } from '../flv/tags.ts'
import { type AmfOutput, type AmfValue, decodeAmf, encodeAmf } from './amf.ts'
import { ChunkReader, encodeMessage, messageType, type RtmpMessage } from './chunk.ts'
import { ClientHandshake, ProtocolError } from './handshake.ts'

export type PublishEvent = { type: 'publishing' } | { type: 'looped'; count: number } | { type: 'stopped' }

export type PublishOptions = {
  /** rtmp:// or rtmps://host[:port]/app/key */
  url: string
  /** An FLV file's path, or its bytes. */
  source: string | Buffer
  /** Begins the clip again at its end, with timestamps that go on. */
  loop: boolean
  signal?: AbortSignal
  onEvent?: (event: PublishEvent) => void
  /** PEM of the authority to trust with rtmps://, instead of the well-known ones. */
  ca?: string
}

/** A publish that is under way. `done` rejects when the server refuses or the connection breaks. */
export type Publishing = { done: Promise<void>; stop(): Promise<void> }

const chunkSize = 4096
const connectMs = 10_000
/** Sending pauses while so much waits to leave. */
const maxUnsentBytes = 4 * 1024 * 1024

/** Publishes an FLV clip in real time, until its end, `stop`, or the signal. */
export function publishFlv(options: PublishOptions): Publishing {
  const stopping = new AbortController()
  const signal = options.signal === undefined ? stopping.signal : AbortSignal.any([options.signal, stopping.signal])
  const done = publish(options, signal)
  return {
    done,
    stop: async () => {
      stopping.abort()
      await done.catch(() => undefined)
    },
  }
}

async function publish(options: PublishOptions, signal: AbortSignal): Promise<void> {
  const { onEvent = () => undefined } = options
  const tags = [...readFlv(typeof options.source === 'string' ? await readFile(options.source) : options.source)]
  if (!tags.some(({ type }) => type !== messageType.dataAmf0)) throw new Error('the clip has neither picture nor sound')
  if (signal.aborted) return
  const client = new Client(options, signal)
  try {
    await client.open()
    onEvent({ type: 'publishing' })
    await send(client, tags, { loop: options.loop, signal, onEvent })
    client.leave()
  } catch (error) {
    if (!signal.aborted) throw error
    client.leave()
  } finally {
    await client.close()
    onEvent({ type: 'stopped' })
  }
}

/** How far the timestamps of one round go: one frame further than the last one. */
function roundMs(tags: readonly FlvTag[]): number {
  const times = tags.filter(({ type, body }) => type === messageType.video && body[1] === 1).map(({ timestamp }) => timestamp)
  const lead = times.length > 1 ? times : tags.filter(({ type }) => type === messageType.audio).map(({ timestamp }) => timestamp)
  const first = Math.min(...lead)
  const span = Math.max(...lead) - first
  return lead.length > 1 ? Math.round((span * lead.length) / (lead.length - 1)) : 1000
}

async function send(
  client: Client,
  tags: readonly FlvTag[],
  { loop, signal, onEvent }: { loop: boolean; signal: AbortSignal; onEvent: (event: PublishEvent) => void },
): Promise<void> {
  const startedAt = performance.now()
  const round = roundMs(tags)
  for (let count = 0; ; count++) {
    for (const { type, timestamp, body } of tags) {
      if (count > 0 && type === messageType.dataAmf0) continue
      const at = timestamp + count * round
      const earlyMs = startedAt + at - performance.now()
      if (earlyMs > 1) await pause(earlyMs, signal)
      await client.drained()
      client.check()
      if (signal.aborted) return
      if (type === messageType.dataAmf0) client.metadata(body)
      else client.media(type, at, body)
    }
    if (!loop) return
    onEvent({ type: 'looped', count: count + 1 })
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish, { once: true })
  })
}

class Client {
  readonly #url: URL
  readonly #ca: string | undefined
  readonly #signal: AbortSignal
  readonly #handshake = new ClientHandshake()
  readonly #chunks = new ChunkReader({ messageBytes: 64 * 1024, chunkStreams: 16 })
  #socket: Socket | undefined
  #shaken = false
  #failure: Error | undefined
  #streamId = 1
  #expected:
    | { matches: (command: AmfValue[]) => boolean; resolve: (command: AmfValue[]) => void; reject: (error: Error) => void }
    | undefined

  constructor(options: PublishOptions, signal: AbortSignal) {
    this.#url = new URL(options.url)
    this.#ca = options.ca
    this.#signal = signal
    if (!['rtmp:', 'rtmps:'].includes(this.#url.protocol)) throw new Error('the address must begin with rtmp:// or rtmps://')
  }

  /** Connects and announces the publish; fulfilled at Publish.Start. */
  async open(): Promise<void> {
    const { hostname, protocol, port, host, pathname, search } = this.#url
    const [, app = '', ...name] = pathname.split('/')
    const socket =
      protocol === 'rtmps:'
        ? connectTls({
            host: hostname,
            port: Number(port || 443),
            servername: hostname,
            ...(this.#ca === undefined ? {} : { ca: this.#ca }),
          })
        : connectTcp({ host: hostname, port: Number(port || 1935) })
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
    socket.on('data', (data) => this.#receive(data))
    const abort = (): void => this.#fail(new Error('stopped'))
    this.#signal.addEventListener('abort', abort, { once: true })
    const timer = setTimeout(() => this.#fail(new Error('the server does not answer')), connectMs)
    try {
      socket.write(this.#handshake.hello)
      const success = (transaction: number) => (command: AmfValue[]) => command[0] === '_result' && command[1] === transaction
      this.#setChunkSize()
      const tcUrl = `${protocol}//${host}/${app}`
      await this.#call(success(1), 'connect', 1, { app, type: 'nonprivate', flashVer: 'FMLE/3.0 (compatible; Voila)', tcUrl })
      this.#command(0, 'releaseStream', 2, null, name.join('/') + search)
      this.#command(0, 'FCPublish', 3, null, name.join('/') + search)
      const created = await this.#call(success(4), 'createStream', 4, null)
      if (typeof created[3] === 'number') this.#streamId = created[3]
      const status = (command: AmfValue[]): boolean => command[0] === 'onStatus'
      this.#command(this.#streamId, 'publish', 5, null, name.join('/') + search, 'live')
      const answer = await this.#expect(status)
      const info = answer[3]
      const code = info instanceof Map ? info.get('code') : undefined
      if (code !== 'NetStream.Publish.Start') throw new Error(`the server refused: ${String(code)}`)
    } finally {
      clearTimeout(timer)
      this.#signal.removeEventListener('abort', abort)
    }
  }

  media(type: number, timestamp: number, payload: Buffer): void {
    this.#send({ type, timestamp, payload, streamId: this.#streamId, chunkStreamId: type === messageType.audio ? 4 : 6 })
  }

  metadata(payload: Buffer): void {
    const named = Buffer.concat([encodeAmf('@setDataFrame'), payload])
    this.#send({ type: messageType.dataAmf0, timestamp: 0, payload: named, streamId: this.#streamId, chunkStreamId: 4 })
  }

  /** Waits while the connection is slower than the clip. */
  async drained(): Promise<void> {
    const socket = this.#socket
    if (socket === undefined || socket.writableLength < maxUnsentBytes || this.#signal.aborted) return
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        socket.off('drain', finish)
        socket.off('close', finish)
        this.#signal.removeEventListener('abort', finish)
        resolve()
      }
      socket.on('drain', finish)
      socket.on('close', finish)
      this.#signal.addEventListener('abort', finish, { once: true })
    })
  }

  /** @throws what broke the connection */
  check(): void {
    if (this.#failure !== undefined && !this.#signal.aborted) throw this.#failure
  }

  /** Says goodbye, as encoders do. */
  leave(): void {
    if (this.#socket?.writable !== true || !this.#shaken) return
    this.#command(0, 'deleteStream', 6, null, this.#streamId)
  }

  async close(): Promise<void> {
    const socket = this.#socket
    if (socket === undefined || socket.destroyed) return
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.end()
    const timer = setTimeout(() => socket.destroy(), 500)
    await closed
    clearTimeout(timer)
  }

  #receive(data: Buffer): void {
    try {
      let rest: Buffer | undefined = data
      if (!this.#shaken) {
        const step = this.#handshake.receive(data)
        rest = step.rest
        if (rest === undefined) return
        this.#shaken = true
        if (step.reply !== undefined) this.#socket?.write(step.reply)
        for (const bytes of this.#unsent.splice(0)) this.#socket?.write(bytes)
      }
      this.#chunks.receive(rest, (message) => this.#message(message))
    } catch (error) {
      this.#fail(error instanceof Error ? error : new ProtocolError(String(error)))
      this.#socket?.destroy()
    }
  }

  #message({ type, payload }: RtmpMessage): void {
    if (type === messageType.userControl && payload.length >= 6 && payload.readUInt16BE(0) === 6) {
      const pong = Buffer.from(payload.subarray(0, 6))
      pong.writeUInt16BE(7, 0)
      this.#send({ type: messageType.userControl, timestamp: 0, payload: pong, streamId: 0, chunkStreamId: 2 })
    }
    if (type !== messageType.commandAmf0) return
    const command = decodeAmf(payload)
    const [name, , , info] = command
    const expected = this.#expected
    if (expected?.matches(command) === true) {
      this.#expected = undefined
      expected.resolve(command)
    } else if (name === '_error' || (name === 'onStatus' && info instanceof Map && info.get('level') === 'error')) {
      const description = info instanceof Map ? info.get('description') : undefined
      this.#fail(new Error(`the server refused: ${String(description ?? 'no reason given')}`))
    }
  }

  readonly #unsent: Buffer[] = []

  #send(
    message: Parameters<typeof encodeMessage>[0] extends infer M ? Omit<M & RtmpMessage & { chunkStreamId: number }, 'chunkSize'> : never,
  ): void {
    const bytes = encodeMessage({ ...message, chunkSize })
    if (this.#shaken) this.#socket?.write(bytes)
    else this.#unsent.push(bytes)
  }

  #setChunkSize(): void {
    const payload = Buffer.alloc(4)
    payload.writeUInt32BE(chunkSize, 0)
    this.#send({ type: messageType.setChunkSize, timestamp: 0, payload, streamId: 0, chunkStreamId: 2 })
  }

  #command(streamId: number, ...values: AmfOutput[]): void {
    this.#send({ type: messageType.commandAmf0, timestamp: 0, payload: encodeAmf(...values), streamId, chunkStreamId: 3 })
  }

  async #call(matches: (command: AmfValue[]) => boolean, ...values: AmfOutput[]): Promise<AmfValue[]> {
    this.#command(0, ...values)
    return await this.#expect(matches)
  }

  async #expect(matches: (command: AmfValue[]) => boolean): Promise<AmfValue[]> {
    this.check()
    return await new Promise((resolve, reject) => {
      this.#expected = { matches, resolve, reject }
    })
  }

  #fail(error: Error): void {
    this.#failure ??= error
    const expected = this.#expected
    this.#expected = undefined
    expected?.reject(this.#failure)
  }
}

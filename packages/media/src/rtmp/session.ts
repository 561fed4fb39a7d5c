// Owns: the conversation with one RTMP publisher, bytes in and bytes out. No socket and no clock. RTMP 1.0, section 7.
import { type AmfOutput, type AmfValue, decodeAmf, encodeAmf } from './amf.ts'
import { ChunkReader, encodeMessage, messageType, type RtmpMessage } from './chunk.ts'
import { ProtocolError, ServerHandshake } from './handshake.ts'

/** What a session needs from around it. */
export type SessionPort = {
  send(bytes: Buffer): void
  /** Someone wants to publish; nothing more is read until `accept` or `refuse` is called. */
  publish(request: { app: string; streamKey: string }): void
  media(tag: { kind: 'audio' | 'video'; timestamp: number; payload: Buffer }): void
  metadata(values: Map<string, AmfValue>): void
  /** The publisher said that it is done. */
  unpublish(): void
}

/** Why a publisher is turned away, in the codes that encoders show. */
export type RefusalCode = 'NetStream.Publish.BadName' | 'NetStream.Publish.Rejected' | 'NetConnection.Connect.Closed'

const outChunkSize = 4096
const ourWindow = 2_500_000
const publishStreamId = 1

/** Names of the commands that are answered with a bare success, because some encoder waits for it. */
const acknowledgedCommands = new Set(['releaseStream', 'FCPublish', 'FCUnpublish', '_checkbw', 'getStreamLength'])

function text(value: AmfValue): string {
  return typeof value === 'string' ? value : ''
}

/**
 * Finds app and key in what encoders make of an address: the key as stream name, with `?query` behind it, in the app when no stream name was
 * given (`rtmp://host/live/KEY` entered as the server), with slashes too many.
 */
export function readPublishTarget(app: string, name: string): { app: string; streamKey: string } {
  const clean = (part: string): string => (part.split('?', 1)[0] ?? '').replace(/^\/+|\/+$/g, '')
  const cleanApp = clean(app)
  const streamKey = clean(name)
  if (streamKey !== '') return { app: cleanApp, streamKey }
  const slash = cleanApp.lastIndexOf('/')
  return slash < 0 ? { app: cleanApp, streamKey: '' } : { app: cleanApp.slice(0, slash), streamKey: cleanApp.slice(slash + 1) }
}

/** One publisher's RTMP session. Throws ProtocolError out of `receive` when the peer must be cut off. */
export class RtmpSession {
  phase: 'handshake' | 'connecting' | 'judging' | 'publishing' | 'over' = 'handshake'
  readonly #port: SessionPort
  readonly #handshake = new ServerHandshake()
  readonly #chunks: ChunkReader
  readonly #publishLimits: { messageBytes: number }
  /** What came while the key was being judged: messages of the same bytes, and bytes after them. */
  #early: RtmpMessage[] = []
  #waiting: Buffer[] = []
  #app = ''
  #connected = false
  #peerWindow = ourWindow
  #received = 0
  #acknowledged = 0

  constructor(port: SessionPort, limits: { commandBytes: number; messageBytes: number; chunkStreams: number }) {
    this.#port = port
    this.#chunks = new ChunkReader({ messageBytes: limits.commandBytes, chunkStreams: limits.chunkStreams })
    this.#publishLimits = { messageBytes: limits.messageBytes }
  }

  /** @throws ProtocolError */
  receive(data: Buffer): void {
    if (this.phase === 'over') return
    this.#received += data.length
    if (this.phase === 'judging') {
      this.#waiting.push(data)
      return
    }
    let rest: Buffer | undefined = data
    if (this.phase === 'handshake') {
      const step = this.#handshake.receive(data)
      if (step.reply !== undefined) this.#port.send(step.reply)
      rest = step.rest
      if (rest === undefined) return
      this.phase = 'connecting'
    }
    this.#chunks.receive(rest, (message) => this.#message(message))
    if (this.#received - this.#acknowledged >= this.#peerWindow / 2) {
      this.#acknowledged = this.#received
      this.#control(messageType.acknowledgement, this.#received % 2 ** 32)
    }
  }

  /** Answers Publish.Start; from here on media flows. */
  accept(): void {
    if (this.phase !== 'judging') return
    this.phase = 'publishing'
    this.#chunks.limits = { ...this.#chunks.limits, ...this.#publishLimits }
    const begin = Buffer.alloc(6)
    begin.writeUInt32BE(publishStreamId, 2)
    this.#send(messageType.userControl, 0, 2, begin)
    this.#status('status', 'NetStream.Publish.Start', 'Publishing')
    for (const message of this.#early.splice(0)) this.#message(message)
    const waiting = this.#waiting
    this.#waiting = []
    for (const data of waiting) {
      this.#received -= data.length
      this.receive(data)
    }
  }

  /** Says why there is no publishing (any more). The caller closes the connection. */
  refuse(code: RefusalCode, description: string): void {
    if (this.phase === 'over' || this.phase === 'handshake') return
    this.phase = 'over'
    this.#early = []
    this.#waiting = []
    this.#status('error', code, description)
  }

  #message(message: RtmpMessage): void {
    if (this.phase === 'over') return
    if (this.phase === 'judging') {
      this.#early.push(message)
      return
    }
    switch (message.type) {
      case messageType.windowAcknowledgementSize:
        if (message.payload.length >= 4) this.#peerWindow = Math.max(message.payload.readUInt32BE(0), 10_000)
        return
      case messageType.userControl:
        this.#userControl(message.payload)
        return
      case messageType.audio:
      case messageType.video:
        this.#media(message.type, message.timestamp, message.payload)
        return
      case messageType.aggregate:
        this.#aggregate(message)
        return
      case messageType.dataAmf0:
        this.#data(message.payload)
        return
      case messageType.dataAmf3:
        this.#data(withoutAmf3Prefix(message.payload))
        return
      case messageType.commandAmf0:
        this.#command(message.payload)
        return
      case messageType.commandAmf3:
        this.#command(withoutAmf3Prefix(message.payload))
        return
      default:
    }
  }

  #media(type: number, timestamp: number, payload: Buffer): void {
    // Encoders that do not wait for Publish.Start would otherwise slip media past the judgement.
    if (this.phase !== 'publishing') return
    this.#port.media({ kind: type === messageType.audio ? 'audio' : 'video', timestamp, payload })
  }

  #aggregate({ timestamp, payload }: RtmpMessage): void {
    let position = 0
    let first: number | undefined
    while (position + 11 <= payload.length) {
      const type = payload[position] ?? 0
      const size = payload.readUIntBE(position + 1, 3)
      const own = (payload.readUIntBE(position + 4, 3) + (payload[position + 7] ?? 0) * 2 ** 24) >>> 0
      const from = position + 11
      if (from + size > payload.length) throw new ProtocolError('an aggregate message ends early')
      first ??= own
      const body = payload.subarray(from, from + size)
      if (type === messageType.audio || type === messageType.video) this.#media(type, (timestamp + own - first) >>> 0, body)
      else if (type === messageType.dataAmf0) this.#data(body)
      position = from + size + 4
    }
  }

  #userControl(payload: Buffer): void {
    const pingRequest = 6
    if (payload.length < 6 || payload.readUInt16BE(0) !== pingRequest) return
    const pong = Buffer.from(payload.subarray(0, 6))
    pong.writeUInt16BE(pingRequest + 1, 0)
    this.#send(messageType.userControl, 0, 2, pong)
  }

  #data(payload: Buffer): void {
    if (this.phase !== 'publishing') return
    const values = decodeAmf(payload)
    const metadata = values.find((value) => value instanceof Map)
    if (values.includes('onMetaData') && metadata !== undefined) this.#port.metadata(metadata)
  }

  #command(payload: Buffer): void {
    const [name, transaction, ...rest] = decodeAmf(payload)
    const transactionId = typeof transaction === 'number' ? transaction : 0
    if (name === 'connect') this.#connect(transactionId, rest[0])
    else if (name === 'createStream') this.#result(transactionId, null, publishStreamId)
    else if (name === 'publish') this.#publish(text(rest[1]))
    else if (name === 'deleteStream' || name === 'closeStream' || name === 'FCUnpublish') this.#unpublish(name, transactionId)
    else if (name === 'play' || name === 'play2') this.refuse('NetStream.Publish.Rejected', 'Only publishing is possible here')
    else if (typeof name === 'string' && acknowledgedCommands.has(name) && transactionId !== 0) this.#result(transactionId, null, null)
  }

  #connect(transactionId: number, command: AmfValue): void {
    if (this.#connected) throw new ProtocolError('connected twice')
    this.#connected = true
    this.#app = command instanceof Map ? text(command.get('app')) : ''
    this.#control(messageType.windowAcknowledgementSize, ourWindow)
    const bandwidth = Buffer.alloc(5)
    bandwidth.writeUInt32BE(ourWindow, 0)
    bandwidth[4] = 2
    this.#send(messageType.setPeerBandwidth, 0, 2, bandwidth)
    this.#control(messageType.setChunkSize, outChunkSize)
    const objectEncoding = command instanceof Map && command.get('objectEncoding') === 3 ? 3 : 0
    this.#result(
      transactionId,
      { fmsVer: 'FMS/3,5,7,7009', capabilities: 31, mode: 1 },
      { level: 'status', code: 'NetConnection.Connect.Success', description: 'Connection succeeded', objectEncoding },
    )
  }

  #publish(name: string): void {
    if (!this.#connected) throw new ProtocolError('publish before connect')
    if (this.phase !== 'connecting') throw new ProtocolError('published twice')
    this.phase = 'judging'
    this.#port.publish(readPublishTarget(this.#app, name))
  }

  #unpublish(name: string, transactionId: number): void {
    if (name === 'FCUnpublish' && transactionId !== 0) this.#result(transactionId, null, null)
    if (this.phase !== 'publishing') return
    this.phase = 'over'
    this.#status('status', 'NetStream.Unpublish.Success', 'Publishing ended')
    this.#port.unpublish()
  }

  #status(level: 'status' | 'error', code: string, description: string): void {
    this.#send(messageType.commandAmf0, publishStreamId, 5, encodeAmf('onStatus', 0, null, { level, code, description }))
  }

  #result(transactionId: number, ...values: AmfOutput[]): void {
    this.#send(messageType.commandAmf0, 0, 3, encodeAmf('_result', transactionId, ...values))
  }

  #control(type: number, value: number): void {
    const payload = Buffer.alloc(4)
    payload.writeUInt32BE(value, 0)
    this.#send(type, 0, 2, payload)
  }

  #send(type: number, streamId: number, chunkStreamId: number, payload: Buffer): void {
    // Until Set Chunk Size is out, chunks have 128 bytes; everything sent before it is shorter.
    this.#port.send(encodeMessage({ type, streamId, chunkStreamId, timestamp: 0, payload, chunkSize: outChunkSize }))
  }
}

/** AMF3 messages begin with a byte that says so; behind it stands AMF0. */
function withoutAmf3Prefix(payload: Buffer): Buffer {
  return payload[0] === 0 ? payload.subarray(1) : payload
}

// Owns: the RTMP chunk stream: messages cut into chunks and put together again. RTMP 1.0, section 5.3 and 5.4.
import { ProtocolError } from './handshake.ts'

/** RTMP message types that we meet. */
export const messageType = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAcknowledgementSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  dataAmf0: 18,
  commandAmf0: 20,
  aggregate: 22,
} as const

/** One whole message. `timestamp` is in milliseconds modulo 2^32. */
export type RtmpMessage = { type: number; streamId: number; timestamp: number; payload: Buffer }

type ChunkStream = {
  type: number
  streamId: number
  length: number
  timestamp: number
  /** The timestamp field of the last header that had one: what a header without one repeats. */
  field: number
  extended: boolean
  /** Undefined between messages. Grows with what has arrived, so that an announced length costs nothing. */
  payload: Buffer | undefined
  filled: number
}

const extendedMark = 0xffffff
const firstPayloadBytes = 64 * 1024
const headerBytes = [11, 7, 3, 0] as const

export type ChunkReaderLimits = { messageBytes: number; chunkStreams: number }

/**
 * Puts messages together from chunks that arrive in any portions; applies Set Chunk Size and Abort itself.
 *
 * Each byte is looked at once and copied once; what is buffered never exceeds what the peer has really sent, nor twice `messageBytes`.
 */
export class ChunkReader {
  /** May be raised while reading: a publisher may send more than a stranger. */
  limits: ChunkReaderLimits
  readonly #streams = new Map<number, ChunkStream>()
  readonly #header = Buffer.alloc(18)
  #have = 0
  #chunkSize = 128
  #current: ChunkStream | undefined
  #chunkLeft = 0
  #buffered = 0

  constructor(limits: ChunkReaderLimits) {
    this.limits = limits
  }

  /** @throws ProtocolError on a message beyond the limits, and on what no encoder means. */
  receive(data: Buffer, onMessage: (message: RtmpMessage) => void): void {
    let position = 0
    while (position < data.length) {
      if (this.#current !== undefined) {
        position += this.#fill(this.#current, data.subarray(position), onMessage)
        continue
      }
      this.#header[this.#have++] = data[position++] ?? 0
      if (this.#have < this.#headerNeeds()) continue
      this.#have = 0
      const { stream, unread } = this.#open()
      if (stream.length === 0) this.#finish(stream, onMessage)
      if (unread !== undefined) this.receive(unread, onMessage)
    }
  }

  #basicBytes(): number {
    const id = (this.#header[0] ?? 0) & 0x3f
    return id === 0 ? 2 : id === 1 ? 3 : 1
  }

  #chunkStreamId(): number {
    const id = (this.#header[0] ?? 0) & 0x3f
    if (id === 0) return 64 + (this.#header[1] ?? 0)
    if (id === 1) return 64 + (this.#header[1] ?? 0) + 256 * (this.#header[2] ?? 0)
    return id
  }

  #format(): 0 | 1 | 2 | 3 {
    return ((this.#header[0] ?? 0) >> 6) as 0 | 1 | 2 | 3
  }

  #headerNeeds(): number {
    const basic = this.#basicBytes()
    if (this.#have < basic) return basic
    const format = this.#format()
    const plain = basic + headerBytes[format]
    if (this.#have < plain) return plain
    const extended = format === 3 ? this.#streams.get(this.#chunkStreamId())?.extended === true : this.#field(basic) === extendedMark
    return extended ? plain + 4 : plain
  }

  #field(basic: number): number {
    return this.#header.readUIntBE(basic, 3)
  }

  /** Starts a chunk from the gathered header; answers bytes that turned out to be payload. */
  #open(): { stream: ChunkStream; unread: Buffer | undefined } {
    const basic = this.#basicBytes()
    const format = this.#format()
    const id = this.#chunkStreamId()
    let stream = this.#streams.get(id)
    if (stream === undefined) {
      if (format === 3) throw new ProtocolError('a chunk continues nothing')
      if (this.#streams.size >= this.limits.chunkStreams) throw new ProtocolError('too many chunk streams')
      stream = { type: 0, streamId: 0, length: 0, timestamp: 0, field: 0, extended: false, payload: undefined, filled: 0 }
      this.#streams.set(id, stream)
    }
    if (format !== 3 && stream.payload !== undefined) throw new ProtocolError('a message began within another')
    let unread: Buffer | undefined
    if (format === 3) {
      if (stream.extended) {
        const repeated = this.#header.readUInt32BE(basic)
        const continues = stream.payload !== undefined
        // Older librtmp (so OBS before 30.1) leaves the extended timestamp out of continuations: these bytes are payload then.
        if (continues && repeated !== stream.field && repeated !== stream.timestamp)
          unread = Buffer.from(this.#header.subarray(basic, basic + 4))
        if (!continues) stream.field = repeated
      }
    } else {
      const field = this.#field(basic)
      stream.extended = field === extendedMark
      stream.field = stream.extended ? this.#header.readUInt32BE(basic + headerBytes[format]) : field
      if (format <= 1) {
        stream.length = this.#header.readUIntBE(basic + 3, 3)
        stream.type = this.#header[basic + 6] ?? 0
      }
      if (format === 0) stream.streamId = this.#header.readUInt32LE(basic + 7)
    }
    if (stream.payload === undefined) {
      if (stream.length > this.limits.messageBytes) throw new ProtocolError(`a message of ${stream.length} bytes`, 'too_large')
      stream.timestamp = (format === 0 ? stream.field : stream.timestamp + stream.field) >>> 0
      stream.payload = Buffer.allocUnsafe(Math.min(stream.length, firstPayloadBytes))
      stream.filled = 0
    }
    this.#current = stream
    this.#chunkLeft = Math.min(this.#chunkSize, stream.length - stream.filled)
    return { stream, unread }
  }

  #fill(stream: ChunkStream, data: Buffer, onMessage: (message: RtmpMessage) => void): number {
    const count = Math.min(this.#chunkLeft, data.length)
    let payload = stream.payload ?? Buffer.alloc(0)
    const end = stream.filled + count
    if (end > payload.length) {
      const grown = Buffer.allocUnsafe(Math.min(stream.length, Math.max(end, payload.length * 2)))
      payload.copy(grown, 0, 0, stream.filled)
      payload = grown
      stream.payload = payload
    }
    data.copy(payload, stream.filled, 0, count)
    stream.filled = end
    this.#chunkLeft -= count
    this.#buffered += count
    if (this.#buffered > 2 * this.limits.messageBytes) throw new ProtocolError('too many unfinished messages', 'too_large')
    if (end === stream.length) this.#finish(stream, onMessage)
    else if (this.#chunkLeft === 0) this.#current = undefined
    return count
  }

  #finish(stream: ChunkStream, onMessage: (message: RtmpMessage) => void): void {
    const payload = stream.payload ?? Buffer.alloc(0)
    this.#buffered -= stream.filled
    stream.payload = undefined
    stream.filled = 0
    this.#current = undefined
    if (stream.type === messageType.setChunkSize) {
      const size = payload.length >= 4 ? payload.readUInt32BE(0) : 0
      if (size < 1 || size > 0x7fffffff) throw new ProtocolError('an impossible chunk size')
      this.#chunkSize = Math.min(size, 0xffffff)
    } else if (stream.type === messageType.abort) {
      const aborted = payload.length >= 4 ? this.#streams.get(payload.readUInt32BE(0)) : undefined
      if (aborted?.payload !== undefined) {
        this.#buffered -= aborted.filled
        aborted.payload = undefined
        aborted.filled = 0
      }
    } else {
      onMessage({ type: stream.type, streamId: stream.streamId, timestamp: stream.timestamp, payload })
    }
  }
}

/** Cuts one message into chunks with a full header first. `chunkSize` is what the peer was told. */
export function encodeMessage(message: RtmpMessage & { chunkStreamId: number; chunkSize: number }): Buffer {
  const { chunkStreamId, chunkSize, payload } = message
  const timestamp = message.timestamp >>> 0
  const extended = timestamp >= extendedMark
  const extendedBytes = extended ? 4 : 0
  const continuations = Math.max(0, Math.ceil(payload.length / chunkSize) - 1)
  const out = Buffer.allocUnsafe(12 + extendedBytes + payload.length + continuations * (1 + extendedBytes))
  out[0] = chunkStreamId
  out.writeUIntBE(extended ? extendedMark : timestamp, 1, 3)
  out.writeUIntBE(payload.length, 4, 3)
  out[7] = message.type
  out.writeUInt32LE(message.streamId, 8)
  let position = 12
  if (extended) position = out.writeUInt32BE(timestamp, position)
  for (let from = 0; from < payload.length; from += chunkSize) {
    if (from > 0) {
      out[position++] = 0xc0 | chunkStreamId
      if (extended) position = out.writeUInt32BE(timestamp, position)
    }
    position += payload.copy(out, position, from, from + chunkSize)
  }
  return out
}

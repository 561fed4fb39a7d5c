// Owns: the bytes of a server frame, in both wire forms: a WebSocket text message and a server-sent event.

/** A ping without payload (RFC 6455, 5.5.2). */
export const pingBytes: Buffer = Buffer.from([0x89, 0x00])

/**
 * An unmasked, unfragmented text message (RFC 6455, 5.2) as one buffer, so that ten thousand sockets share it: `ws` would make a header
 * and two writes for each of them. A test compares this with what `ws` itself writes.
 */
export function textMessage(json: string): Buffer {
  const length = Buffer.byteLength(json)
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const bytes = Buffer.allocUnsafe(head + length)
  bytes[0] = 0x81
  if (head === 2) bytes[1] = length
  if (head === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(length, 2)
  }
  if (head === 10) {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(length), 2)
  }
  bytes.write(json, head)
  return bytes
}

/** Where a client stands once it has taken a frame; becomes the event id, which a browser sends back when it reconnects. */
export type FramePosition = { readonly epoch: string; readonly seq: number }

/** One event (WHATWG HTML, 9.2.6). JSON holds no line break, so the data is one line. */
export function serverSentEvent(json: string, position: FramePosition | undefined): Buffer {
  return Buffer.from(`${position === undefined ? '' : `id: ${position.epoch}:${position.seq}\n`}data: ${json}\n\n`)
}

/** Frames to be written together, each wire form encoded once however many are told. */
export type Frame = { readonly socket: Buffer; readonly stream: Buffer }

class Encoded implements Frame {
  readonly #json: string
  readonly #position: FramePosition | undefined
  #socket: Buffer | undefined
  #stream: Buffer | undefined
  constructor(json: string, position: FramePosition | undefined) {
    this.#json = json
    this.#position = position
  }
  get socket(): Buffer {
    this.#socket ??= textMessage(this.#json)
    return this.#socket
  }
  get stream(): Buffer {
    this.#stream ??= serverSentEvent(this.#json, this.#position)
    return this.#stream
  }
}

class Bundle implements Frame {
  readonly #frames: readonly Frame[]
  #socket: Buffer | undefined
  #stream: Buffer | undefined
  constructor(frames: readonly Frame[]) {
    this.#frames = frames
  }
  get socket(): Buffer {
    this.#socket ??= Buffer.concat(this.#frames.map((frame) => frame.socket))
    return this.#socket
  }
  get stream(): Buffer {
    this.#stream ??= Buffer.concat(this.#frames.map((frame) => frame.stream))
    return this.#stream
  }
}

/** A frame of this JSON text. `position`: where the client stands afterwards. */
export function frameOf(json: string, position?: FramePosition): Frame {
  return new Encoded(json, position)
}

/** Several frames in one write. */
export function bundle(frames: readonly Frame[]): Frame {
  const [first] = frames
  return frames.length === 1 && first !== undefined ? first : new Bundle(frames)
}

// Owns: the RTMP handshake, simple and with digests, on both sides. RTMP 1.0, section 5.2; the digests are what Flash Media Server does.
import { createHmac, randomBytes } from 'node:crypto'

/** A peer that does not speak RTMP as we do; the connection is closed, the message goes to the log. */
export class ProtocolError extends Error {
  override name = 'ProtocolError'
  readonly problem: 'protocol' | 'too_large'

  constructor(message: string, problem: 'protocol' | 'too_large' = 'protocol') {
    super(message)
    this.problem = problem
  }
}

const packetBytes = 1536
const version = 3

const magic = Buffer.from('f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae', 'hex')
const playerName = Buffer.from('Genuine Adobe Flash Player 001', 'latin1')
const serverName = Buffer.from('Genuine Adobe Flash Media Server 001', 'latin1')
const serverKey = Buffer.concat([serverName, magic])

function hmac(key: Buffer, ...parts: Buffer[]): Buffer {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/** The two places where clients put their digest: four bytes at `field` say how far behind `base` it is. */
const digestSchemes = [
  { field: 772, base: 776 },
  { field: 8, base: 12 },
] as const

function digestPosition(packet: Buffer, scheme: (typeof digestSchemes)[number]): number {
  let sum = 0
  for (let index = 0; index < 4; index++) sum += packet[scheme.field + index] ?? 0
  return scheme.base + (sum % 728)
}

function digestOf(packet: Buffer, position: number, key: Buffer): Buffer {
  return hmac(key, packet.subarray(0, position), packet.subarray(position + 32))
}

function findDigest(packet: Buffer): { digest: Buffer; scheme: (typeof digestSchemes)[number] } | undefined {
  for (const scheme of digestSchemes) {
    const position = digestPosition(packet, scheme)
    const digest = packet.subarray(position, position + 32)
    if (digest.equals(digestOf(packet, position, playerName))) return { digest, scheme }
  }
  return undefined
}

function answer(c1: Buffer): Buffer {
  const s0 = Buffer.from([version])
  const s1 = Buffer.concat([Buffer.alloc(8), randomBytes(packetBytes - 8)])
  const found = c1.readUInt32BE(4) === 0 ? undefined : findDigest(c1)
  // Without a digest of the client's the echo of the simple handshake is what every client accepts.
  if (found === undefined) return Buffer.concat([s0, s1, c1])
  s1.writeUInt32BE(0x04050001, 4)
  const position = digestPosition(s1, found.scheme)
  digestOf(s1, position, serverName).copy(s1, position)
  const s2 = randomBytes(packetBytes)
  hmac(hmac(serverKey, found.digest), s2.subarray(0, packetBytes - 32)).copy(s2, packetBytes - 32)
  return Buffer.concat([s0, s1, s2])
}

/** What came of some received bytes: what to send, and, once the handshake is over, what already belongs to the chunk stream. */
export type HandshakeStep = { reply?: Buffer; rest?: Buffer }

class Gather {
  readonly #buffer: Buffer
  #filled = 0

  constructor(bytes: number) {
    this.#buffer = Buffer.alloc(bytes)
  }

  /** Takes what is missing and answers the rest, or undefined while bytes are still missing. */
  take(data: Buffer): Buffer | undefined {
    const copied = data.copy(this.#buffer, this.#filled)
    this.#filled += copied
    return this.#filled === this.#buffer.length ? data.subarray(copied) : undefined
  }

  get bytes(): Buffer {
    return this.#buffer
  }

  get filled(): number {
    return this.#filled
  }
}

/** The server's side of the handshake, fed in any portions. */
export class ServerHandshake {
  readonly #hello = new Gather(1 + packetBytes)
  readonly #echo = new Gather(packetBytes)
  #answered = false

  /** @throws ProtocolError when the first byte is no RTMP version 3: encrypted RTMP (6), HTTP, TLS, noise. */
  receive(data: Buffer): HandshakeStep {
    const step: HandshakeStep = {}
    let rest: Buffer | undefined = data
    if (!this.#answered) {
      rest = this.#hello.take(data)
      if (this.#hello.filled > 0 && this.#hello.bytes[0] !== version) throw new ProtocolError('not RTMP')
      if (rest === undefined) return step
      this.#answered = true
      step.reply = answer(this.#hello.bytes.subarray(1))
    }
    const behind = this.#echo.take(rest)
    if (behind !== undefined) step.rest = behind
    return step
  }
}

/** The client's side of the simple handshake. */
export class ClientHandshake {
  readonly hello: Buffer = Buffer.concat([Buffer.from([version]), Buffer.alloc(8), randomBytes(packetBytes - 8)])
  readonly #answer = new Gather(1 + 2 * packetBytes)

  /** @throws ProtocolError when the server's version is not 3. */
  receive(data: Buffer): HandshakeStep {
    const rest = this.#answer.take(data)
    if (this.#answer.filled > 0 && this.#answer.bytes[0] !== version) throw new ProtocolError('not RTMP')
    if (rest === undefined) return {}
    return { reply: this.#answer.bytes.subarray(1, 1 + packetBytes), rest }
  }
}

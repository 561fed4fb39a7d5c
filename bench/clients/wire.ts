// Owns: sockets and requests that cost a client as little as can be, so that ten thousand of them leave the machine to the server.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

const textOpcode = 1
const closeOpcode = 8
const pingOpcode = 9

function masked(opcode: number, payload: Buffer): Buffer {
  const head = payload.length < 126 ? 6 : 8
  const bytes = Buffer.alloc(head + payload.length)
  bytes[0] = 0x80 | opcode
  if (head === 6) bytes[1] = 0x80 | payload.length
  else {
    bytes[1] = 0x80 | 126
    bytes.writeUInt16BE(payload.length, 2)
  }
  // A mask of zeros is a mask.
  payload.copy(bytes, head)
  return bytes
}

/** A WebSocket (RFC 6455) that reads unfragmented text and answers pings; no more. */
export class WireSocket {
  readonly #socket: Socket
  readonly #onText: (payload: Buffer) => void
  #rest: Buffer | undefined
  #open = false

  /** @param options.onEnd  told once, however it ends */
  constructor(url: URL, options: { onOpen(): void; onText(payload: Buffer): void; onEnd(): void }) {
    this.#onText = options.onText
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true })
    this.#socket.once('connect', () =>
      this.#socket.write(
        `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
      ),
    )
    this.#socket.on('data', (chunk: Buffer) => {
      let bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
      if (!this.#open) {
        const end = bytes.indexOf('\r\n\r\n')
        if (end < 0) {
          this.#rest = bytes
          return
        }
        if (!bytes.subarray(0, end).includes(' 101 ')) return void this.#socket.destroy()
        this.#open = true
        bytes = bytes.subarray(end + 4)
        options.onOpen()
      }
      this.#read(bytes)
    })
    this.#socket.on('error', () => undefined)
    this.#socket.once('close', options.onEnd)
  }

  #read(bytes: Buffer): void {
    let at = 0
    while (bytes.length - at >= 2) {
      const short = (bytes[at + 1] ?? 0) & 127
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (bytes.length - at < head) break
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (bytes.length - at < head + length) break
      const payload = bytes.subarray(at + head, at + head + length)
      const opcode = (bytes[at] ?? 0) & 15
      if (opcode === textOpcode) this.#onText(payload)
      else if (opcode === pingOpcode) this.#socket.write(masked(10, payload))
      else if (opcode === closeOpcode) this.#socket.destroy()
      at += head + length
    }
    // A copy of the rest, or a large chunk would be kept for a few bytes of it.
    this.#rest = at === bytes.length ? undefined : Buffer.from(bytes.subarray(at))
  }

  send(text: string): void {
    this.#socket.write(masked(textOpcode, Buffer.from(text)))
  }

  close(): void {
    this.#socket.destroy()
  }
}

export type WireAnswer = { readonly status: number; readonly body: Buffer }

/** One kept-alive HTTP connection, one request at a time, answers with Content-Length alone. */
export class WireHttp {
  readonly #socket: Socket
  readonly #host: string
  #rest: Buffer = Buffer.alloc(0)
  #waiting: { resolve(answer: WireAnswer): void; reject(error: Error): void } | undefined

  constructor(origin: URL) {
    this.#host = origin.host
    this.#socket = connect({ host: origin.hostname, port: Number(origin.port), noDelay: true })
    this.#socket.on('data', (chunk: Buffer) => {
      this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
      this.#settle()
    })
    this.#socket.on('error', () => undefined)
    this.#socket.once('close', () => this.#waiting?.reject(new Error('the server closed a connection')))
  }

  #settle(): void {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#rest.toString('latin1', 0, end)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#rest.length < end + 4 + length) return
    const body = this.#rest.subarray(end + 4, end + 4 + length)
    this.#rest = this.#rest.subarray(end + 4 + length)
    this.#waiting?.resolve({ status: Number(head.slice(9, 12)), body })
  }

  request(method: 'GET' | 'POST', path: string, json?: string): Promise<WireAnswer> {
    const body = json === undefined ? '\r\n' : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(`${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${body}`)
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}

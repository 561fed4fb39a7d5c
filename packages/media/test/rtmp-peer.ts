// Owns: the client's side of RTMP for tests that must misbehave, byte by byte.
import { connect, type Socket } from 'node:net'
import { type AmfOutput, type AmfValue, decodeAmf, encodeAmf } from '../src/rtmp/amf.ts'
import { ChunkReader, encodeMessage, messageType, type RtmpMessage } from '../src/rtmp/chunk.ts'
import { ClientHandshake } from '../src/rtmp/handshake.ts'
import type { FeedTag } from './feed.ts'

export function command(...values: AmfOutput[]): Buffer {
  return message({ type: messageType.commandAmf0, payload: encodeAmf(...values) })
}

export function message(
  options: Partial<RtmpMessage> & { type: number; payload: Buffer; chunkSize?: number; chunkStreamId?: number },
): Buffer {
  return encodeMessage({ streamId: 1, timestamp: 0, chunkSize: 128, chunkStreamId: 3, ...options })
}

export function tagMessage({ kind, timestamp, payload }: FeedTag, chunkSize = 128): Buffer {
  const type = kind === 'audio' ? messageType.audio : messageType.video
  return message({ type, payload, timestamp, chunkSize, chunkStreamId: kind === 'audio' ? 4 : 6 })
}

export const connectCommand = (app = 'live'): Buffer => command('connect', 1, { app, tcUrl: `rtmp://test/${app}`, flashVer: 'test' })
export const publishCommand = (key: string): Buffer => command('publish', 5, null, key, 'live')

/** A connection that has read what the server said. */
export class Peer {
  readonly socket: Socket
  readonly messages: RtmpMessage[] = []
  readonly closed: Promise<void>
  readonly #handshake = new ClientHandshake()
  readonly #chunks = new ChunkReader({ messageBytes: 1e6, chunkStreams: 64 })
  #shaken = false
  #listeners = new Set<() => void>()

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
    this.socket.on('data', (data) => {
      let rest: Buffer | undefined = data
      if (!this.#shaken) {
        const step = this.#handshake.receive(data)
        rest = step.rest
        if (step.reply !== undefined) this.socket.write(step.reply)
        this.#shaken = rest !== undefined
      }
      if (rest !== undefined) this.#chunks.receive(rest, (one) => this.messages.push(one))
      for (const listener of this.#listeners) listener()
    })
  }

  /** Shakes hands, connects and asks to publish. */
  async publish(key: string): Promise<string> {
    await this.shake()
    this.socket.write(Buffer.concat([connectCommand(), command('createStream', 4, null), publishCommand(key)]))
    return await this.status()
  }

  async shake(): Promise<void> {
    this.socket.write(this.#handshake.hello)
    await this.until(() => this.#shaken)
  }

  /** The code of the first onStatus. */
  async status(): Promise<string> {
    await this.until(() => this.statuses.length > 0)
    return this.statuses[0] ?? ''
  }

  get commands(): AmfValue[][] {
    return this.messages.filter(({ type }) => type === messageType.commandAmf0).map(({ payload }) => decodeAmf(payload))
  }

  get statuses(): string[] {
    return this.commands
      .filter(([name]) => name === 'onStatus')
      .map(([, , , info]) => (info instanceof Map ? String(info.get('code')) : ''))
  }

  async until(met: () => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const finish = (): void => {
        if (!met()) return
        this.#listeners.delete(finish)
        resolve()
      }
      this.#listeners.add(finish)
      void this.closed.then(() => (met() ? resolve() : reject(new Error('closed before'))))
      finish()
    })
  }
}

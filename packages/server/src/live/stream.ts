// Owns: the event stream for those whose network lets no WebSocket through: the same frames as server-sent events.
import type { ServerResponse } from 'node:http'
import { type ErrorCode, limits, type Position } from '@voila/protocol'
import { closeCodeOf } from './close-code.ts'
import type { Frame } from './frame.ts'
import type { Transport } from './viewer.ts'

/** What a browser waits before it comes back by itself. */
const retryMs = 2_000
/** For a reader to take the last event. */
const endMs = 5_000

/** Writes frames to a response whose head has been sent. Ends with an event `end` that says the same as a socket's close frame. */
export class StreamTransport implements Transport {
  readonly #response: ServerResponse
  constructor(response: ServerResponse) {
    this.#response = response
    response.write(`retry: ${retryMs}\n\n`)
  }

  send(frame: Frame): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    if (this.#response.writableLength > limits.socketBufferedBytes) this.end('too_slow')
    else this.#response.write(frame.stream)
  }

  end(code: ErrorCode): void {
    if (this.#response.writableEnded) return
    this.#response.end(`event: end\ndata: ${JSON.stringify({ close: closeCodeOf(code), code })}\n\n`)
    // Nobody has to read it, and what waits before it must not be held for as long as the other side likes.
    setTimeout(() => this.#response.destroy(), endMs).unref()
  }

  probe(): boolean {
    return !this.#response.destroyed
  }
}

const lastEventId = /^(\d{1,15}\.\d{1,15}):(\d{1,15})$/

/** The position in a `Last-Event-ID` (or `?after=`), which is `<epoch>:<seq>`; anything else is no position. */
export function positionOf(text: string | undefined): Position | undefined {
  const [, epoch, seq] = lastEventId.exec(text ?? '') ?? []
  return epoch === undefined ? undefined : { epoch, seq: Number(seq) }
}

// Owns: commands from the moment they are asked for until they are acknowledged.
import type { Ack, DoFrame, ErrorCode } from '@voila/protocol'

/** Commands that may wait for their acknowledgement; fewer than a socket may send at once, so resending them floods nobody. */
const maxPending = 32

type Pending = { readonly frame: DoFrame; readonly resolve: (ack: Ack) => void; sent: boolean }

/** Makes a version 4 UUID; `crypto.randomUUID` is missing on plain http. */
export function uuid(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const versioned = bytes.map((byte, at) => (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte))
  const hex = [...versioned].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** `flush` sends what this connection has not sent yet, in the order asked for. `lost`: the next connection sends everything again. */
export type Outbox = {
  add(activity: string, command: DoFrame['command']): Promise<Ack>
  flush(send: (frame: DoFrame) => void): void
  lost(): void
  settle(ack: Ack): void
  refuseAll(code: ErrorCode): void
}

/** An outbox whose commands keep their ids however often they are sent. */
export function createOutbox(): Outbox {
  const pending = new Map<string, Pending>()

  function settle(ack: Ack): void {
    pending.get(ack.id)?.resolve(ack)
    pending.delete(ack.id)
  }

  return {
    add(activity, command) {
      const frame: DoFrame = { t: 'do', id: uuid(), activity, command }
      if (pending.size >= maxPending) return Promise.resolve({ id: frame.id, refused: { code: 'rate_limited' } })
      return new Promise((resolve) => {
        pending.set(frame.id, { frame, resolve, sent: false })
      })
    },
    flush(send) {
      for (const command of pending.values()) {
        if (command.sent) continue
        command.sent = true
        send(command.frame)
      }
    },
    lost() {
      for (const command of pending.values()) command.sent = false
    },
    settle,
    refuseAll(code) {
      for (const id of [...pending.keys()]) settle({ id, refused: { code } })
    },
  }
}

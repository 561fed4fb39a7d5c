// Owns: a client of the protocol for tests: it reduces what it is told and objects to every frame that breaks a rule.
import { randomUUID } from 'node:crypto'
import { type Ack, type ActivityView, activityViews, type LogItem, type Person, type Position, type ServerFrame } from '@voila/protocol'
import WebSocket from 'ws'

const table = activityViews as unknown as Readonly<Record<string, ActivityView<unknown>>>

/** JSON with the keys of every object in order, so that equal values are equal texts. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

/** What a page holds of a program, reduced from frames alone. */
export class Replica {
  position: Position | undefined
  views: Record<string, unknown> = {}
  latest = new Map<string, { version: number; value: unknown }>()
  selves: Record<string, unknown> = {}
  people = new Map<string, Person>()
  items: LogItem[] = []
  readies: Extract<ServerFrame, { t: 'ready' }>[] = []
  media: { url: string; expiresAt: number } | null = null
  /** Rules that a frame has broken. */
  faults: string[] = []

  #merge(key: string, value: unknown): void {
    for (const [name, view] of Object.entries(this.views)) this.views[name] = table[name]?.merge(view, key, value)
  }

  #reduce(items: readonly LogItem[], people: readonly Person[]): void {
    for (const person of people) this.people.set(person.id, person)
    for (const item of items) {
      this.items.push(item)
      const activity = table[item.activity]
      if (activity === undefined) this.faults.push(`unknown activity ${item.activity}`)
      else this.views[item.activity] = activity.reduce(this.views[item.activity], item)
    }
  }

  #requireRange(items: readonly LogItem[], { from, to }: { from: number; to: number }): void {
    let last = from - 1
    for (const { seq } of items) {
      if (seq <= last || seq > to) this.faults.push(`item ${seq} in ${from}..${to} after ${last}`)
      last = seq
    }
  }

  take(frame: ServerFrame): void {
    if (frame.t === 'ready') {
      const before = this.position
      if (frame.resumed) {
        if (before?.epoch !== frame.epoch) this.faults.push('resumed in another epoch')
        this.#requireRange(frame.items ?? [], { from: (before?.seq ?? 0) + 1, to: frame.seq })
        if (frame.snapshot !== undefined) this.faults.push('a range and a snapshot')
      } else if (frame.snapshot === undefined) this.faults.push('neither a range nor a snapshot')
      else this.views = { ...frame.snapshot }
      this.#reduce(frame.items ?? [], frame.people)
      this.position = { epoch: frame.epoch, seq: frame.seq }
      this.latest = new Map(frame.views.map(({ key, version, value }) => [key, { version, value }]))
      for (const { key, value } of frame.views) this.#merge(key, value)
      this.selves = { ...frame.self.activities }
      this.media = frame.media
      this.readies.push(frame)
      return
    }
    if (frame.t === 'ack') return
    const position = this.position
    if (position === undefined) {
      this.faults.push(`${frame.t} before ready`)
      return
    }
    if (frame.t === 'log') {
      if (frame.epoch !== position.epoch) this.faults.push(`log of ${frame.epoch} in ${position.epoch}`)
      if (frame.from !== position.seq + 1) this.faults.push(`log from ${frame.from} at ${position.seq}`)
      if (frame.to < frame.from) this.faults.push(`log ${frame.from}..${frame.to}`)
      this.#requireRange(frame.items, frame)
      this.#reduce(frame.items, frame.people)
      this.position = { epoch: frame.epoch, seq: frame.to }
    } else if (frame.t === 'view') {
      const held = this.latest.get(frame.key)
      if (held !== undefined && held.version >= frame.version) return
      this.latest.set(frame.key, frame)
      this.#merge(frame.key, frame.value)
    } else if (frame.t === 'self') this.selves[frame.activity] = frame.value
    else if (frame.t === 'media') this.media = { url: frame.url, expiresAt: frame.expiresAt }
    else if (frame.t === 'beat' && frame.seq !== position.seq) this.faults.push(`beat at ${frame.seq}, told to ${position.seq}`)
  }
}

type Waiting = { frame: object; resolve(ack: Ack): void }

/** A client with a socket; `connect` again resumes, and sends again what was not acknowledged. */
export class Client {
  readonly replica = new Replica()
  readonly frames: ServerFrame[] = []
  readonly acks: Ack[] = []
  closed: { code: number; reason: string } | undefined
  ws: WebSocket | undefined
  readonly #session: string | undefined
  readonly #as: 'team' | 'screen' | undefined
  readonly #headers: Record<string, string>
  readonly #waiting = new Map<string, Waiting>()

  constructor(options: { session?: string; as?: 'team' | 'screen'; headers?: Record<string, string> }) {
    this.#session = options.session
    this.#as = options.as
    this.#headers = options.headers ?? {}
  }

  /** Opens a socket and says hello; resolves at the `ready`, or when the socket has closed before. */
  connect(url: string, options: { resume?: Position | undefined; hello?: boolean } = {}): Promise<void> {
    this.closed = undefined
    const ws = new WebSocket(url, { headers: this.#headers })
    this.ws = ws
    const hello = {
      t: 'hello',
      v: 1,
      ...(this.#session === undefined ? {} : { session: this.#session }),
      ...(this.#as === undefined ? {} : { as: this.#as }),
      ...(options.resume === undefined ? {} : { resume: options.resume }),
    }
    return new Promise((resolve) => {
      ws.on('open', () => {
        if (options.hello !== false) ws.send(JSON.stringify(hello))
        else resolve()
      })
      ws.on('message', (data) => {
        if (this.ws !== ws) return
        const frame = JSON.parse(data.toString()) as ServerFrame
        this.frames.push(frame)
        this.replica.take(frame)
        if (frame.t === 'ready') {
          for (const { frame: again } of this.#waiting.values()) ws.send(JSON.stringify(again))
          resolve()
        }
        if (frame.t !== 'ack') return
        const { t: _, ...ack } = frame
        this.acks.push(ack)
        this.#waiting.get(ack.id)?.resolve(ack)
        this.#waiting.delete(ack.id)
      })
      ws.on('close', (code, reason) => {
        if (this.ws === ws) this.closed = { code, reason: reason.toString() }
        resolve()
      })
      ws.on('error', () => undefined)
    })
  }

  /** Commands without an acknowledgement. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Sends a command; resolves with its acknowledgement, on this socket or a later one. */
  do(command: { type: string; [key: string]: unknown }, more: { id?: string; activity?: string } = {}): Promise<Ack> {
    const id = more.id ?? randomUUID()
    const frame = { t: 'do', id, activity: more.activity ?? 'chat', command }
    return new Promise((resolve) => {
      this.#waiting.set(id, { frame, resolve })
      if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(frame))
    })
  }

  /** Goes without a word, as a train does into a tunnel. */
  async cut(): Promise<void> {
    const { ws } = this
    this.ws = undefined
    if (ws === undefined || ws.readyState === WebSocket.CLOSED) return
    await new Promise((resolve) => {
      ws.on('close', resolve)
      ws.terminate()
    })
  }
}

/** Waits until something holds, as real sockets take their time; says what it waited for when it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

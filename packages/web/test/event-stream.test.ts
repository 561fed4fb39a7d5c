// Owns: the proof that events carry the same frames where no WebSocket opens.
import type { Ack, DoFrame } from '@voila/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventStreamTransport } from '../src/live/transport.ts'

/** An EventSource whose events a test sends. */
class Source extends EventTarget {
  static last: Source | undefined
  readonly url: string
  closed = false
  constructor(url: string) {
    super()
    this.url = url
    Source.last = this
  }
  close(): void {
    this.closed = true
  }
  tell(type: string, data = ''): void {
    this.dispatchEvent(Object.assign(new Event(type), { data }))
  }
}

const command: DoFrame = { t: 'do', id: '3f9c2a6e-1c55-4a39-9b0b-0f5f3a1b2c3d', activity: 'chat', command: { type: 'post' } }

function connect(answer: Ack | undefined = undefined, resume: { epoch: string; seq: number } | undefined = undefined) {
  const events = { opened: vi.fn(), frame: vi.fn(), closed: vi.fn() }
  const connection = eventStreamTransport('/api/programs/abcdefghijkl/stream', async () => answer)({ resume, session: undefined }, events)
  const source = Source.last
  if (source === undefined) throw new Error('nothing was opened')
  return { events, connection, source }
}

beforeEach(() => {
  vi.stubGlobal('EventSource', Source)
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the event stream', () => {
  test('asks for what comes after the position held', () => {
    expect(connect().source.url).toBe('/api/programs/abcdefghijkl/stream')
    expect(connect(undefined, { epoch: '1.0', seq: 12 }).source.url).toBe('/api/programs/abcdefghijkl/stream?after=1.0:12')
  })

  test('passes frames on', () => {
    const { events, source } = connect()
    source.tell('open')
    source.tell('message', '{"t":"beat"}')
    expect(events.opened).toHaveBeenCalledOnce()
    expect(events.frame).toHaveBeenCalledWith('{"t":"beat"}')
  })

  test('ends as a socket does, with the code that the server gives', () => {
    const { events, source } = connect()
    source.tell('end', '{"close":4403,"code":"session_revoked"}')
    source.tell('error')
    expect(events.closed.mock.calls).toEqual([[4403, 'session_revoked']])
    expect(source.closed).toBe(true)
  })

  test('a failure is a lost connection, told once; it does not come back by itself', () => {
    const { events, source } = connect()
    source.tell('error')
    source.tell('error')
    expect(events.closed.mock.calls).toEqual([[1006, '']])
    expect(source.closed).toBe(true)
  })

  test('a command is a request; its answer comes as a frame', async () => {
    const { events, connection } = connect({ id: command.id, seq: 9 })
    connection.send(command)
    await vi.waitFor(() => expect(events.frame).toHaveBeenCalledWith(JSON.stringify({ t: 'ack', id: command.id, seq: 9 })))
  })

  test('a command without an answer counts as a lost connection, so that it is sent again', async () => {
    const { events, connection } = connect()
    connection.send(command)
    await vi.waitFor(() => expect(events.closed.mock.calls).toEqual([[1006, '']]))
  })
})

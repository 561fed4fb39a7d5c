// Owns: the proof that events carry the same frames where no WebSocket opens.
import type { Ack, DoFrame, Position } from '@voila/protocol'
import { describe, expect, test, vi } from 'vitest'
import { eventStreamTransport } from '../src/live/transport.ts'

const command: DoFrame = { t: 'do', id: '3f9c2a6e-1c55-4a39-9b0b-0f5f3a1b2c3d', activity: 'chat', command: { type: 'post' } }

type Given = { answer?: Ack; resume?: Position; status?: number; type?: string }

function connect({ answer, resume, status = 200, type = 'text/event-stream; charset=utf-8' }: Given = {}) {
  const events = { opened: vi.fn(), frame: vi.fn(), closed: vi.fn() }
  let server: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      server = controller
    },
  })
  const follow = vi.fn(async ({ signal }: { after: Position | undefined; signal: AbortSignal }) => {
    signal.addEventListener('abort', () => server?.error(signal.reason))
    return new Response(body, { status, headers: { 'content-type': type } })
  })
  const connection = eventStreamTransport({ follow, post: async () => answer })({ resume, session: undefined }, events)
  const [asked] = follow.mock.calls[0] ?? []
  return {
    events,
    connection,
    asked,
    tell: (...parts: (string | Uint8Array)[]) => {
      for (const part of parts) server?.enqueue(typeof part === 'string' ? new TextEncoder().encode(part) : part)
    },
    cut: () => server?.error(new Error('cut')),
    finish: () => server?.close(),
  }
}

describe('the event stream', () => {
  test('asks for what comes after the position held', () => {
    expect(connect().asked?.after).toBeUndefined()
    expect(connect({ resume: { epoch: '1.0', seq: 12 } }).asked?.after).toEqual({ epoch: '1.0', seq: 12 })
  })

  test('passes frames on, whatever the network cut them into', async () => {
    const { events, tell } = connect()
    const bytes = new TextEncoder().encode('id: 1.0:3\ndata: {"text":"né"}\n\n')
    const inside = bytes.indexOf(0xc3) + 1
    tell('retry: 2000\n\n', bytes.slice(0, inside), bytes.slice(inside), 'data: {"t":"beat"}\n\ndata: {"t":')
    await vi.waitFor(() => expect(events.frame.mock.calls).toEqual([['{"text":"né"}'], ['{"t":"beat"}']]))
    expect(events.opened).toHaveBeenCalledOnce()
    tell('"view"}\n\n')
    await vi.waitFor(() => expect(events.frame).toHaveBeenLastCalledWith('{"t":"view"}'))
  })

  test('ends as a socket does, with the code that the server gives', async () => {
    const { events, asked, tell } = connect()
    tell('event: end\ndata: {"close":4403,"code":"session_revoked"}\n\n')
    await vi.waitFor(() => expect(asked?.signal.aborted).toBe(true))
    expect(events.closed.mock.calls).toEqual([[4403, 'session_revoked']])
  })

  test.each(['cut', 'finish'] as const)('a stream that is %s is a lost connection, told once', async (how) => {
    const stream = connect()
    stream.tell('data: {}\n\n')
    await vi.waitFor(() => expect(stream.events.frame).toHaveBeenCalled())
    stream[how]()
    await vi.waitFor(() => expect(stream.events.closed.mock.calls).toEqual([[1006, '']]))
  })

  test.each([
    ['a refusal', { status: 403 }],
    ['a page that somebody between has put there', { type: 'text/html' }],
  ])('%s is no stream, and never opens', async (_what, given) => {
    const { events } = connect(given)
    await vi.waitFor(() => expect(events.closed.mock.calls).toEqual([[1006, '']]))
    expect(events.opened).not.toHaveBeenCalled()
  })

  test('leaving it ends the request', () => {
    const { connection, asked } = connect()
    connection.close()
    expect(asked?.signal.aborted).toBe(true)
  })

  test('a command is a request; its answer comes as a frame', async () => {
    const { events, connection } = connect({ answer: { id: command.id, seq: 9 } })
    connection.send(command)
    await vi.waitFor(() => expect(events.frame).toHaveBeenCalledWith(JSON.stringify({ t: 'ack', id: command.id, seq: 9 })))
  })

  test('a command without an answer counts as a lost connection, so that it is sent again', async () => {
    const { events, connection } = connect()
    connection.send(command)
    await vi.waitFor(() => expect(events.closed.mock.calls).toEqual([[1006, '']]))
  })
})

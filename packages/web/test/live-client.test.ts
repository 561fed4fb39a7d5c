// Owns: the proof of how the live client connects, resumes, resends and ends, over real sockets.
import { type ErrorCode, errorRow, errors } from '@voila/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createLiveClient, isTerminal, type LiveClient, type LiveOptions } from '../src/live/index.ts'
import { logOf, type ProgramServer, posted, programId, readyOf, self, startProgramServer, until } from './program-server.ts'

let server: ProgramServer
let client: LiveClient

function newClient(more: Partial<LiveOptions> = {}): LiveClient {
  return createLiveClient({
    programId,
    origin: server.origin,
    session: 'vs_test',
    openSocket: (url) => new WebSocket(url),
    random: () => 0,
    backoff: { firstMs: 50, maxMs: 200 },
    ...more,
  })
}
const phase = (): string => client.state().connection.phase
const texts = (): string[] => client.state().activities.chat?.view.messages.map((message) => message.text) ?? []
const seqIs = (seq: number) => until(() => client.state().position?.seq === seq)

beforeEach(async () => {
  server = await startProgramServer()
  client = newClient()
})
afterEach(async () => {
  client.close()
  await server.close()
})

describe('connecting', () => {
  test('hello carries the session and no position; the snapshot is what the state holds then', async () => {
    client.start()
    const visit = await server.visit(1)
    expect(visit.hello).toEqual({ t: 'hello', v: 1, session: 'vs_test' })
    visit.send(readyOf({ seq: 7, views: [{ t: 'view', key: 'audience', version: 1, value: { count: 12 } }] }))
    await seqIs(7)
    expect(phase()).toBe('open')
    expect(client.state()).toMatchObject({ self, views: { audience: { count: 12 } }, snapshots: 1 })
  })

  test('a member of the team says that he comes as one', async () => {
    client.close()
    client = createLiveClient({ programId, origin: server.origin, as: 'team', openSocket: (url) => new WebSocket(url) })
    client.start()
    expect((await server.visit(1)).hello).toEqual({ t: 'hello', v: 1, as: 'team' })
  })

  test('a view of an older version changes nothing, and versions start anew with the next ready', async () => {
    client.start()
    const visit = await server.visit(1)
    const count = () => client.state().views.audience?.count
    visit.send(readyOf({ views: [{ t: 'view', key: 'audience', version: 9, value: { count: 9 } }] }))
    visit.send({ t: 'view', key: 'audience', version: 8, value: { count: 8 } })
    visit.send({ t: 'view', key: 'audience', version: 10, value: { count: 10 } })
    await until(() => count() === 10)
    visit.send(readyOf({ seq: 1, views: [{ t: 'view', key: 'audience', version: 1, value: { count: 1 } }] }))
    await until(() => count() === 1)
  })

  test('media access comes with ready and with its own frames', async () => {
    client.start()
    const visit = await server.visit(1)
    const url = (credential: string): string => `/media/${programId}/${credential}/live.m3u8`
    visit.send(readyOf({ media: { url: url('one'), expiresAt: Date.now() + 60_000 } }))
    await until(() => client.media.current()?.url === url('one'))
    visit.send({ t: 'media', url: url('two'), expiresAt: Date.now() + 90_000 })
    await until(() => client.media.current()?.url === url('two'))
  })

  test('the time of the server counts, not the own clock', async () => {
    client.start()
    const visit = await server.visit(1)
    visit.send(readyOf({ now: Date.now() + 3_600_000, seq: 1 }))
    await seqIs(1)
    expect(Math.abs(client.now() - Date.now() - 3_600_000)).toBeLessThan(10_000)
  })
})

describe('resuming', () => {
  test('a lost connection is resumed from the last position applied, filtered ranges included', async () => {
    client.start()
    const first = await server.visit(1)
    first.send(readyOf())
    first.send(logOf(1, 2, [posted(2)]))
    first.send(logOf(3, 5, []))
    await seqIs(5)
    first.cut()
    const second = await server.visit(2)
    expect(second.hello.resume).toEqual({ epoch: '1.0', seq: 5 })
    second.send(readyOf({ resumed: true, seq: 7, items: [posted(6), posted(7)] }))
    await seqIs(7)
    expect(texts()).toEqual(['message 2', 'message 6', 'message 7'])
    expect(client.state().snapshots).toBe(1)
  })

  test('what was applied already is not applied again', async () => {
    client.start()
    const visit = await server.visit(1)
    const heard: number[] = []
    client.onItem((item) => heard.push(item.seq))
    visit.send(readyOf())
    visit.send(logOf(1, 2, [posted(1), posted(2)]))
    visit.send(logOf(1, 2, [posted(1), posted(2)]))
    visit.send(logOf(2, 3, [posted(2), posted(3)]))
    await seqIs(3)
    expect(heard).toEqual([1, 2, 3])
    expect(texts()).toHaveLength(3)
  })

  test.each([
    ['a range that leaves a gap', logOf(3, 3)],
    ['a range of another epoch', { ...logOf(2, 2), epoch: '1.1' }],
  ])('%s is not applied: the client resumes from what it has', async (_name, frame) => {
    client.start()
    const first = await server.visit(1)
    first.send(readyOf())
    first.send(logOf(1, 1))
    await seqIs(1)
    first.send(frame)
    const second = await server.visit(2)
    expect(second.hello.resume).toEqual({ epoch: '1.0', seq: 1 })
    expect(texts()).toEqual(['message 1'])
  })

  test('another epoch comes as a snapshot and replaces everything', async () => {
    client.start()
    const visit = await server.visit(1)
    visit.send(readyOf())
    visit.send(logOf(1, 1))
    await seqIs(1)
    visit.send(readyOf({ epoch: '2.0', seq: 3 }))
    await until(() => client.state().position?.epoch === '2.0')
    expect(texts()).toEqual([])
    expect(client.state().snapshots).toBe(2)
  })

  test('a resume that does not fit what is held is answered by asking for everything', async () => {
    client.start()
    const first = await server.visit(1)
    first.send(readyOf({ seq: 4 }))
    await seqIs(4)
    first.cut()
    const second = await server.visit(2)
    second.send(readyOf({ epoch: '9.0', resumed: true, seq: 5, items: [] }))
    expect((await server.visit(3)).hello.resume).toBeUndefined()
  })
})

describe('commands', () => {
  test('one asked for before ready goes out after it; its acknowledgement is the answer', async () => {
    const answer = client.send('chat', { type: 'post', text: 'hello' })
    client.start()
    const visit = await server.visit(1)
    expect(visit.commands).toEqual([])
    visit.send(readyOf())
    const command = await until(() => visit.commands[0])
    expect(command).toMatchObject({ t: 'do', activity: 'chat', command: { type: 'post', text: 'hello' } })
    visit.send({ t: 'ack', id: command.id, seq: 3 })
    expect(await answer).toMatchObject({ id: command.id, seq: 3 })
  })

  test('those not acknowledged are sent again under the same ids, in order; those acknowledged are not', async () => {
    client.start()
    const first = await server.visit(1)
    first.send(readyOf())
    await until(() => phase() === 'open')
    const answers = ['a', 'b', 'c'].map((text) => client.send('chat', { type: 'post', text }))
    await until(() => first.commands.length === 3)
    const ids = first.commands.map(({ id }) => id)
    first.send({ t: 'ack', id: ids[0] ?? '', seq: 1 })
    await answers[0]
    first.cut()
    const second = await server.visit(2)
    second.send(readyOf({ resumed: true, items: [] }))
    await until(() => second.commands.length === 2)
    expect(second.commands.map(({ id }) => id)).toEqual(ids.slice(1))
    for (const [at, id] of ids.slice(1).entries()) second.send({ t: 'ack', id, seq: at + 2 })
    expect(await Promise.all(answers)).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }])
  })

  test('a refusal is an answer like another', async () => {
    client.start()
    const visit = await server.visit(1)
    visit.send(readyOf())
    const answer = client.send('chat', { type: 'post', text: 'hello' })
    const { id } = await until(() => visit.commands[0])
    visit.send({ t: 'ack', id, refused: { code: 'chat_too_fast', retryAfterMs: 400 } })
    expect(await answer).toEqual({ id, t: 'ack', refused: { code: 'chat_too_fast', retryAfterMs: 400 } })
  })

  test('too many waiting are refused here', async () => {
    const answers = Array.from({ length: 40 }, () => client.send('chat', { type: 'post', text: 'x' }))
    expect(await answers[39]).toMatchObject({ refused: { code: 'rate_limited' } })
  })
})

const closing = (Object.keys(errors) as ErrorCode[]).flatMap((code) => {
  const { close, retry } = errorRow(code)
  return close === undefined ? [] : [{ code, close, terminal: isTerminal(retry), later: retry === 'later' }]
})

describe('the end of a socket', () => {
  test.each(closing.filter(({ terminal }) => terminal))('$code ($close) is for good', async ({ code, close }) => {
    client.start()
    const visit = await server.visit(1)
    visit.send(readyOf())
    await until(() => phase() === 'open')
    const unanswered = client.send('chat', { type: 'post', text: 'x' })
    visit.end(close, code)
    expect(await unanswered).toMatchObject({ refused: { code } })
    expect(client.state().connection).toMatchObject({ phase: 'ended', code })
    client.retryNow()
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(server.visits).toHaveLength(1)
    expect(await client.send('chat', { type: 'post', text: 'y' })).toMatchObject({ refused: { code } })
  })

  test.each(closing.filter(({ terminal, later }) => !terminal && !later))('$code ($close) is followed by another try', async ({
    code,
    close,
  }) => {
    client.start()
    const visit = await server.visit(1)
    visit.send(readyOf({ seq: 2 }))
    await seqIs(2)
    visit.end(close, code)
    expect((await server.visit(2)).hello.resume).toEqual({ epoch: '1.0', seq: 2 })
  })

  test.each(closing.filter(({ later }) => later))('$code ($close) is left alone for a while, whoever asks', async ({ code, close }) => {
    client.start()
    const visit = await server.visit(1)
    visit.send(readyOf())
    await until(() => phase() === 'open')
    visit.end(close, code)
    await until(() => phase() === 'waiting')
    expect(client.state().connection).toMatchObject({ code })
    client.retryNow()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(server.visits).toHaveLength(1)
  })

  test.each([
    [4401, '', 'session_missing'],
    [4403, '', 'session_revoked'],
    [4403, 'origin_denied', 'origin_denied'],
    [4409, 'no such code', 'session_replaced'],
    [4410, '', 'program_archived'],
    [4419, '', 'session_expired'],
  ])('%i with the reason %j is %s', async (close, reason, code) => {
    client.start()
    const visit = await server.visit(1)
    visit.send(readyOf())
    visit.end(close, reason)
    await until(() => phase() === 'ended')
    expect(client.state().connection).toMatchObject({ code })
  })

  test('its page learns where to sign in again', async () => {
    client.start()
    const visit = await server.visit(1)
    visit.send(readyOf())
    server.session = { status: 401, body: { code: 'session_expired', traceId: 't1', signInUrl: 'https://company.example/in' } }
    visit.end(4419, 'session_expired')
    const problem = await until(() => (client.state().connection as { problem?: object }).problem)
    expect(problem).toMatchObject({ code: 'session_expired', traceId: 't1', signInUrl: 'https://company.example/in' })
  })
})

describe('a connection that cannot be opened', () => {
  test('is for good where the server refuses this attendee', async () => {
    server.refuseUpgrade = true
    server.session = { status: 403, body: { code: 'session_revoked', traceId: 't2' } }
    client.start()
    await until(() => phase() === 'ended')
    expect(client.state().connection).toMatchObject({ code: 'session_revoked', problem: { traceId: 't2' } })
  })

  test.each([200, 429, 500, 503])('is tried again where the server answers %i', async (status) => {
    server.refuseUpgrade = true
    server.session = { status, body: {} }
    client.start()
    await until(() => server.requests.length >= 2)
    expect(phase()).toBe('waiting')
    server.refuseUpgrade = false
    await server.visit(1)
  })

  test.each([
    { who: 'an attendee in a frame', options: {}, query: '', authorization: 'Bearer vs_test' },
    { who: 'a member of the team', options: { session: undefined, as: 'team' as const }, query: '?as=team', authorization: undefined },
  ])('gives way to events and requests for $who', async ({ options, query, authorization }) => {
    client.close()
    client = newClient(options as Partial<LiveOptions>)
    server.refuseUpgrade = true
    const asked: (string | undefined)[] = []
    server.overHttp = (request, response) => {
      asked.push(`${request.method} ${request.url?.replace(/^.*\//, '')}`, request.headers.authorization)
      if (request.method === 'GET') {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(`data: ${JSON.stringify(readyOf({ seq: 4 }))}\n\n`)
      } else {
        response.writeHead(200, { 'content-type': 'application/json' })
        request.on('data', (body) => response.end(JSON.stringify({ id: JSON.parse(String(body)).id, seq: 5 })))
      }
    }
    client.start()
    await seqIs(4)
    expect(await client.send('chat', { type: 'post', text: 'over HTTP' })).toMatchObject({ seq: 5 })
    expect(asked).toEqual([`GET stream${query}`, authorization, `POST commands${query}`, authorization])
  })

  test('is tried at once when somebody asks', async () => {
    client.close()
    client = newClient({ backoff: { firstMs: 600_000, maxMs: 600_000 } })
    client.start()
    const visit = await server.visit(1)
    visit.send(readyOf())
    visit.cut()
    await until(() => phase() === 'waiting')
    client.retryNow()
    await server.visit(2)
  })

  test('says whether the network is there, and is tried at once when it is back', async () => {
    client.close()
    const listeners = { change: new Set<() => void>(), wake: new Set<() => void>() }
    const listen = (kind: keyof typeof listeners) => (listener: () => void) => {
      listeners[kind].add(listener)
      return () => listeners[kind].delete(listener)
    }
    let online = true
    client = newClient({
      backoff: { firstMs: 600_000, maxMs: 600_000 },
      connectivity: { online: () => online, onChange: listen('change'), onWake: listen('wake') },
    })
    client.start()
    const visit = await server.visit(1)
    visit.cut()
    await until(() => phase() === 'waiting')
    expect(client.state().connection).toMatchObject({ online: true })
    online = false
    for (const tell of listeners.change) tell()
    expect(client.state().connection).toMatchObject({ phase: 'waiting', online: false })
    for (const tell of listeners.wake) tell()
    await server.visit(2)
    client.close()
    expect([listeners.change.size, listeners.wake.size]).toEqual([0, 0])
  })
})

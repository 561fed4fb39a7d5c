// Owns: that commands, history and the event stream say over HTTP what the socket says.
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { errorRow, limits, Refusal, type ServerFrame } from '@voila/protocol'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { administration } from '../../src/backstage/actor.ts'
import { liveRoutes } from '../../src/live/routes.ts'
import { positionOf } from '../../src/live/stream.ts'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Replica, until } from './client.ts'
import { addProgram, emptyProgram, type Node, openNode, programId, sessionNamed } from './house.ts'

const commands = `/api/programs/${programId}/commands`
const history = `/api/programs/${programId}/activities/chat/history`
const stream = `/api/programs/${programId}/stream`
const bearer = (name: string) => ({ authorization: `Bearer ${name}` })
const post = (text: unknown) => ({ id: randomUUID(), activity: 'chat', command: { type: 'post', text } })

describe('live over HTTP', () => {
  let database: TestDatabase
  let store: Store
  let node: Node
  let app: FastifyInstance
  beforeAll(async () => {
    const [sqlite] = databases
    if (sqlite === undefined) throw new Error('there is no SQLite')
    database = await sqlite.make()
    store = await database.open()
    await addProgram(store)
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    await emptyProgram(store)
    node = openNode({ store })
    app = Fastify()
    app.setErrorHandler((error, _request, reply) => {
      const { code, retryAfterMs, detail } = error instanceof Refusal ? error : new Refusal('internal')
      return reply.status(errorRow(code).status).send({ code, retryAfterMs, detail })
    })
    app.addHook('onRequest', async (_request, reply) => void reply.header('x-content-type-options', 'nosniff'))
    await app.register(
      liveRoutes({
        live: node.live,
        log: node.log,
        now: Date.now,
        teamOf: ({ headers }) => (headers.authorization === 'Bearer va_secret' ? administration : undefined),
        requireTeam: async () => undefined,
        screenOf: async () => undefined,
        async readSession(request) {
          const name = /^Bearer vs_(\w+)$/.exec(request.headers.authorization ?? '')?.[1]
          if (name === undefined) throw new Refusal('session_missing')
          return sessionNamed(name)
        },
      }),
    )
    await app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterEach(async () => {
    await node.live.drain()
    await app.close()
  })
  const url = (path: string): string => `http://127.0.0.1:${(app.server.address() as AddressInfo).port}${path}`

  async function request(
    method: 'GET' | 'POST',
    path: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
  ) {
    const response = await app.inject({ method, url: path, headers, ...(body === undefined ? {} : { payload: body as object }) })
    return { status: response.statusCode, body: response.json() as Record<string, unknown>, headers: response.headers }
  }

  /** Reads a stream into a replica until it ends or is cut. */
  function follow(path: string, headers: Record<string, string>) {
    const controller = new AbortController()
    const replica = new Replica()
    const seen = { ids: [] as string[], end: undefined as unknown, status: 0, headers: new Headers() }
    const done = (async () => {
      const response = await fetch(url(path), { headers, signal: controller.signal })
      seen.status = response.status
      seen.headers = response.headers
      let text = ''
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString()
        for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
          const lines = text.slice(0, at).split('\n')
          text = text.slice(at + 2)
          const field = (name: string): string | undefined => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
          const [data, id] = [field('data'), field('id')]
          if (id !== undefined) seen.ids.push(id)
          if (field('event') === 'end') seen.end = JSON.parse(data ?? '')
          else if (data !== undefined) replica.take(JSON.parse(data) as ServerFrame)
        }
      }
    })().catch(() => undefined)
    return { replica, seen, cut: () => controller.abort(), done }
  }

  test('a command is answered with its seq, and again with the same', async () => {
    const body = post('Good morning')
    expect(await request('POST', commands, { headers: bearer('vs_ada'), body })).toMatchObject({
      status: 200,
      body: { id: body.id, seq: 1 },
    })
    expect(await request('POST', commands, { headers: bearer('vs_ada'), body })).toMatchObject({
      status: 200,
      body: { id: body.id, seq: 1 },
    })
  })

  test.each([
    ['nobody', {}, post('x'), 401, 'session_missing'],
    ['a body that is none', bearer('vs_ada'), { hello: 1 }, 400, 'invalid_request'],
    ['an id that is no UUID', bearer('vs_ada'), { ...post('x'), id: '7' }, 400, 'invalid_request'],
    ['a text that is none', bearer('vs_ada'), post(7), 400, 'invalid_request'],
    ['a team command of an attendee', bearer('vs_ada'), { ...post('x'), command: { type: 'clear' } }, 403, 'not_allowed'],
    ['a refusal of the activity', bearer('vs_ada'), { ...post('x'), command: { type: 'like', message: 4 } }, 404, 'chat_message_gone'],
  ])('%s is refused with its status and code', async (_what, headers, body, status, code) => {
    expect(await request('POST', commands, { headers, body })).toMatchObject({ status, body: { code } })
  })

  test.each([
    ['an id that is no UUID', { ...post('x'), id: '7' }, /^id: /],
    ['an activity that there is not', { ...post('x'), activity: 'dance' }, /^activity: /],
    ['a command that there is not', { ...post('x'), command: { type: 'shout', text: 'x' } }, /^command\.type: /],
    ['a field of it that is wrong', post(7), /^text: /],
  ])('%s is named, and what stands in it is not', async (_what, body, detail) => {
    const { body: problem } = await request('POST', commands, { headers: bearer('vs_ada'), body })
    expect(problem).toMatchObject({ code: 'invalid_request', detail: expect.stringMatching(detail) })
    expect(JSON.stringify(problem)).not.toMatch(/dance|shout/)
  })

  test('an administrator acts as the team, and pages what the team is told', async () => {
    await request('POST', commands, { headers: bearer('va_secret'), body: { ...post(''), command: { type: 'configure', review: true } } })
    expect(await request('POST', commands, { headers: bearer('va_secret'), body: post('From the team') })).toMatchObject({
      status: 200,
      body: { seq: 2 },
    })
    await request('POST', commands, { headers: bearer('vs_ada'), body: post('May I?') })
    expect(
      await request('POST', commands, { headers: bearer('va_secret'), body: { ...post(''), command: { type: 'approve', message: 3 } } }),
    ).toMatchObject({ status: 200 })
    const page = await request('GET', `${history}?limit=1`, { headers: bearer('va_secret') })
    expect(page.body).toMatchObject({
      items: [{ text: 'May I?', actorId: 'ada' }],
      nextCursor: '4',
      people: [{ id: 'ada', displayName: 'Ada' }],
    })
    expect(page.headers['cache-control']).toBe('no-store')
    expect((await request('GET', `${history}?before=4`, { headers: bearer('vs_ada') })).body).toMatchObject({
      items: [{ text: 'From the team' }],
      nextCursor: null,
    })
  })

  test.each([
    'before=0',
    'before=x',
    'limit=0',
    'limit=101',
    'limit=-1',
    'before=1e3',
  ])('a page asked for with %s is refused', async (query) => {
    expect(await request('GET', `${history}?${query}`, { headers: bearer('vs_ada') })).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    })
  })

  test('a page of an activity that is none is not found', async () => {
    const path = history.replace('chat', 'toString')
    expect(await request('GET', path, { headers: bearer('vs_ada') })).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  test('a sender who asks too often is told to wait, and nobody else is', async () => {
    const ask = (name: string) =>
      request('POST', commands, { headers: bearer(name), body: { ...post('x'), command: { type: 'like', message: 1 } } })
    const answers = await Promise.all(Array.from({ length: limits.framesBurst + 5 }, () => ask('vs_ada')))
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
    expect(answers.find(({ status }) => status === 429)?.body).toMatchObject({ code: 'rate_limited', retryAfterMs: 100 })
    expect((await ask('vs_bo')).status).toBe(404)
  })

  test('the stream carries the socket’s frames, and a browser that comes back resumes where it was', async () => {
    const first = follow(stream, bearer('vs_ada'))
    await until('ready', () => first.replica.readies.length === 1)
    expect(first.seen.status).toBe(200)
    expect(first.seen.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(first.seen.headers.get('x-content-type-options')).toBe('nosniff')
    await request('POST', commands, { headers: bearer('vs_bo'), body: post('one') })
    await until('told', () => first.replica.position?.seq === 1)
    first.cut()
    await first.done
    await until('it has left', () => node.live.figures().sockets === 0)
    await request('POST', commands, { headers: bearer('vs_bo'), body: post('two') })
    expect(first.seen.ids).toEqual(['1.0:0', '1.0:1'])

    const second = follow(stream, { ...bearer('vs_ada'), 'last-event-id': first.seen.ids.at(-1) ?? '' })
    Object.assign(second.replica, { position: first.replica.position, views: first.replica.views })
    await until('ready', () => second.replica.readies.length === 1)
    expect(second.replica.readies[0]).toMatchObject({ resumed: true, seq: 2, items: [{ seq: 2 }] })
    expect(second.replica.views.chat).toMatchObject({ messages: [{ text: 'one' }, { text: 'two' }] })
    expect([...first.replica.faults, ...second.replica.faults]).toEqual([])
    second.cut()
    await second.done
  })

  test('a stream without a session is refused with a status, and a revoked one ends with its code', async () => {
    const refused = await fetch(url(stream))
    expect(refused.status).toBe(401)
    const ada = follow(stream, bearer('vs_ada'))
    await until('ready', () => ada.replica.readies.length === 1)
    node.revoke(['session-ada'])
    await ada.done
    expect(ada.seen.end).toEqual({ close: 4403, code: 'session_revoked' })
    expect(node.live.figures().sockets).toBe(0)
  })

  test('a stream that nobody reads is ended, and others are told all the same', async () => {
    const bo = follow(stream, bearer('vs_bo'))
    await until('ready', () => bo.replica.readies.length === 1)
    const response = await fetch(url(stream), { headers: bearer('vs_ada') })
    await until('both are there', () => node.live.figures().sockets === 2)
    const long = 'é'.repeat(limits.chatTextUnits)
    let seq = 0
    for (let round = 0; round < 600 && node.live.figures().sockets === 2; round++) {
      const one = () => node.live.command({ programId, actor: { id: 'mod', moderates: true }, ...post(long) })
      const acks = await Promise.all(Array.from({ length: 100 }, one))
      seq = Math.max(...acks.map((ack) => ('seq' in ack ? ack.seq : 0)))
      await until('bo is told', () => bo.replica.position?.seq === seq)
    }
    expect(node.live.figures().sockets).toBe(1)
    expect(bo.replica.faults).toEqual([])
    expect(bo.replica.readies).toHaveLength(1)
    await response.body?.cancel()
    bo.cut()
    await bo.done
  })
})

test.each([
  ['1.0:7', { epoch: '1.0', seq: 7 }],
  ['12.3:0', { epoch: '12.3', seq: 0 }],
  ['1.0', undefined],
  ['1.0:-7', undefined],
  ['x:7', undefined],
  ['1.0:7:8', undefined],
  ['', undefined],
  [undefined, undefined],
])('the event id %j is the position %j', (text, position) => {
  expect(positionOf(text)).toEqual(position)
})

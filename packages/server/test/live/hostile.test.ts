// Owns: that what a socket may not do ends it with the right code, and that others notice nothing.

import { randomBytes, randomUUID } from 'node:crypto'
import { createConnection } from 'node:net'
import { limits } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, until } from './client.ts'
import { addProgram, type House, liveProgram, openHouse, programId, sessionNamed } from './house.ts'

const hello = { t: 'hello', v: 1, session: 'vs_eve' }
const act = { t: 'do', id: randomUUID(), activity: 'chat', command: { type: 'post', text: 'x' } }
const text = (value: unknown): string => JSON.stringify(value)

describe('a hostile or unlucky socket', () => {
  let database: TestDatabase
  let store: Store
  let house: House
  let witness: Client
  let clock = 1_800_000_000_000
  beforeAll(async () => {
    const [sqlite] = databases
    if (sqlite === undefined) throw new Error('there is no SQLite')
    database = await sqlite.make()
    store = await database.open()
    await addProgram(store)
  })
  afterAll(() => database.drop())

  let said = 0
  /** The witness writes, hears of it, and has broken no rule and lost nothing. */
  async function noticesNothing(): Promise<void> {
    said += 1
    const message = `still here ${said}`
    const ack = await house.live.command({
      programId,
      actor: { id: 'mod', moderates: true },
      id: randomUUID(),
      activity: 'chat',
      command: { type: 'post', text: message },
    })
    expect(ack).toHaveProperty('seq')
    await until('the witness is told', () => JSON.stringify(witness.replica.views).includes(message))
    expect(witness.closed).toBeUndefined()
    expect(witness.replica.faults).toEqual([])
    expect(witness.replica.readies).toHaveLength(1)
  }

  beforeEach(async () => {
    house = await openHouse({ store, now: () => clock })
    witness = new Client({ session: 'vs_wit' })
    await witness.connect(house.url())
  })
  afterEach(async () => {
    await noticesNothing()
    await house.close()
    expect(witness.closed ?? (await until('the witness is told to come back', () => witness.closed !== undefined))).not.toBeNull()
  })

  async function open(options: ConstructorParameters<typeof Client>[0] & { hello?: boolean; url?: string } = {}): Promise<Client> {
    const client = new Client(options)
    await client.connect(options.url ?? house.url(), { hello: options.hello ?? false })
    return client
  }

  async function endOf(client: Client): Promise<{ code: number; reason: string } | undefined> {
    await until('the socket is closed', () => client.closed !== undefined)
    return client.closed
  }

  const frames: readonly (readonly [what: string, frames: readonly (string | Buffer)[], code: number])[] = [
    ['no JSON', ['hello'], 4400],
    ['JSON that is no object', ['7'], 4400],
    ['an unknown frame', [text({ t: 'goodbye' })], 4400],
    ['a hello of another version', [text({ ...hello, v: 2 })], 4400],
    ['a hello with a member too many', [text({ ...hello, admin: true })], 4400],
    ['a hello with a wrong type', [text({ ...hello, session: 7 })], 4400],
    ['a resume that is no position', [text({ ...hello, resume: { epoch: '1.0', seq: -1 } })], 4400],
    ['a command before the hello', [text(act)], 4400],
    ['a second hello', [text(hello), text(hello)], 4400],
    ['a command whose id is no UUID', [text(hello), text({ ...act, id: 'x' })], 4400],
    ['a command without a type', [text(hello), text({ ...act, command: {} })], 4400],
    [
      'a command nested a thousand deep',
      [text(hello), `{"t":"do","id":"${act.id}","activity":"chat","command":${'['.repeat(1_000)}${']'.repeat(1_000)}}`],
      4400,
    ],
    ['a binary frame', [randomBytes(20)], 4400],
    ['a frame of one byte too many', [`"${'x'.repeat(limits.frameBytes - 1)}"`], 1009],
    ['a binary frame of ten times too many bytes', [randomBytes(10 * limits.frameBytes)], 1009],
    ['a flood before the hello', Array.from({ length: limits.framesBurst + 1 }, () => text({ ...hello, session: 'vs_eve' })), 4400],
    ['a flood of commands', [text(hello), ...Array.from({ length: limits.framesBurst }, () => text({ ...act, id: randomUUID() }))], 4429],
    ['a session that nobody knows', [text({ ...hello, session: 'vs_nobody' })], 4401],
    ['no session and no cookie', [text({ t: 'hello', v: 1 })], 4401],
  ]
  test.each(frames)('%s is answered with its code', async (_what, sent, code) => {
    const client = await open()
    for (const frame of sent) client.ws?.send(frame, { binary: typeof frame !== 'string' })
    expect(await endOf(client)).toMatchObject({ code })
  })

  test('a largest frame is still read', async () => {
    const client = await open()
    client.ws?.send(`${text(hello)}${' '.repeat(limits.frameBytes - text(hello).length)}`)
    await until('ready', () => client.replica.readies.length === 1)
    await client.cut()
  })

  test('commands sent behind the hello wait for its ready, and are all answered', async () => {
    const client = await open()
    client.ws?.send(text(hello))
    for (let n = 0; n < 3; n++) client.ws?.send(text({ ...act, id: randomUUID() }))
    await until('acknowledged', () => client.acks.length === 3)
    expect(client.frames[0]?.t).toBe('ready')
    await client.cut()
  })

  test('a socket that says nothing is closed with 4408 after five seconds, and not before', async () => {
    const client = await open()
    clock += limits.helloMs - 1
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(client.closed).toBeUndefined()
    clock += 1
    expect(await endOf(client)).toEqual({ code: 4408, reason: 'hello_timeout' })
  })

  test('bytes that are no WebSocket frame end the connection', async () => {
    const { port } = new URL(house.url())
    const socket = createConnection(Number(port), '127.0.0.1')
    const ended = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => undefined)
    socket.on('data', () => socket.write(randomBytes(4_000)))
    const key = randomBytes(16).toString('base64')
    socket.write(
      `GET /api/programs/${programId}/socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    )
    await ended
  })

  test('a reader too slow for what is told is closed with 4413, and comes back with a snapshot', async () => {
    const slow = await open({ session: 'vs_slow', hello: true })
    slow.ws?.pause()
    const long = 'é'.repeat(limits.chatTextUnits)
    const mod = { id: 'mod', moderates: true }
    let gone = false
    for (let round = 0; round < 400 && !gone; round++) {
      const posts = Array.from({ length: 100 }, () =>
        house.live.command({ programId, actor: mod, id: randomUUID(), activity: 'chat', command: { type: 'post', text: long } }),
      )
      await Promise.all(posts)
      await new Promise((resolve) => setTimeout(resolve, 25))
      gone = house.live.figures().sockets === 1
    }
    expect(gone).toBe(true)
    slow.ws?.resume()
    expect(await endOf(slow)).toEqual({ code: 4413, reason: 'too_slow' })
    await slow.connect(house.url(), { resume: slow.replica.position })
    expect(slow.replica.readies).toHaveLength(2)
    expect(slow.replica.faults).toEqual([])
    await slow.cut()
  })

  test('a cookie is enough on our own page, and not on another', async () => {
    const cookie = 'voila_browser=ada'
    const ours = await open({ headers: { cookie, origin: 'https://ours.example' }, hello: true })
    expect(ours.replica.readies[0]?.self.attendee).toEqual({ id: 'ada', displayName: 'Ada' })
    const theirs = await open({ headers: { cookie, origin: 'https://theirs.example' }, hello: true })
    expect(theirs.closed).toEqual({ code: 4403, reason: 'origin_denied' })
    const bearer = await open({ session: 'vs_ada', headers: { cookie, origin: 'https://theirs.example' }, hello: true })
    expect(bearer.replica.readies).toHaveLength(1)
    await ours.cut()
    await bearer.cut()
  })

  test('a program that nobody knows, or that is not open, is refused with a terminal code or one to come back', async () => {
    const unknown = await open({ session: 'vs_ada', hello: true, url: house.url('zzzzzzzzzzzz') })
    expect(unknown.closed).toEqual({ code: 4403, reason: 'program_unknown' })
    house.programs.set('mnopqrstuvwx', { ...liveProgram, id: 'mnopqrstuvwx', state: 'draft' })
    const draft = await open({ session: 'vs_ada', hello: true, url: house.url('mnopqrstuvwx') })
    expect(draft.closed).toEqual({ code: 1012, reason: 'program_not_open' })
    const path = await open({ session: 'vs_ada', hello: true, url: house.url('../secrets') })
    expect(path.closed?.code).toBe(1006)
  })

  test('a revoked session is ended where it is, and refused where it comes', async () => {
    const ada = await open({ session: 'vs_ada', hello: true })
    house.revoke(['session-ada'])
    expect(await endOf(ada)).toEqual({ code: 4403, reason: 'session_revoked' })
    expect((await open({ session: 'vs_ada', hello: true })).closed).toEqual({ code: 4403, reason: 'session_revoked' })
  })

  test('a session that runs out is ended with 4419, though nothing is said', async () => {
    house.sessions.set('ada', sessionNamed('ada', { expiresAt: clock + 60_000 }))
    const ada = await open({ session: 'vs_ada', hello: true })
    clock += 59_000
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(ada.closed).toBeUndefined()
    clock += 1_000
    expect(await endOf(ada)).toEqual({ code: 4419, reason: 'session_expired' })
  })

  test('a session that was renewed meanwhile, on whichever node, goes on past the end that it had', async () => {
    house.sessions.set('ada', sessionNamed('ada', { expiresAt: clock + 60_000 }))
    const ada = await open({ session: 'vs_ada', hello: true })
    house.sessions.set('ada', sessionNamed('ada', { expiresAt: clock + 120_000 }))
    clock += 61_000
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(ada.closed).toBeUndefined()
    clock += 60_000
    expect(await endOf(ada)).toEqual({ code: 4419, reason: 'session_expired' })
  })

  test('one attendee has so many sockets; one more ends the oldest with 4409', async () => {
    const all: Client[] = []
    for (let n = 0; n < limits.socketsPerAttendee + 1; n++) all.push(await open({ session: 'vs_ada', hello: true }))
    const [oldest, ...others] = all
    expect(await endOf(oldest as Client)).toEqual({ code: 4409, reason: 'session_replaced' })
    expect(others.every((client) => client.closed === undefined)).toBe(true)
    for (const client of others) await client.cut()
  })

  test('a socket whose other side has vanished is let go after three beats', async () => {
    const ada = await open({ session: 'vs_ada', hello: true })
    ada.ws?.pause()
    for (let beat = 0; beat < 4; beat++) {
      clock += limits.beatMs
      await until('the witness hears the beat', () => witness.frames.some((frame) => frame.t === 'beat' && frame.now === clock))
      // Its pong, which a browser sends by itself, must be in before the clock moves on.
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await until('it is gone', () => house.live.figures().sockets === 1)
    await ada.cut()
  })
})

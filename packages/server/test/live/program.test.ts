// Owns: what the program's state, its run and the node's end mean for those who are there.
import { randomUUID } from 'node:crypto'
import { limits } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, canonical, until } from './client.ts'
import { addProgram, addRun, emptyProgram, type House, openHouse, programId, sessionNamed } from './house.ts'

const post = (text: string) => ({ type: 'post', text })
const mod = { id: 'mod', moderates: true }

describe('a program that goes on', () => {
  let database: TestDatabase
  let store: Store
  let house: House
  let clock = 1_800_000_000_000
  let picture: { url: string; expiresAt: number } | null = null
  const clients: Client[] = []
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
    picture = null
    house = await openHouse({ store, now: () => clock, mediaAccess: () => picture })
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) {
      expect(client.replica.faults).toEqual([])
      await client.cut()
    }
    await house.close()
  })

  async function enter(name: string): Promise<Client> {
    const client = new Client({ session: `vs_${name}` })
    clients.push(client)
    await client.connect(house.url())
    return client
  }
  const say = (text: string) => house.live.command({ programId, actor: mod, id: randomUUID(), activity: 'chat', command: post(text) })

  test('whoever enters reads the program, the stream and the audience', async () => {
    house.live.publishView(programId, 'stream', { live: true, since: clock })
    const ada = await enter('ada')
    const own = [...ada.replica.latest].filter(([key]) => !key.includes('.'))
    expect(Object.fromEntries(own.map(([key, { value }]) => [key, value]))).toEqual({
      program: {
        state: 'live',
        title: 'Quarterly results',
        description: '',
        startsAt: 1_800_000_000_000,
        language: 'en',
        accent: null,
        coverUrl: null,
        logoUrl: null,
        guests: 'none',
        cueTiming: true,
      },
      stream: { live: true, since: clock },
      audience: { count: 1 },
    })
    expect(ada.replica.readies[0]).toMatchObject({ now: clock, resumed: false, people: [{ id: 'ada' }], media: null })
  })

  test('a change is told at once, and nothing when nothing changed', async () => {
    const ada = await enter('ada')
    house.change({ title: 'Annual results' })
    house.live.publishView(programId, 'stream', { live: true, since: 5 })
    await until(
      'told',
      () => JSON.stringify([...ada.replica.latest]).includes('Annual results') && ada.replica.latest.get('stream')?.version === 2,
    )
    const before = ada.frames.length
    house.change({ title: 'Annual results' })
    house.live.publishView(programId, 'stream', { live: true, since: 5 })
    await say('a sign')
    await until('the sign is told', () => ada.replica.items.length === 1)
    expect(ada.frames.slice(before).filter((frame) => frame.t === 'view' && frame.key !== 'audience')).toEqual([])
  })

  test('an attendee counts once, with however many sockets', async () => {
    await Promise.all(['ada', 'ada', 'ada', 'bo'].map(enter))
    expect(await house.live.audienceCounts([programId, 'elsewhere000'])).toEqual(new Map([[programId, 2]]))
    expect(house.live.figures()).toMatchObject({ sockets: 4, attendees: 2 })
    for (const client of clients.slice(0, 2)) await client.cut()
    await until('two have gone', () => house.live.figures().sockets === 2)
    expect(await house.live.audienceCounts([programId, 'elsewhere000'])).toEqual(new Map([[programId, 2]]))
  })

  test('archived ends everybody with 4410, and lets nobody in', async () => {
    const ada = await enter('ada')
    house.change({ state: 'archived' })
    await until('closed', () => ada.closed !== undefined)
    expect(ada.closed).toEqual({ code: 4410, reason: 'program_archived' })
    expect((await enter('bo')).closed).toEqual({ code: 4410, reason: 'program_archived' })
  })

  test('a rehearsal is told to those who moderate and to nobody else, and leaves nothing', async () => {
    const [ada, di] = [await enter('ada'), await enter('mod-di')]
    await say('in the live run')
    await until('told', () => ada.replica.position?.seq === 1 && di.replica.position?.seq === 1)
    await addRun(store, { run: 2, kind: 'rehearsal' })
    house.change({ state: 'rehearsal', run: 2 })
    await until('both begin anew', () => ada.replica.position?.epoch === '2.0' && di.replica.position?.epoch === '2.0')
    expect(ada.replica.readies.at(-1)).toMatchObject({ resumed: false, snapshot: { chat: { messages: [] } } })
    await say('testing, testing')
    await di.do({ type: 'like', message: 1 })
    await until('the moderator is told', () => di.replica.items.length === 2)
    const late = await enter('bo')
    await until('the views are told', () => canonical(di.replica.latest.get('chat.likes')?.value) === '{"1":1}')
    expect(JSON.stringify([ada.frames, late.frames])).not.toContain('testing')
    expect(late.replica.latest.has('chat.likes')).toBe(false)
    expect(await ada.do(post('me too'))).toMatchObject({ refused: { code: 'activities_closed' } })
    await expect(
      house.live.history({ programId, activity: 'chat', reader: { session: sessionNamed('ada') }, limit: 5 }),
    ).rejects.toMatchObject({
      code: 'activities_closed',
    })

    house.change({ state: 'scheduled', run: 1 })
    await until('all are back', () => [ada, di, late].every((client) => client.replica.position?.epoch === '1.0'))
    expect(ada.replica.views.chat).toMatchObject({ messages: [{ text: 'in the live run' }] })
    expect(JSON.stringify(di.replica.views)).not.toContain('testing')
  })

  test('a media address is renewed when a sixth of its time is left, and given as soon as there is one', async () => {
    const ada = await enter('ada')
    expect(ada.replica.media).toBeNull()
    picture = { url: '/media/a/1/live.m3u8', expiresAt: clock + 120_000 }
    house.change({ title: 'Now with a picture' })
    await until('given', () => ada.replica.media?.url === '/media/a/1/live.m3u8')
    picture = { url: '/media/a/2/live.m3u8', expiresAt: clock + 220_000 }
    clock += 99_000
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(ada.replica.media?.url).toBe('/media/a/1/live.m3u8')
    clock += 1_000
    await until('renewed', () => ada.replica.media?.url === '/media/a/2/live.m3u8')
  })

  test('a beat every fifteen seconds says the time and where one stands, silence included', async () => {
    const ada = await enter('ada')
    await say('told')
    await until('told', () => ada.replica.position?.seq === 1)
    await ada.do({ type: 'like', message: 1 })
    await until('her own like', () => ada.frames.some((frame) => frame.t === 'self'))
    await until('the count', () => canonical(ada.replica.latest.get('chat.likes')?.value) === '{"1":1}')
    expect(ada.replica.position?.seq).toBe(1)
    clock += limits.beatMs
    await until('the beat', () => ada.frames.some((frame) => frame.t === 'beat'))
    expect(ada.frames.find((frame) => frame.t === 'beat')).toEqual({ t: 'beat', now: clock, seq: 2 })
    expect(ada.replica.position?.seq).toBe(2)
  })

  test('names that can’t be read hold up nothing', async () => {
    await house.close()
    house = await openHouse({ store, people: () => Promise.reject(new Error('the database is away')) })
    const ada = await enter('ada')
    await say('hello')
    await until('told', () => ada.replica.items.length === 1)
  })

  test('[4] a node that stops answers what it has taken, then tells everybody to come back', async () => {
    const [ada, bo] = [await enter('ada'), await enter('bo')]
    const stranger = new Client({})
    clients.push(stranger)
    await stranger.connect(house.url(), { hello: false })
    const acks = [ada, bo].flatMap((client) => [client.do(post('one')), client.do(post('two'))])
    await until('some have arrived', () => ada.acks.length > 0)
    await house.close()
    for (const client of [ada, bo, stranger]) expect(client.closed).toEqual({ code: 1012, reason: 'restart' })
    const before = [...ada.acks, ...bo.acks]
    house = await openHouse({ store })
    await Promise.all([ada, bo].map((client) => client.connect(house.url(), { resume: client.replica.position })))
    const all = await Promise.all(acks)
    expect(all.every((ack) => 'seq' in ack)).toBe(true)
    expect(all).toEqual(expect.arrayContaining(before))
    await until('all are told', () => ada.replica.items.length === 4 && bo.replica.items.length === 4)
  })

  test('a room without viewers is dropped after a minute, and made again when it is needed', async () => {
    await say('hello')
    expect(house.live.figures().rooms).toBe(1)
    clock += 61_000
    await until('dropped', () => house.live.figures().rooms === 0)
    const ada = await enter('ada')
    expect(ada.replica.views.chat).toMatchObject({ messages: [{ text: 'hello' }] })
    clock += 61_000
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(house.live.figures().rooms).toBe(1)
  })
})

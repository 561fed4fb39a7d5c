// Owns: that a chat over real sockets is told in order, once, and with names.
import { randomUUID } from 'node:crypto'
import { limits } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, canonical, until } from './client.ts'
import { addProgram, emptyProgram, type House, openHouse } from './house.ts'

const post = (text: string) => ({ type: 'post', text })

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`the live chat on ${kind}`, () => {
    let database: TestDatabase
    let store: Store
    let house: House
    const clients: Client[] = []
    beforeAll(async () => {
      database = await make()
      store = await database.open()
      await addProgram(store)
    })
    afterAll(() => database.drop())
    beforeEach(async () => {
      await emptyProgram(store)
      house = await openHouse({ store })
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

    test('a message reaches everybody with its author’s name, and its author hears of it in self', async () => {
      const [ada, bo] = [await enter('ada'), await enter('bo')]
      const ack = await ada.do(post('Good morning'))
      expect(ack).toEqual({ id: ack.id, seq: 1 })
      await until('bo is told', () => bo.replica.position?.seq === 1)
      expect(bo.replica.views.chat).toMatchObject({ messages: [{ id: 1, actorId: 'ada', text: 'Good morning', likes: 0 }] })
      expect(bo.replica.people.get('ada')).toEqual({ id: 'ada', displayName: 'Ada' })
      await until('ada hears of her own', () => ada.frames.some((frame) => frame.t === 'self'))
      expect(ada.replica.selves.chat).toMatchObject({ posts: [expect.any(Number)] })
      expect(bo.frames.some((frame) => frame.t === 'self')).toBe(false)
    })

    test('a command sent again is acknowledged with its first seq and done once, also after a restart', async () => {
      const ada = await enter('ada')
      const id = randomUUID()
      expect(await ada.do(post('once'), { id })).toEqual({ id, seq: 1 })
      expect(await ada.do(post('once'), { id })).toEqual({ id, seq: 1 })
      const both = await Promise.all(
        ['twice', 'twice'].map((text) =>
          house.live.command({
            programId: house.programs.keys().next().value ?? '',
            actor: { id: 'bo', moderates: false },
            id,
            activity: 'chat',
            command: post(text),
          }),
        ),
      )
      expect(both).toEqual([
        { id, seq: 2 },
        { id, seq: 2 },
      ])
      await house.close()
      house = await openHouse({ store })
      await ada.connect(house.url(), { resume: ada.replica.position })
      expect(await ada.do(post('once'), { id })).toEqual({ id, seq: 1 })
      await until('told', () => ada.replica.position?.seq === 2)
      expect(ada.replica.items.map((item) => item.seq)).toEqual([1, 2])
    })

    test('many at once get one order, and every view is the same', async () => {
      const people = await Promise.all(['ada', 'bo', 'cy', 'mod-di'].map(enter))
      const acks = await Promise.all(
        people.flatMap((client, index) => Array.from({ length: limits.chatBurst }, (_, n) => client.do(post(`${index}.${n}`)))),
      )
      expect(acks.every((ack) => 'seq' in ack)).toBe(true)
      expect(acks.map((ack) => ('seq' in ack ? ack.seq : 0)).sort((a, b) => a - b)).toEqual(acks.map((_, index) => index + 1))
      await until('all are told', () => people.every((client) => client.replica.position?.seq === acks.length))
      const [first, ...others] = people.map((client) => canonical(client.replica.items))
      for (const other of others) expect(other).toBe(first)
    })

    test('likes travel as a view, at most every half second, and only when they change', async () => {
      const [ada, bo] = [await enter('ada'), await enter('bo')]
      await ada.do(post('news'))
      await until('the message is told', () => ada.replica.items.length === 1)
      await bo.do({ type: 'like', message: 1 })
      await until('the like is told', () => canonical(ada.replica.latest.get('chat.likes')?.value) === '{"1":1}')
      expect(ada.replica.views.chat).toMatchObject({ messages: [{ likes: 1 }] })
      await bo.do({ type: 'unlike', message: 1 })
      await until('it is taken back', () => canonical(ada.replica.latest.get('chat.likes')?.value) === '{}')
      expect(ada.replica.items).toHaveLength(1)
      await bo.do({ type: 'like', message: 1 })
      await until('bo’s own view knows it', () => canonical((bo.replica.selves.chat as { liked: number[] }).liked) === '[1]')
      expect((ada.replica.selves.chat as { liked: number[] }).liked).toEqual([])
    })

    test.each([
      ['an unknown activity', 'dance', post('x'), 'invalid_request'],
      ['a name from Object.prototype', 'constructor', post('x'), 'invalid_request'],
      ['an unknown command', 'chat', { type: 'shout' }, 'invalid_request'],
      ['a command named like a method of Object', 'chat', { type: 'toString' }, 'invalid_request'],
      ['a text of the wrong type', 'chat', { type: 'post', text: 7 }, 'invalid_request'],
      ['a member too many', 'chat', { type: 'post', text: 'x', held: true }, 'invalid_request'],
      ['a team command', 'chat', { type: 'clear' }, 'not_allowed'],
      ['an impossible wish', 'chat', { type: 'like', message: 99 }, 'chat_message_gone'],
    ])('%s is refused in its acknowledgement', async (_what, activity, command, code) => {
      const ada = await enter('ada')
      expect(await ada.do(command, { activity })).toMatchObject({ refused: { code } })
      expect(ada.closed).toBeUndefined()
    })

    test('a refusal for haste says how long to wait', async () => {
      const ada = await enter('ada')
      for (let n = 0; n < limits.chatBurst; n++) expect(await ada.do(post(`${n}`))).toHaveProperty('seq')
      const ack = await ada.do(post('more'))
      expect(ack).toMatchObject({ refused: { code: 'chat_too_fast', retryAfterMs: expect.any(Number) } })
    })

    test('an attendee who moderates is told what waits, mutes by name, and is obeyed', async () => {
      const [ada, mod] = [await enter('ada'), await enter('mod-di')]
      await mod.do({ type: 'configure', review: true })
      await ada.do(post('May I?'))
      await until('the moderator sees it wait', () => (mod.replica.views.chat as { waiting: unknown[] }).waiting.length === 1)
      expect(mod.replica.people.get('ada')).toEqual({ id: 'ada', displayName: 'Ada' })
      expect(ada.replica.views.chat).toMatchObject({ messages: [], waiting: [] })
      await mod.do({ type: 'mute', attendee: 'bo' })
      await until('told', () => 'bo' in (mod.replica.views.chat as { muted: object }).muted)
      expect(mod.replica.people.get('bo')?.displayName).toBe('Bo')
      expect(ada.replica.people.has('bo')).toBe(false)
      expect(await (await enter('bo')).do(post('hello'))).toMatchObject({ refused: { code: 'chat_muted' } })
    })

    test('the history is paged for a reader, newest page first, with the names it needs', async () => {
      for (let n = 1; n <= 7; n++) {
        const command = {
          programId: 'abcdefghijkl',
          actor: { id: 'mod', moderates: true },
          id: randomUUID(),
          activity: 'chat',
          command: post(`${n}`),
        }
        await house.live.command(command)
      }
      const request = { programId: 'abcdefghijkl', activity: 'chat', reader: 'team' as const, limit: 5 }
      const newest = await house.live.history(request)
      expect(newest.items.map((item) => (item as { text: string }).text)).toEqual(['3', '4', '5', '6', '7'])
      expect(newest.people).toEqual([{ id: 'mod', displayName: 'Mod', team: true }])
      const older = await house.live.history({ ...request, before: Number(newest.nextCursor) })
      expect(older).toMatchObject({ items: [{ text: '1' }, { text: '2' }], nextCursor: null })
    })
  })
}

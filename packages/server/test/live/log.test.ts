// Owns: that the log keeps what it acknowledges, in one order, whatever the database does.
import { randomUUID } from 'node:crypto'
import { type Ack, type ProgramState, programStates } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createLogTable } from '../../src/live/log-table.ts'
import { type AnyActivity, type Rules, rules, team } from '../../src/live/rules.ts'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, until } from './client.ts'
import { addProgram, addRun, emptyProgram, type House, openHouse, programId } from './house.ts'
import { type FaultyStore, faultyStore } from './stores.ts'

const mod = { id: 'mod', moderates: true }
const ada = { id: 'ada', moderates: false }
const unavailable = { refused: { code: 'unavailable', retryAfterMs: expect.any(Number) } }

/** A secret poll, and a command that its author got wrong. */
const poll: AnyActivity = {
  name: 'poll',
  audiences: ['attendees', 'team', 'screen'],
  openToTeam: ['team'],
  moderated: false,
  teamCommands: ['close'],
  commands: {
    vote: z.strictObject({ type: z.literal('vote'), option: z.string() }),
    write: z.strictObject({ type: z.literal('write'), text: z.string() }),
    close: z.strictObject({ type: z.literal('close') }),
    wrong: z.strictObject({ type: z.literal('wrong') }),
    leak: z.strictObject({ type: z.literal('leak') }),
  },
  initial: () => ({ voted: new Set<string>() }),
  decide: {
    vote: (state, actor, command) =>
      (state as { voted: Set<string> }).voted.has(actor.id)
        ? { refused: 'conflict' }
        : { entries: [{ type: 'poll.voted', body: {} }], counters: [{ key: `option:${(command as { option: string }).option}`, add: 1 }] },
    write: (_state, _actor, command) => ({
      entries: [{ type: 'poll.written', body: {} }],
      counters: [{ key: 'words', text: (command as { text: string }).text }],
    }),
    close: () => ({ entries: [{ type: 'poll.closed', body: {} }] }),
    wrong: () => {
      throw new Error('a mistake')
    },
    leak: () => ({ entries: [], counters: [{ key: 'x', add: 1 }] }),
  },
  apply(state, entry) {
    if (entry.type === 'poll.closed') throw new Error('another mistake')
    if (entry.type === 'poll.voted') (state as { voted: Set<string> }).voted.add(entry.actorId)
  },
  concerns: () => [],
  publish: (entry) => ({ type: entry.type }),
  snapshot: (state) => ({ voted: (state as { voted: Set<string> }).voted.size }),
  self: () => null,
  views: () => ({}),
  page: () => ({ items: [], nextCursor: null }),
  sheets: () => [],
}
const withPoll: Rules = { ...rules, poll }

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`the log on ${kind}`, () => {
    let database: TestDatabase
    let real: Store
    let store: FaultyStore
    let house: House
    let clock = 1_800_000_000_000
    beforeAll(async () => {
      database = await make()
      real = await database.open()
      store = faultyStore(real)
      await addProgram(real)
    })
    afterAll(() => database.drop())
    beforeEach(async () => {
      await emptyProgram(real)
      house = await openHouse({ store, rules: withPoll, now: () => clock })
    })
    afterEach(async () => {
      store.mode = 'well'
      store.gate = undefined
      await house.close()
    })

    const act = (command: object, { actor = mod, activity = 'chat', id = randomUUID() as string } = {}): Promise<Ack> =>
      house.live.command({ programId, actor, id, activity, command })
    const post = (text: string, more = {}): Promise<Ack> => act({ type: 'post', text }, more)
    const rows = () => real.db.selectFrom('program_log').selectAll().where('program_id', '=', programId).orderBy('seq').execute()
    const counters = async () =>
      Object.fromEntries((await real.db.selectFrom('program_counters').selectAll().execute()).map(({ key, value }) => [key, value]))
    async function enter(name: string): Promise<Client> {
      const client = new Client({ session: `vs_${name}` })
      await client.connect(house.url())
      return client
    }

    test('entries are gap-free, their head is true, and a batch is one command after another', async () => {
      const acks = await Promise.all(Array.from({ length: 50 }, (_, n) => post(`${n}`)))
      expect(acks.map((ack) => ('seq' in ack ? ack.seq : ack.refused))).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
      const written = await rows()
      expect(written.map((row) => row.seq)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
      expect(written.map((row) => JSON.parse(row.body).text)).toEqual(Array.from({ length: 50 }, (_, n) => `${n}`))
      expect(await createLogTable(real).head(real.db, { programId, run: 1 })).toEqual({ seq: 50, at: clock, erasures: 0 })
    })

    test('what a person can type comes back as it was', async () => {
      const text = `quote " backslash \\ \\u0000 emoji 🎬 é ' ; -- $1 ? :x \u{10FFFF} ${'𝒳'.repeat(20)}`
      await post(text)
      expect(JSON.parse((await rows())[0]?.body ?? '')).toEqual({ text })
      await house.close()
      house = await openHouse({ store, rules: withPoll, now: () => clock })
      const client = await enter('ada')
      expect(client.replica.views.chat).toMatchObject({ messages: [{ text }] })
      await client.cut()
    })

    test('a later command of the same batch sees the earlier ones', async () => {
      const acks = await Promise.all([
        act({ type: 'vote', option: 'a' }, { activity: 'poll', actor: ada }),
        act({ type: 'vote', option: 'b' }, { activity: 'poll', actor: ada }),
      ])
      expect(acks).toMatchObject([{ seq: 1 }, { refused: { code: 'conflict' } }])
    })

    test('time never goes back, whatever the clock says', async () => {
      await post('one')
      clock -= 60_000
      await post('two')
      clock += 120_000
      await post('three')
      const at = (await rows()).map((row) => row.at)
      expect(at).toEqual([clock - 60_000, clock - 60_000, clock])
    })

    test('counters and texts are added with their entry, once however often the command is sent, and not when it fails', async () => {
      const id = randomUUID()
      for (let n = 0; n < 3; n++) await act({ type: 'vote', option: 'a' }, { activity: 'poll', actor: ada, id })
      await Promise.all([
        act({ type: 'vote', option: 'a' }, { activity: 'poll' }),
        act({ type: 'write', text: 'blue' }, { activity: 'poll' }),
        act({ type: 'write', text: 'blue' }, { activity: 'poll', actor: ada }),
      ])
      store.mode = 'before'
      await act({ type: 'vote', option: 'a' }, { activity: 'poll', actor: { id: 'bo', moderates: false } })
      store.mode = 'well'
      expect(await counters()).toEqual({ 'option:a': 2, 'words\nblue': 2 })
    })

    test('an activity that fails is refused with internal, harms nobody else’s command, and counts nothing without an entry', async () => {
      const acks = await Promise.all([
        post('before'),
        act({ type: 'wrong' }, { activity: 'poll' }),
        act({ type: 'leak' }, { activity: 'poll' }),
        post('after'),
      ])
      expect(acks).toMatchObject([{ seq: 1 }, { refused: { code: 'internal' } }, { refused: { code: 'internal' } }, { seq: 2 }])
      expect(await counters()).toEqual({})
    })

    test('an entry that an activity can’t apply is skipped and logged, and the room goes on', async () => {
      expect(await act({ type: 'close' }, { activity: 'poll', actor: team })).toMatchObject({
        seq: 1,
      })
      expect(await post('still here')).toMatchObject({ seq: 2 })
      expect(house.logged.map(({ message }) => message)).toContain('an activity could not apply an entry')
    })

    test('ROLE_MODERATOR is no part of the team where an activity is not moderated', async () => {
      expect(await act({ type: 'close' }, { activity: 'poll', actor: mod })).toMatchObject({ refused: { code: 'not_allowed' } })
    })

    test('a commit that fails is refused with unavailable, told to nobody, and leaves no gap', async () => {
      const client = await enter('ada')
      await post('kept')
      store.mode = 'before'
      expect(await Promise.all([post('lost'), post('lost too')])).toMatchObject([unavailable, unavailable])
      store.mode = 'well'
      expect(await post('next')).toMatchObject({ seq: 2 })
      await until('told', () => client.replica.position?.seq === 2)
      expect(client.replica.items.map((item) => (item.message as { text: string }).text)).toEqual(['kept', 'next'])
      expect(client.replica.faults).toEqual([])
      await client.cut()
    })

    test('a commit whose answer is lost is told once, and sent again gets its first seq', async () => {
      const client = await enter('ada')
      const id = randomUUID()
      store.mode = 'after'
      expect(await post('written all the same', { id })).toMatchObject(unavailable)
      store.mode = 'well'
      expect(await post('written all the same', { id })).toEqual({ id, seq: 1 })
      await until('told', () => client.replica.position?.seq === 1)
      expect(await rows()).toHaveLength(1)
      expect(client.replica.items).toHaveLength(1)
      await client.cut()
    })

    test('while the database is away commands are refused and nobody is thrown out; then all goes on', async () => {
      const client = await enter('ada')
      await post('one')
      store.mode = 'away'
      expect(await post('two')).toMatchObject(unavailable)
      store.mode = 'well'
      expect(await post('three')).toMatchObject({ seq: 2 })
      await until('told', () => client.replica.position?.seq === 2)
      expect(client.closed).toBeUndefined()
      expect(client.replica.faults).toEqual([])
      await client.cut()
    })

    test('who comes while a batch commits sees nothing of it when it fails', async () => {
      await post('kept')
      let open = (): void => undefined
      store.gate = new Promise((resolve) => {
        open = resolve
      })
      store.mode = 'before'
      const lost = post('never committed')
      await until('the batch runs', () => house.live.figures().rooms === 1)
      const client = new Client({ session: 'vs_ada' })
      const ready = client.connect(house.url())
      await new Promise((resolve) => setTimeout(resolve, 50))
      open()
      expect(await lost).toMatchObject(unavailable)
      await ready
      expect(client.replica.readies).toMatchObject([{ seq: 1 }])
      expect(JSON.stringify(client.frames)).not.toContain('never committed')
      await client.cut()
    })

    test('a log longer than a page is read whole', async () => {
      const table = createLogTable(real)
      const entries = Array.from({ length: 4_500 }, (_, n) => ({
        entry: { seq: n + 1, at: clock, activity: 'chat', type: 'chat.posted', actorId: 'ada', body: { text: `${n + 1}` } },
        commandId: null,
      }))
      await real.transaction((tx) => table.append(tx, { programId, run: 1 }, entries, []))
      const client = await enter('bo')
      expect(client.replica.position).toEqual({ epoch: '1.0', seq: 4_500 })
      expect((client.replica.views.chat as { messages: unknown[] }).messages.at(-1)).toMatchObject({ id: 4_500, text: '4500' })
      await client.cut()
    })

    test('erasing changes the epoch: everybody is told anew, and the text is nowhere', async () => {
      const client = await enter('bo')
      await post('my address is 1 Elm Street', { actor: ada })
      await until('told', () => client.replica.position?.seq === 1)
      await real.transaction(async (tx) => {
        await tx.updateTable('program_log').set({ body: '{"erased":true}' }).where('actor_id', '=', 'ada').execute()
        await tx.updateTable('program_runs').set({ erasures: 1 }).where('program_id', '=', programId).execute()
      })
      await until('told anew', () => client.replica.readies.length === 2)
      expect(client.replica.position).toEqual({ epoch: '1.1', seq: 1 })
      expect(client.replica.views.chat).toMatchObject({ messages: [{ removed: 'erased', text: '' }] })
      expect(await post('and on')).toMatchObject({ seq: 2 })
      await until('told', () => client.replica.position?.seq === 2)
      expect(client.replica.faults).toEqual([])
      await client.cut()
    })

    test('the commands of a run that is gone are refused', async () => {
      house.change({ run: 7 })
      expect(await post('hello?')).toMatchObject({ refused: { code: 'activities_closed' } })
      await addRun(store, { run: 8, kind: 'live' })
      house.change({ run: 8 })
      expect(await post('hello')).toMatchObject({ seq: 1 })
    })

    test.each(Object.keys(programStates) as ProgramState[])('in the state %s those may act who may', async (state) => {
      house.change({ state })
      const { activities } = programStates[state]
      const outcome = async (actor: typeof mod): Promise<string> => {
        const ack = await post('hello', { actor })
        return 'seq' in ack ? 'open' : ack.refused.code
      }
      expect(await outcome(ada)).toBe(activities === 'open' ? 'open' : 'activities_closed')
      expect(await outcome(mod)).toBe(activities === 'open' || activities === 'team' ? 'open' : 'activities_closed')
    })
  })
}

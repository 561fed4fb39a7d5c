// Owns: that polls close by the clock, and that of a secret one the database knows who voted and what was chosen, never both together.
import { counterPrefix, type PollsView } from '@voila/protocol'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, until } from './client.ts'
import { addProgram, emptyProgram, type House, openHouse } from './house.ts'

const single = { question: 'Where next?', form: 'single', options: ['Oslo', 'Riga', 'Turin'], results: 'always' }

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`polls on ${kind}`, () => {
    let database: TestDatabase
    let store: Store
    let houses: House[] = []
    let clock = 1_800_000_000_000
    const clients: Client[] = []
    beforeAll(async () => {
      database = await make()
      store = await database.open()
      await addProgram(store)
    })
    afterAll(() => database.drop())
    beforeEach(async () => {
      await emptyProgram(store)
      houses = [await openHouse({ store, nodeId: 'first', now: () => clock })]
    })
    afterEach(async () => {
      for (const client of clients.splice(0)) {
        expect(client.replica.faults).toEqual([])
        await client.cut()
      }
      for (const house of houses) await house.close()
    })

    async function enter(name: string, at = 0): Promise<Client> {
      const client = new Client({ session: `vs_${name}` })
      clients.push(client)
      await client.connect(houses[at]?.url() ?? '')
      return client
    }
    const member = async () => {
      const client = new Client({ as: 'team', headers: { origin: 'https://ours.example', cookie: 'voila_backstage=nora' } })
      clients.push(client)
      await client.connect(houses[0]?.url() ?? '')
      return client
    }
    const polls = (client: Client) => client.replica.views.polls as PollsView
    const asked = (command: { type: string; [key: string]: unknown }) => [command, { activity: 'polls' }] as const
    const seqOf = (ack: object): number => (ack as { seq: number }).seq

    test('a poll with a time limit takes no vote after it, and is closed once, on whatever node looks first', async () => {
      const [team, ada] = [await member(), await enter('ada')]
      const poll = seqOf(await team.do(...asked({ type: 'open', content: { ...single, seconds: 30 } })))
      clock += 30_000
      const vote = { type: 'vote', poll, edition: poll, choices: [0] }
      expect(await ada.do(...asked(vote))).toMatchObject({ refused: { code: 'poll_closed' } })
      await until('it is closed', () => polls(ada).polls[0]?.state === 'closed')
      const rows = await store.db.selectFrom('program_log').select(['type', 'actor_id']).where('type', '=', 'polls.closed').execute()
      expect(rows).toEqual([{ type: 'polls.closed', actor_id: 'system' }])
    })

    test('attendees are told nothing of results that are for after the close, the team is, at the same time', async () => {
      const [team, ada] = [await member(), await enter('ada')]
      const poll = seqOf(await team.do(...asked({ type: 'open', content: { ...single, results: 'after-close' } })))
      await ada.do(...asked({ type: 'vote', poll, edition: poll, choices: [2] }))
      await until('the team sees it', () => polls(team).tallies[poll]?.voters === 1)
      expect(polls(ada).tallies).toEqual({})
      expect(JSON.stringify(ada.frames)).not.toContain('"counts":[0,0,1]')
      await team.do(...asked({ type: 'close', poll }))
      await until('ada sees it', () => polls(ada).tallies[poll]?.counts[2] === 1)
    })

    test('a secret poll: the log has no ballot, the counters no voter, and a tally comes with five votes and with the close', async () => {
      const team = await member()
      const content = { question: 'Why?', form: 'text', secret: true, review: false, results: 'always' }
      const poll = seqOf(await team.do(...asked({ type: 'open', content })))
      const names = ['ada', 'bo', 'cy', 'di', 'ed', 'flo']
      const people = await Promise.all(names.map((name) => enter(name)))
      const say = (at: number) => people[at]?.do(...asked({ type: 'vote', poll, edition: poll, text: `reason ${at}` }))
      for (const at of [0, 1, 2, 3]) await say(at)
      expect(polls(team).tallies[poll]?.texts ?? []).toEqual([])
      await say(4)
      await until('the tally', () => polls(team).tallies[poll]?.texts.length === 5)
      await say(5)
      await team.do(...asked({ type: 'close', poll }))
      await until('the rest', () => polls(team).tallies[poll]?.texts.length === 6)
      const log = await store.db.selectFrom('program_log').select(['type', 'actor_id', 'body']).where('type', '=', 'polls.voted').execute()
      expect(log.map((row) => row.actor_id)).toEqual(names)
      for (const { body } of log) expect(JSON.parse(body)).toEqual({ poll, edition: poll })
      const counters = await store.db.selectFrom('program_counters').select(['key', 'value']).execute()
      expect(JSON.stringify(counters)).not.toMatch(/"(ada|bo|cy|di|ed|flo)"/)
      // Nor does the database itself number them as they come.
      if (kind === 'sqlite') await expect(sql`select rowid from program_counters`.execute(store.db)).rejects.toThrow(/no such column/)
      const prefix = counterPrefix({ id: poll, edition: poll })
      expect(counters.find(({ key }) => key === `${prefix}voters`)?.value).toBe(6)
      expect(await people[0]?.do(...asked({ type: 'tally', poll, edition: poll, voters: 9, counts: [], texts: [] }))).toMatchObject({
        refused: { code: 'not_allowed' },
      })
    })

    if (kind === 'postgres')
      test('two nodes publish the tally of a secret poll once', async () => {
        houses.push(await openHouse({ store: await database.open(), nodeId: 'second', now: () => clock }))
        const team = await member()
        const poll = seqOf(await team.do(...asked({ type: 'open', content: { ...single, secret: true } })))
        for (let at = 0; at < 6; at++) {
          const voter = await enter(`voter${at}`, at % 2)
          await until('it is told', () => polls(voter).polls.length === 1)
          await voter.do(...asked({ type: 'vote', poll, edition: poll, choices: [at % 3] }))
        }
        await until('a tally', () => (polls(team).tallies[poll]?.counts[0] ?? 0) > 0)
        await team.do(...asked({ type: 'close', poll }))
        await until('all of it', () => polls(team).tallies[poll]?.counts.join() === '2,2,2')
        const voters = (await store.db.selectFrom('program_log').select('body').where('type', '=', 'polls.tallied').execute()).map(
          ({ body }) => (JSON.parse(body) as { voters: number }).voters,
        )
        expect(new Set(voters).size).toBe(voters.length)
        expect(voters.at(-1)).toBe(6)
      })
  })
}

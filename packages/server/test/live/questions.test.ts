// Owns: that what may not be known of a question is in nothing that the server sends.
import type { QuestionsView } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, until } from './client.ts'
import { addProgram, emptyProgram, type House, openHouse } from './house.ts'

for (const { kind, skip, make } of databases) {
  describe.skipIf(skip())(`questions on ${kind}`, () => {
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

    async function connected(client: Client): Promise<Client> {
      clients.push(client)
      await client.connect(house.url())
      return client
    }
    const enter = (name: string) => connected(new Client({ session: `vs_${name}` }))
    const member = () => connected(new Client({ as: 'team', headers: { origin: 'https://ours.example', cookie: 'voila_backstage=nora' } }))
    const questions = (client: Client) => client.replica.views.questions as QuestionsView
    const bytes = (client: Client): string => JSON.stringify(client.frames)
    const asked = (command: { type: string; [key: string]: unknown }) => [command, { activity: 'questions' }] as const
    const seqOf = (ack: object): number => (ack as { seq: number }).seq

    test.each([
      ['to-attendees', true],
      ['fully', false],
    ])('who asks without a name (%s) is told to no attendee; to the team: %s', async (anonymous, toTeam) => {
      const [team, ada, bo] = [await member(), await enter('ada'), await enter('bo')]
      await team.do(...asked({ type: 'configure', anonymous }))
      const question = seqOf(await ada.do(...asked({ type: 'ask', text: 'Why was it cut?', anonymous: true })))
      await ada.do(...asked({ type: 'edit', question, text: 'Why was the bonus cut?' }))
      await ada.do(...asked({ type: 'upvote', question }))
      await team.do(...asked({ type: 'pin', question }))
      const late = await enter('cy')
      for (const client of [bo, late, team]) await until('it is pinned', () => questions(client).pinned?.text === 'Why was the bonus cut?')
      await until('the vote is told', () => questions(bo).pinned?.votes === 1)
      for (const client of [bo, late]) expect(bytes(client)).not.toMatch(/"ada"|Ada/)
      expect(/"ada"/.test(bytes(team))).toBe(toTeam)
      expect(ada.replica.selves.questions).toMatchObject({ own: [{ id: question, state: 'published' }], voted: [question] })
    })

    test('what is held is in what the author and the team are sent, and in nothing else, until it is approved once', async () => {
      const [team, ada, bo] = [await member(), await enter('ada'), await enter('bo')]
      await team.do(...asked({ type: 'configure', blockedWords: ['bonus'] }))
      const question = seqOf(await ada.do(...asked({ type: 'ask', text: 'Where is my bonus?' })))
      await until('the team has it', () => questions(team).waiting.length === 1)
      const late = await enter('cy')
      for (const client of [bo, late]) expect(bytes(client)).not.toContain('bonus')
      const [first, second] = await Promise.all([1, 2].map(() => team.do(...asked({ type: 'approve', question }))))
      expect([first, second].filter((ack) => 'refused' in (ack as object))).toMatchObject([{ refused: { code: 'question_gone' } }])
      await until('bo has it', () => questions(bo).questions[0]?.text === 'Where is my bonus?')
    })
  })
}

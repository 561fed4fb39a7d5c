// Owns: that no byte on any socket tells a right answer before its reveal, and that a quiz goes on where it was for whoever comes back.
import { QuizContent } from '@voila/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, canonical, until } from './client.ts'
import { addProgram, emptyProgram, type House, openHouse } from './house.ts'

const origin = 'https://ours.example'
const content = QuizContent.parse({
  questions: [
    { text: 'Where?', options: ['north', 'east'], right: [1], seconds: 10 },
    { text: 'When?', options: ['soon', 'late'], right: [0], seconds: 10 },
  ],
})
/** How a right answer would be told, and how the team is told all of them. */
const secrets = /"right":(\[|true|false)|"script"/

describe.each(databases)('a quiz on $kind', ({ make, skip }) => {
  describe.skipIf(skip())('over real sockets', () => {
    let database: TestDatabase
    let store: Store
    let house: House
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
      house = await openHouse({ store, now: () => clock })
    })
    afterEach(async () => {
      for (const client of clients.splice(0)) {
        expect(client.replica.faults).toEqual([])
        await client.cut()
      }
      await house.close()
    })

    async function open(options: ConstructorParameters<typeof Client>[0]): Promise<Client> {
      const client = new Client(options)
      clients.push(client)
      await client.connect(house.url())
      return client
    }
    const attendee = (name: string) => open({ session: `vs_${name}` })
    const act = (client: Client, command: { type: string; [key: string]: unknown }) => client.do(command, { activity: 'quiz' })
    const phaseOf = ({ replica }: Client) => (replica.views.quiz as { current: { phase: string } | null }).current?.phase
    const inPhase = (client: Client, phase: string) => until(`the phase is ${phase}`, () => phaseOf(client) === phase)

    test('tells the right answers to members alone, until the reveal, also to whoever comes late or comes back', async () => {
      const dana = await open({ as: 'team', headers: { cookie: 'voila_backstage=dana', origin } })
      const [ada, mod, bo] = [await attendee('ada'), await attendee('mod-di'), await attendee('bo')]
      const started = await act(dana, { type: 'start', title: 'Warm-up', content })
      const quiz = 'seq' in started ? started.seq : 0
      await act(ada, { type: 'report-delay', quiz, delayMs: 4_000 })
      await act(dana, { type: 'open', quiz, question: 0 })
      await inPhase(ada, 'question')
      clock += 5_000
      expect(await act(ada, { type: 'answer', quiz, question: 0, options: [1] })).toHaveProperty('seq')
      expect(await act(mod, { type: 'answer', quiz, question: 0, options: [0] })).toHaveProperty('seq')
      expect(await act(mod, { type: 'reveal', quiz, question: 0 })).toMatchObject({ refused: { code: 'not_allowed' } })
      clock += 5_000
      expect(await act(dana, { type: 'reveal', quiz, question: 0 })).toMatchObject({
        refused: { code: 'quiz_too_early', retryAfterMs: 4_000 },
      })
      await bo.cut()
      await bo.connect(house.url())
      const late = await attendee('late')
      await until('the answers are counted', () => canonical(ada.replica.views.quiz).includes('"answered":2'))
      for (const client of [ada, mod, bo, late]) expect(JSON.stringify(client.frames)).not.toMatch(secrets)
      expect(JSON.stringify(dana.frames)).toMatch(secrets)

      clock += 4_000
      expect(await act(dana, { type: 'reveal', quiz, question: 0 })).toHaveProperty('seq')
      for (const client of [ada, mod, bo, late]) await inPhase(client, 'reveal')
      await until('her result is told', () => (ada.replica.selves.quiz as { points: number }).points === 950)
      expect(ada.replica.views.quiz).toMatchObject({ current: { question: { right: [1], counts: [1, 1] } } })
      // Of the other question nobody has heard anything yet.
      for (const client of [ada, mod, bo, late]) expect(JSON.stringify(client.frames)).not.toMatch(/When\?|"script"/)

      const fresh = await attendee('ada')
      await until('all have heard the same', () => fresh.replica.position?.seq === ada.replica.position?.seq)
      expect(canonical(fresh.replica.views.quiz)).toBe(canonical(ada.replica.views.quiz))
      expect(canonical(fresh.replica.selves.quiz)).toBe(canonical(ada.replica.selves.quiz))
    })

    test('tells of reactions as sums alone, no item a tap', async () => {
      const [ada, bo] = [await attendee('ada'), await attendee('bo')]
      const react = (client: Client, counts: object) => client.do({ type: 'react', counts }, { activity: 'reactions' })
      for (let n = 0; n < 5; n++) {
        expect(await react(ada, { clap: 3 })).toHaveProperty('seq')
        clock += 1_000
      }
      expect(await react(bo, { heart: 1 })).toHaveProperty('seq')
      const totals = () => (bo.replica.views.reactions as { totals: object }).totals
      await until('the sums are told', () => canonical(totals()) === canonical({ clap: 15, heart: 1 }))
      expect([...ada.replica.items, ...bo.replica.items].filter(({ activity }) => activity === 'reactions')).toEqual([])
    })
  })
})

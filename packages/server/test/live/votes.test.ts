// Owns: that five thousand sockets vote within ten seconds while the chat runs: each counted once, and told of it at most twice a second.
import { randomUUID } from 'node:crypto'
import type { PollsView, ServerFrame } from '@voila/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { needs } from '../../../../test/require.ts'
import type { Store } from '../../src/store/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, until } from './client.ts'
import { addProgram, emptyProgram, type House, openHouse } from './house.ts'

const sockets = 5_000
const voteWithinMs = 10_000
const options = ['Oslo', 'Riga', 'Turin']

const sqlite = databases.find(({ kind }) => kind === 'sqlite')
let database: TestDatabase
let store: Store
let house: House
beforeAll(async () => {
  if (sqlite === undefined) throw new Error('there is no SQLite')
  database = await sqlite.make()
  store = await database.open()
  await addProgram(store)
  await emptyProgram(store)
  house = await openHouse({ store })
})
afterAll(async () => {
  await house.close()
  await database.drop()
})

type Voter = { ws: WebSocket; tallies: number[]; last: string; waiting: Map<string, () => void> }

/** A socket that keeps nothing of what it is told beside the tallies. */
function enter(name: string, url: string): Promise<Voter> {
  const ws = new WebSocket(url)
  const voter: Voter = { ws, tallies: [], last: '', waiting: new Map() }
  return new Promise((resolve, reject) => {
    ws.on('open', () => ws.send(JSON.stringify({ t: 'hello', v: 1, session: `vs_${name}` })))
    ws.on('error', reject)
    ws.on('message', (data: Buffer) => {
      const text = data.toString()
      if (text.startsWith('{"t":"view","key":"polls.tallies"')) {
        voter.tallies.push(performance.now())
        voter.last = text
        return
      }
      if (text.startsWith('{"t":"ready"')) return resolve(voter)
      if (!text.includes('"t":"ack"')) return
      const ack = JSON.parse(text) as Extract<ServerFrame, { t: 'ack' }>
      if (!('refused' in ack)) voter.waiting.get(ack.id)?.()
    })
  })
}

function vote({ ws, waiting }: Voter, poll: number, choice: number): Promise<number> {
  const id = randomUUID()
  const sentAt = performance.now()
  ws.send(JSON.stringify({ t: 'do', id, activity: 'polls', command: { type: 'vote', poll, edition: poll, choices: [choice] } }))
  return new Promise((resolve) => waiting.set(id, () => resolve(performance.now() - sentAt)))
}

// Both ends of each socket are in this process.
test.skipIf(needs.files(2 * sockets + 200))(
  'all are counted exactly once, and tallies come at most twice a second',
  { timeout: 60_000 },
  async () => {
    const voters: Voter[] = []
    for (let from = 0; from < sockets; from += 250) {
      const some = Array.from({ length: 250 }, (_, index) => enter(`voter-${from + index}`, house.url()))
      voters.push(...(await Promise.all(some)))
    }
    const team = new Client({ as: 'team', headers: { origin: 'https://ours.example', cookie: 'voila_backstage=nora' } })
    await team.connect(house.url())
    const opened = await team.do(
      { type: 'open', content: { question: 'Where next?', form: 'single', options, results: 'always' } },
      { activity: 'polls' },
    )
    const poll = 'seq' in opened ? opened.seq : 0
    const chat = setInterval(() => void team.do({ type: 'post', text: 'Vote, everybody' }), 100)
    const startedAt = performance.now()
    // Spread over most of the time, as people are.
    const waits = await Promise.all(
      voters.map(async (voter, index) => {
        await new Promise((resolve) => setTimeout(resolve, (index / sockets) * 0.7 * voteWithinMs))
        return await vote(voter, poll, index % 3)
      }),
    )
    const tookMs = performance.now() - startedAt
    clearInterval(chat)

    const expected = [0, 1, 2].map((option) => Array.from({ length: sockets }, (_, index) => index).filter((n) => n % 3 === option).length)
    const tallyOf = () => (team.replica.views.polls as PollsView).tallies[poll]
    await until('the tally is whole', () => tallyOf()?.voters === sockets)
    expect(tallyOf()?.counts).toEqual(expected)
    const votes = await store.db.selectFrom('program_log').select('actor_id').where('type', '=', 'polls.voted').execute()
    expect([votes.length, new Set(votes.map((row) => row.actor_id)).size]).toEqual([sockets, sockets])
    expect(waits).toHaveLength(sockets)
    expect(tookMs).toBeLessThan(voteWithinMs)

    const total = `"voters":${sockets}`
    await until('everybody has the last tally', () => voters.every(({ last }) => last.includes(total)))
    for (const { tallies } of voters) {
      const seconds = ((tallies.at(-1) ?? 0) - (tallies[0] ?? 0)) / 1_000
      // The first comes at once.
      expect(tallies.length).toBeLessThanOrEqual(Math.ceil(seconds * 2) + 2)
    }
    expect(team.replica.faults).toEqual([])
    await team.cut()
    for (const { ws } of voters) ws.terminate()
  },
)

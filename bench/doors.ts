// Owns: how long people wait at the door when all come at once from one address, a third of them with tokens that are no good.
import type { Rushed, RushRequest } from './clients/rush.ts'
import { startChild } from './process.ts'
import type { Row, RowOptions } from './row.ts'
import { openStage } from './stage.ts'

const groups = 2

type Waited = {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly perSecond: number
  readonly good: number
  readonly attendees: number
}

/** @throws Error where anybody is answered wrongly, or two have the same session */
async function rush({ quick, say }: RowOptions): Promise<Waited> {
  const people = quick ? 60 : 8_000
  const seconds = quick ? 1 : 10
  const stage = await openStage()
  const clients = await Promise.all(Array.from({ length: groups }, () => startChild('./clients/rush.ts')))
  try {
    const { invitation } = stage
    await Promise.all(
      clients.map((client, n) => client.ask('prepare', { invitation, from: n, to: people, step: groups, seconds } satisfies RushRequest)),
    )
    say(`${people.toLocaleString('en')} people come within ${seconds} s, a third of them with tokens that have run out`)
    const startedAt = performance.now()
    const rushed = await Promise.all(clients.map((client) => client.ask<Rushed>('rush')))
    const tookSeconds = (performance.now() - startedAt) / 1_000
    const [wrong] = rushed.flatMap((each) => each.wrong)
    if (wrong !== undefined) throw new Error(`somebody was answered wrongly: ${wrong}`)
    const good = rushed.reduce((sum, each) => sum + each.good, 0)
    const sessions = rushed.flatMap((each) => each.sessions)
    if (new Set(sessions).size !== good) throw new Error(`${good} should have a session of their own, ${new Set(sessions).size} have`)
    const attendees = await stage.attendees()
    const delays = rushed.flatMap((each) => each.delays).sort((a, b) => a - b)
    const at = (share: number): number => delays[Math.floor(delays.length * share)] ?? Number.NaN
    return { p50Ms: at(0.5), p99Ms: at(0.99), perSecond: people / tookSeconds, good, attendees }
  } finally {
    await Promise.all(clients.map((client) => client.stop()))
    await stage.close()
  }
}

export const doors: Row = {
  title: 'all at once at the door from one address, every third with a token that has run out',
  async run(options) {
    const { p50Ms, p99Ms, perSecond, good, attendees } = await rush(options)
    return {
      measured: [
        { what: 'answered', value: perSecond, unit: '/s' },
        { what: 'came to answered, median', value: p50Ms, unit: 'ms' },
      ],
      claims: [
        { says: 'came to answered, p99', is: p99Ms, unit: 'ms', atMost: 1_000 },
        { says: 'people with a good token / attendees afterwards', is: good / attendees, atLeast: 1 },
        { says: 'attendees afterwards / people with a good token', is: attendees / good, atLeast: 1 },
      ],
    }
  },
}

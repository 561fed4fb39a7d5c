// Owns: how fast commands become durable, and how soon their sender hears of it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Heard, JoinRequest, SayRequest } from './clients/crowd.ts'
import { percentile, sumOf } from './fan-out.ts'
import { startChild } from './process.ts'
import { type Row, type RowOptions, versioned } from './row.ts'
import { openStage } from './stage.ts'
import type { WriteRequest, Written } from './writer.ts'

const crowds = 2

/** Entries a second that were acknowledged, each after its commit, and are in the file afterwards. */
async function write(how: WriteRequest['how'], { seconds, waiting }: { seconds: number; waiting: number }): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'voila-bench-'))
  const writer = await startChild('./writer.ts')
  try {
    const written = await writer.ask<Written>('write', { dataDir, how, seconds, waiting } satisfies WriteRequest)
    if (written.refused > 0) throw new Error(`${written.refused} commands were refused`)
    if (written.rows !== written.entries) throw new Error(`${written.entries} were acknowledged, ${written.rows} are in the file`)
    return written.entries / written.seconds
  } finally {
    await writer.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** The whole way over sockets: from a client's command to its acknowledgement, everybody told meanwhile. */
async function acknowledge({ quick }: RowOptions): Promise<{ p50Ms: number; p99Ms: number }> {
  const sockets = quick ? 40 : 1_200
  const perSecond = quick ? 10 : 500
  const stage = await openStage()
  const clients = await Promise.all(Array.from({ length: crowds }, () => startChild('./clients/crowd.ts')))
  try {
    const { invitation } = stage
    await Promise.all(
      clients.map((client, n) =>
        client.ask('join', {
          kind: 'voila',
          url: invitation.url,
          invitation,
          from: (n * sockets) / crowds,
          to: ((n + 1) * sockets) / crowds,
        } satisfies JoinRequest),
      ),
    )
    await Promise.all(
      clients.map((client) => client.ask('say', { perSecond: perSecond / crowds, seconds: quick ? 1 : 10 } satisfies SayRequest)),
    )
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const heard = await Promise.all(clients.map((client) => client.ask<Heard>('heard')))
    const refused = heard.reduce((sum, each) => sum + each.refused, 0)
    if (refused > 0) throw new Error(`${refused} commands were refused`)
    const delays = sumOf(heard, (each) => each.ackDelays)
    return { p50Ms: percentile(delays, 0.5), p99Ms: percentile(delays, 0.99) }
  } finally {
    await Promise.all(clients.map((client) => client.stop()))
    await stage.close()
  }
}

export const log: Row = {
  title: 'commands decided and durable on SQLite (WAL, synchronous=FULL)',
  async run(options) {
    const { quick, say } = options
    say('one transaction each')
    const oneByOne = await write('one by one', { seconds: quick ? 0.2 : 5, waiting: 64 })
    say('commands, as many as the log takes')
    const mine = await write('log', { seconds: quick ? 0.2 : 5, waiting: quick ? 100 : 8_000 })
    say('500 commands a second over sockets')
    const { p50Ms, p99Ms } = await acknowledge(options)
    const peer = `${versioned('libsql')}, one transaction each`
    return {
      measured: [
        { what: 'ours: decided, durable, acknowledged', value: mine, unit: '/s' },
        { what: 'peer', peer, value: oneByOne, unit: '/s', ratio: mine / oneByOne },
        { what: 'ours: command to acknowledgement, median', value: p50Ms, unit: 'ms' },
        { what: 'ours: command to acknowledgement, p99', value: p99Ms, unit: 'ms' },
      ],
      claims: [
        { says: 'durable entries a second', is: mine, unit: '/s', atLeast: 50_000 },
        { says: 'command to acknowledgement, p99, at 500 commands a second', is: p99Ms, unit: 'ms', atMost: 50 },
      ],
    }
  },
}

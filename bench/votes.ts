// Owns: how soon a vote is acknowledged while five thousand vote within ten seconds and the chat runs: ours, durable, beside socket.io's.
import type { Heard, JoinRequest, SayRequest, ServerKind, VoteRequest } from './clients/crowd.ts'
import { percentile, sumOf } from './fan-out.ts'
import { type Child, startChild } from './process.ts'
import { type Row, type RowOptions, versioned } from './row.ts'
import { type Invitation, openStage } from './stage.ts'

const crowds = 2
const seconds = 10
const messagesPerSecond = 5

type Voted = { readonly p50Ms: number; readonly p99Ms: number; readonly acknowledged: number; readonly cpuSeconds: number }

async function vote(
  { quick, say }: RowOptions,
  given: { kind: ServerKind; server: Child; url: string; poll(): Promise<number>; invitation?: Invitation },
): Promise<Voted> {
  const { kind, server, url, invitation } = given
  const sockets = quick ? 60 : 5_000
  const processes = quick ? 1 : crowds
  const each = sockets / processes
  const lasts = quick ? 1 : seconds
  const clients = await Promise.all(Array.from({ length: processes }, () => startChild('./clients/crowd.ts')))
  try {
    say(`${kind}: ${sockets.toLocaleString('en')} sockets come in`)
    const more = invitation === undefined ? {} : { invitation }
    await Promise.all(
      clients.map((client, n) => client.ask('join', { kind, url, ...more, from: n * each, to: (n + 1) * each } satisfies JoinRequest)),
    )
    const poll = await given.poll()
    say(`${kind}: they vote within ${lasts} s`)
    const before = await server.cpuSeconds()
    const talk = { perSecond: messagesPerSecond / processes, seconds: lasts } satisfies SayRequest
    const [left] = await Promise.all([
      Promise.all(clients.map((client) => client.ask<number>('vote', { poll, seconds: lasts } satisfies VoteRequest))),
      Promise.all(clients.map((client) => client.ask('say', talk))),
    ])
    const cpuSeconds = (await server.cpuSeconds()) - before
    const heard = await Promise.all(clients.map((client) => client.ask<Heard>('heard')))
    const delays = sumOf(heard, ({ voteDelays }) => voteDelays)
    const lost = left.reduce((sum, count) => sum + count, 0)
    if (lost > 0) throw new Error(`${kind}: ${lost} votes were never acknowledged`)
    const acknowledged = delays.reduce((sum, count) => sum + count, 0)
    return { p50Ms: percentile(delays, 0.5), p99Ms: percentile(delays, 0.99), acknowledged, cpuSeconds }
  } finally {
    await Promise.all(clients.map((client) => client.stop()))
  }
}

async function ours(options: RowOptions): Promise<Voted & { counted: number }> {
  const stage = await openStage()
  try {
    const { server, invitation } = stage
    const voted = await vote(options, { kind: 'voila', server, url: invitation.url, invitation, poll: stage.openPoll })
    return { ...voted, counted: (await stage.countPoll()).reduce((sum, count) => sum + count, 0) }
  } finally {
    await stage.close()
  }
}

async function socketIo(options: RowOptions): Promise<Voted> {
  const server = await startChild('./peers/fan-out.ts', ['socket.io'])
  try {
    return await vote(options, { kind: 'socket.io', server, url: await server.ask<string>('url'), poll: async () => 0 })
  } finally {
    await server.stop()
  }
}

export const votes: Row = {
  title: '5,000 votes within ten seconds while the chat runs: sent to acknowledged',
  async run(options) {
    const theirs = await socketIo(options)
    const mine = await ours(options)
    const peer = `${versioned('socket.io')}, in memory alone`
    return {
      measured: [
        { what: 'sent to acknowledged, p50, ours', value: mine.p50Ms, unit: 'ms' },
        { what: 'sent to acknowledged, p50', peer, value: theirs.p50Ms, unit: 'ms', ratio: theirs.p50Ms / mine.p50Ms },
        { what: 'sent to acknowledged, p99, ours', value: mine.p99Ms, unit: 'ms' },
        { what: 'sent to acknowledged, p99', peer, value: theirs.p99Ms, unit: 'ms', ratio: theirs.p99Ms / mine.p99Ms },
        { what: 'processor time of the server, ours', value: mine.cpuSeconds, unit: 's' },
        { what: 'processor time of the server', peer, value: theirs.cpuSeconds, unit: 's', ratio: theirs.cpuSeconds / mine.cpuSeconds },
      ],
      claims: [
        { says: 'votes: sent to acknowledged, p99', is: mine.p99Ms, unit: 'ms', atMost: 500 },
        { says: 'votes counted / votes acknowledged', is: mine.counted / mine.acknowledged, atLeast: 1 },
        { says: 'votes counted / votes acknowledged', is: mine.counted / mine.acknowledged, atMost: 1 },
      ],
    }
  },
}

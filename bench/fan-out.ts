// Owns: how cheaply and how soon everybody is told: ten thousand sockets, three rates, against socket.io and plain `ws`.
import type { Heard, JoinRequest, SayRequest, ServerKind } from './clients/crowd.ts'
import type { FanOutPeer } from './peers/fan-out.ts'
import { type Child, startChild } from './process.ts'
import { type Claim, type Measured, type Row, type RowOptions, versioned } from './row.ts'
import { type Invitation, openStage } from './stage.ts'

type Load = { readonly perSecond: number; readonly seconds: number }
type Told = { readonly perCpuSecond: number; readonly p99Ms: number }
type Told3 = { readonly told: readonly Told[]; readonly bytesPerSocket: number }

/** The first: messages that come one by one. */
const loads: readonly Load[] = [
  { perSecond: 2, seconds: 10 },
  { perSecond: 20, seconds: 10 },
  { perSecond: 50, seconds: 5 },
]
const crowds = 2
/** A peer that has told nothing more for so long will not. */
const patienceMs = 5_000
const longestMs = 60_000

/** The value below which this share of all counted ones lies. */
export function percentile(bins: readonly number[], share: number): number {
  const total = bins.reduce((sum, count) => sum + count, 0)
  let seen = 0
  const at = bins.findIndex((count) => {
    seen += count
    return seen >= total * share
  })
  return total === 0 ? Number.NaN : at
}

export function sumOf(heard: readonly Heard[], of: (each: Heard) => readonly number[]): number[] {
  const [first, ...others] = heard.map(of)
  return (first ?? []).map((count, bin) => others.reduce((sum, bins) => sum + (bins[bin] ?? 0), count))
}

async function deliveredTo(clients: readonly Child[], expected: () => number): Promise<void> {
  const until = performance.now() + longestMs
  let before = -1
  let movedAt = performance.now()
  for (;;) {
    const counts = await Promise.all(clients.map((client) => client.ask<number>('deliveries')))
    const now = counts.reduce((sum, count) => sum + count, 0)
    if (now !== before) movedAt = performance.now()
    before = now
    if (now >= expected() || performance.now() > until || performance.now() - movedAt > patienceMs) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Says so much on a server with its crowd, and answers what telling it took. */
async function tell(server: Child, clients: readonly Child[], { load, sockets }: { load: Load; sockets: number }): Promise<Told> {
  await Promise.all(clients.map((client) => client.ask('heard')))
  const before = await server.cpuSeconds()
  const said = await Promise.all(
    clients.map((client) =>
      client.ask<number>('say', { perSecond: load.perSecond / clients.length, seconds: load.seconds } satisfies SayRequest),
    ),
  )
  await deliveredTo(clients, () => said.reduce((sum, count) => sum + count, 0) * sockets)
  const used = (await server.cpuSeconds()) - before
  const heard = await Promise.all(clients.map((client) => client.ask<Heard>('heard')))
  const refused = heard.reduce((sum, each) => sum + each.refused, 0)
  if (refused > 0) throw new Error(`${refused} messages were refused`)
  const deliveries = heard.reduce((sum, each) => sum + each.deliveries, 0)
  return {
    perCpuSecond: deliveries / used,
    p99Ms: percentile(
      sumOf(heard, (each) => each.delays),
      0.99,
    ),
  }
}

async function tellAll(
  { quick, say }: RowOptions,
  { kind, server, url, invitation }: { kind: ServerKind; server: Child; url: string; invitation?: Invitation },
): Promise<Told3> {
  const sockets = quick ? 40 : 10_000
  const processes = quick ? 1 : crowds
  const each = sockets / processes
  const clients = await Promise.all(Array.from({ length: processes }, () => startChild('./clients/crowd.ts')))
  try {
    const empty = await server.rssBytes()
    say(`${kind}: ${sockets.toLocaleString('en')} sockets come in`)
    await Promise.all(
      clients.map((client, n) =>
        client.ask('join', {
          kind,
          url,
          ...(invitation === undefined ? {} : { invitation }),
          from: n * each,
          to: (n + 1) * each,
        } satisfies JoinRequest),
      ),
    )
    const told: Told[] = []
    for (const load of loads) {
      say(`${kind}: ${load.perSecond} messages a second`)
      told.push(await tell(server, clients, { load: quick ? { ...load, seconds: 1 } : load, sockets }))
    }
    return { told, bytesPerSocket: ((await server.rssBytes()) - empty) / sockets }
  } finally {
    await Promise.all(clients.map((client) => client.stop()))
  }
}

async function ours(options: RowOptions): Promise<Told3> {
  const stage = await openStage()
  try {
    const { server, invitation } = stage
    return await tellAll(options, { kind: 'voila', server, url: invitation.url, invitation })
  } finally {
    await stage.close()
  }
}

async function peer(options: RowOptions, kind: FanOutPeer): Promise<Told3> {
  const server = await startChild('./peers/fan-out.ts', [kind])
  try {
    return await tellAll(options, { kind, server, url: await server.ask<string>('url') })
  } finally {
    await server.stop()
  }
}

export const fanOut: Row = {
  title: 'telling 10,000 sockets of chat messages: deliveries per CPU-second of the server',
  async run(options) {
    const socketIo = await peer(options, 'socket.io')
    const plain = await peer(options, 'ws')
    const mine = await ours(options)
    const peers = [
      { name: versioned('socket.io'), is: socketIo },
      { name: `${versioned('ws')}, a frame each`, is: plain },
    ]
    const measured: Measured[] = loads.flatMap(({ perSecond }, n) => {
      const what = `at ${perSecond}/s`
      const mineNow = mine.told[n] ?? { perCpuSecond: Number.NaN, p99Ms: Number.NaN }
      return [
        { what: `${what}, ours`, value: mineNow.perCpuSecond, unit: '/CPU-s' },
        { what: `${what}, ours: posted to told, p99`, value: mineNow.p99Ms, unit: 'ms' },
        ...peers.flatMap(({ name, is }) => {
          const theirs = is.told[n] ?? { perCpuSecond: Number.NaN, p99Ms: Number.NaN }
          return [
            { what, peer: name, value: theirs.perCpuSecond, unit: '/CPU-s', ratio: mineNow.perCpuSecond / theirs.perCpuSecond },
            { what, peer: `${name}: posted to told, p99`, value: theirs.p99Ms, unit: 'ms', ratio: theirs.p99Ms / mineNow.p99Ms },
          ]
        }),
      ]
    })
    measured.push(
      { what: 'memory per socket, ours', value: mine.bytesPerSocket / 1024, unit: 'KB' },
      ...peers.map(({ name, is }) => ({
        what: 'memory per socket',
        peer: name,
        value: is.bytesPerSocket / 1024,
        unit: 'KB',
        ratio: is.bytesPerSocket / mine.bytesPerSocket,
      })),
    )
    const ratio = (theirs: Told3, n: number): number =>
      (mine.told[n]?.perCpuSecond ?? Number.NaN) / (theirs.told[n]?.perCpuSecond ?? Number.NaN)
    const p99 = (n: number): Claim => ({
      says: `posted to told, p99, at ${loads[n]?.perSecond}/s`,
      is: mine.told[n]?.p99Ms ?? Number.NaN,
      unit: 'ms',
      atMost: 500,
    })
    return {
      measured,
      claims: [
        { says: `ours / ${versioned('ws')}, single messages`, is: ratio(plain, 0), atLeast: 1 },
        { says: `ours / ${versioned('socket.io')}, 20 messages a second`, is: ratio(socketIo, 1), atLeast: 4 },
        { says: `ours / ${versioned('socket.io')}, 50 messages a second`, is: ratio(socketIo, 2), atLeast: 8 },
        p99(1),
        p99(2),
        { says: 'memory per socket after sign-in, snapshot and traffic', is: mine.bytesPerSocket / 1024, unit: 'KB', atMost: 20 },
      ],
    }
  },
}

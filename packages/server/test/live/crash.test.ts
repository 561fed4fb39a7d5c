// Owns: that a server killed in the middle of chat, a hundred times, keeps what it acknowledged, once and in order.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases, type TestDatabase } from '../databases.ts'
import { Client, until } from './client.ts'
import { programId } from './house.ts'

const cycles = 100
const talkers = 3
/** Commands that each talker has on the way. They are sent again on the next socket, whose bucket holds 40. */
const onTheWay = 6
const maxPerCycle = 24

/** A dependency of tsx, not of ours: found from there. */
const bundler = 'esbuild'
type Esbuild = { build(options: object): Promise<unknown> }

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** One file instead of hundreds: a hundred servers start in a fraction of the time. tsx brings the bundler. */
async function bundleServer(folder: string): Promise<void> {
  const require = createRequire(createRequire(import.meta.url).resolve('tsx/package.json'))
  const { build } = require(bundler) as Esbuild
  await build({
    // The store looks for its worker next to itself.
    entryPoints: { 'crash-server': fileOf('./crash-server.ts'), 'sqlite-worker': fileOf('../../src/store/sqlite-worker.ts') },
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['source'],
    external: ['libsql', 'pg-native', 'bufferutil', 'utf-8-validate'],
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)` },
    logLevel: 'error',
  })
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
}

/** A server that has loaded its code and waits for its folder. */
function startServer(folder: string): ChildProcess {
  return spawn(process.execPath, [join(folder, 'crash-server.js')], { stdio: ['pipe', 'pipe', 'inherit'] })
}

function lineOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    server.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
    server.once('exit', () => reject(new Error('the server is gone')))
  })
}

/** A generator of its own, so that a failure can be repeated (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('kill -9 in the middle of chat', () => {
  let database: TestDatabase
  let folder: string
  const servers: ChildProcess[] = []
  beforeAll(async () => {
    const [sqlite] = databases
    if (sqlite === undefined) throw new Error('there is no SQLite')
    database = await sqlite.make()
    // Within node_modules, so that the one native package is found and nothing of it is ever committed.
    folder = await mkdtemp(fileOf('../../../../node_modules/.voila-crash-'))
    await bundleServer(folder)
  })
  afterAll(async () => {
    for (const server of servers) server.kill('SIGKILL')
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })

  test(
    `${cycles} times: every acknowledged message is there once, in order, and clients resume without duplicates`,
    { timeout: 600_000 },
    async () => {
      const random = randomFrom(20_260_101)
      const clients = Array.from({ length: talkers }, (_, index) => new Client({ session: `vs_mod-${index}` }))
      const sent = clients.map(() => 0)
      const acked = new Map<string, number>()
      let killed = 0

      function say(index: number): void {
        sent[index] = (sent[index] ?? 0) + 1
        const text = `${index}:${sent[index]}`
        void clients[index]?.do({ type: 'post', text }).then((ack) => acked.set(text, 'seq' in ack ? ack.seq : 0))
      }

      /** Says one thing after another until the socket is gone or has said enough for this cycle. */
      async function talk(index: number): Promise<void> {
        const client = clients[index] as Client
        for (let n = 0; n < maxPerCycle && client.closed === undefined; n++) {
          await until('there is room for one more', () => client.closed !== undefined || client.waiting < onTheWay)
          if (client.closed === undefined) say(index)
        }
      }

      let next = startServer(folder)
      servers.push(next)
      let loaded = lineOf(next)
      // The last one is never asked.
      loaded.catch(() => undefined)
      async function nextServer(): Promise<{ server: ChildProcess; url: string }> {
        const server = next
        expect(await loaded).toBe('loaded')
        server.stdin?.write(`${database.where.dataDir}\n`)
        const port = await lineOf(server)
        next = startServer(folder)
        servers.push(next)
        loaded = lineOf(next)
        loaded.catch(() => undefined)
        return { server, url: `ws://127.0.0.1:${port}/api/programs/${programId}/socket` }
      }

      for (let cycle = 0; cycle < cycles; cycle++) {
        const { server, url } = await nextServer()
        await Promise.all(clients.map((client) => client.connect(url, { resume: client.replica.position })))
        for (const client of clients) {
          expect(client.closed).toBeUndefined()
          expect(client.replica.readies.at(-1)?.resumed).toBe(cycle > 0)
        }
        const before = acked.size
        const talks = Promise.all(clients.map((_, index) => talk(index)))
        await until('something is acknowledged', () => acked.size > before)
        await new Promise((resolve) => setTimeout(resolve, random() * 20))
        const exit = once(server, 'exit')
        server.kill('SIGKILL')
        killed += 1
        await exit
        await talks
        await Promise.all(clients.map((client) => client.cut()))
        servers.splice(servers.indexOf(server), 1)
      }

      const { url } = await nextServer()
      await Promise.all(clients.map((client) => client.connect(url, { resume: client.replica.position })))
      const total = sent.reduce((sum, count) => sum + count, 0)
      await until('everything that was ever sent is acknowledged', () => acked.size === total)

      const store = await database.open()
      const rows = await store.db.selectFrom('program_log').select(['seq', 'body', 'command_id']).orderBy('seq').execute()
      const texts = rows.map((row) => (JSON.parse(row.body) as { text: string }).text)
      expect(killed).toBe(cycles)
      expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1))
      expect(new Set(rows.map((row) => row.command_id)).size).toBe(rows.length)
      expect(texts).toHaveLength(total)
      for (const [text, seq] of acked) expect(texts[seq - 1]).toBe(text)
      for (const client of clients) {
        await until('all is told', () => client.replica.position?.seq === rows.length)
        expect(client.replica.faults).toEqual([])
        expect(client.replica.items.map((item) => (item.message as { text: string }).text)).toEqual(texts)
        await client.cut()
      }
    },
  )
})

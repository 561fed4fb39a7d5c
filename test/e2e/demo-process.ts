// Owns: the demo as a process of its own, as a person starts it.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type DemoFacts = {
  baseUrl: string
  attendeeUrls: [string, string]
  embedUrl: string
  backstageUrl: string
  organizationId: string
  programId: string
  kid: string
  privateKeyFile: string
  publicKeyFile: string
  rtmpUrl: string
  streamKey: string
  adminSecret: string
}

export type Demo = { facts: DemoFacts; output(): string; process: ChildProcess; dataDir: string; stop(): Promise<number | null> }

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** A port that was free a moment ago. Below those that the system gives to clients, any of which could take it in the meantime. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_240, 32_768)
    if (await isFree(port)) return port
  }
}

const main = fileURLToPath(new URL('../../packages/server/dist/demo/main.js', import.meta.url))

/** Starts the built demo on free ports and waits until it is ready. */
export async function startDemo(
  options: { args?: readonly string[]; env?: Readonly<Record<string, string>>; dataDir?: string } = {},
): Promise<Demo> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'voila-demo-'))
  if (existsSync(join(dataDir, 'demo.json'))) rmSync(join(dataDir, 'demo.json'))
  const [port, rtmpPort] = [await freePort(), await freePort()]
  const child = spawn(
    process.execPath,
    [main, '--port', String(port), '--rtmp-port', String(rtmpPort), '--data', dataDir, ...(options.args ?? [])],
    { env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const deadline = Date.now() + 30_000
  while (!(existsSync(join(dataDir, 'demo.json')) && output.includes('Ctrl-C'))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`the demo is not ready:\n${output}`)
    }
    await new Promise((done) => setTimeout(done, 50))
  }
  return {
    facts: JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8')) as DemoFacts,
    output: () => output,
    process: child,
    dataDir,
    async stop() {
      child.kill('SIGINT')
      const code = await ended
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

// Owns: the `voila` command as a process of its own, on an empty folder, as an operator starts it.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './demo-process.ts'

export type PlatformProcess = {
  readonly port: number
  readonly baseUrl: string
  readonly rtmpPort: number
  /** The link that makes the first owner, as it was printed. */
  readonly setupUrl: string
  /** Everything it has written, on both streams. */
  output(): string
  readonly process: ChildProcess
  stop(): Promise<void>
}

const command = fileURLToPath(new URL('../../packages/server/bin/voila.js', import.meta.url))

/** Starts the built platform on free ports and waits until it says how the first owner is made. */
export async function startPlatform(env: Readonly<Record<string, string>> = {}): Promise<PlatformProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'voila-platform-'))
  const [port, rtmpPort] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, [command], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), RTMP_PORT: String(rtmpPort), DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const printed = (): string | undefined => /http:\S+\/backstage\/setup#token=\S+/.exec(output)?.[0]
  const deadline = Date.now() + 30_000
  while (printed() === undefined) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`the platform is not ready:\n${output}`)
    }
    await new Promise((done) => setTimeout(done, 50))
  }
  return {
    port,
    baseUrl: `http://localhost:${port}`,
    rtmpPort,
    setupUrl: printed() ?? '',
    output: () => output,
    process: child,
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

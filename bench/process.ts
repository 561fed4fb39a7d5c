// Owns: the processes of the bench: how they are started, asked and ended.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const probe = new URL('./probe.mjs', import.meta.url).href

export type Child = {
  /** Asks what the process answers to under this name. @throws Error with the other side's */
  ask<Answer>(name: string, data?: unknown): Promise<Answer>
  /** Seconds of CPU since its start, all threads, user and system, as the operating system counts them. */
  cpuSeconds(): Promise<number>
  /** Resident bytes after a collection of garbage. */
  rssBytes(): Promise<number>
  stop(): Promise<void>
}

/** Calls `ask` on a process over its channel. */
export function childOf(child: ChildProcess): Child {
  let last = 0
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('message', ({ id, result, error }: { id?: number; result?: unknown; error?: string }) => {
    const asked = waiting.get(id ?? -1)
    waiting.delete(id ?? -1)
    if (error === undefined) asked?.resolve(result)
    else asked?.reject(new Error(error))
  })
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`a process of the bench ended early with ${code}`))
  })
  function ask<Answer>(name: string, data?: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve: (result) => resolve(result as Answer), reject })
      child.send({ id: last, name, data })
    })
  }
  return {
    ask,
    cpuSeconds: async () => (await ask<{ cpuSeconds: number }>('usage')).cpuSeconds,
    rssBytes: async () => (await ask<{ rssBytes: number }>('memory')).rssBytes,
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Starts one of the bench's own TypeScript files in a process of its own. */
export async function startChild(file: string, args: readonly string[] = []): Promise<Child> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--expose-gc', '--conditions=source', '--import', 'tsx', '--import', probe],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const started = childOf(child)
  await started.ask('ready')
  return started
}

/** Node's arguments that load the probe into any program. */
export const probed: readonly string[] = ['--expose-gc', '--import', probe]

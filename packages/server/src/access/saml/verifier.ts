// Owns: the threads in which answers are judged: how many, what may wait for them, and what becomes of one that hangs.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Refusal } from '@voila/protocol'
import type { Expected } from './assertion.ts'
import { type ResponseKeys, type Verified, verifyResponse } from './response.ts'
import type { VerifyAnswer, VerifyRequest } from './verify-worker.ts'

export type Verifier = ReturnType<typeof createVerifier>
type Waiting = { resolve(verified: Verified): void; reject(error: unknown): void; timer: NodeJS.Timeout }

/** Beside the main thread, and beside what else runs on the machine. */
const maxThreads = Math.min(4, Math.max(1, availableParallelism() - 1))
/** A hundred are judged in a second and more; who would wait longer than that is asked to come again. */
const maxWaiting = 2_000
/** No honest answer takes as long, and no other may hold a thread. */
const patienceMs = 30_000
/** An answer of 256 KB needs some tens of megabytes. */
const resourceLimits = { maxOldGenerationSizeMb: 256 }

// Node 20 runs no .ts in a worker: from the sources, which tests run, answers are judged in the main thread.
const workerFile = import.meta.url.endsWith('.ts') ? undefined : new URL('./verify-worker.js', import.meta.url)

function startThread(file: URL, { onGone, onError }: { onGone(): void; onError(error: unknown): void }) {
  // Its own flags: whatever this process was started with is not for it.
  const worker = new Worker(file, { name: 'saml', resourceLimits, execArgv: [] })
  const waiting = new Map<number, Waiting>()
  let lastId = 0

  function settle(id: number): Waiting | undefined {
    const found = waiting.get(id)
    waiting.delete(id)
    clearTimeout(found?.timer)
    if (waiting.size === 0) worker.unref()
    return found
  }
  worker.on('message', (answer: VerifyAnswer) => {
    const asked = settle(answer.id)
    if ('verified' in answer) asked?.resolve(answer.verified)
    else if ('failed' in answer) asked?.reject(new Error(answer.failed))
    else asked?.reject(new Refusal(answer.refused.code, answer.refused.detail === undefined ? {} : { detail: answer.refused.detail }))
  })
  worker.on('error', onError)
  // Also where it has run out of memory or time: whoever waited may try again, with another thread.
  worker.on('exit', () => {
    onGone()
    for (const id of [...waiting.keys()]) settle(id)?.reject(new Refusal('unavailable', { retryAfterMs: 1_000 }))
  })

  return {
    waiting: (): number => waiting.size,
    ask(request: Omit<VerifyRequest, 'id'>): Promise<Verified> {
      lastId += 1
      const id = lastId
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject, timer: setTimeout(() => void worker.terminate(), patienceMs).unref() })
        worker.ref()
        worker.postMessage({ ...request, id } satisfies VerifyRequest)
      })
    },
    end: () => worker.terminate(),
  }
}

/** Threads are started when they are first needed. */
export function createVerifier({ file = workerFile, onError }: { file?: URL | undefined; onError(error: unknown): void }) {
  const threads = new Set<ReturnType<typeof startThread>>()

  function thread(from: URL): ReturnType<typeof startThread> {
    const [least] = [...threads].sort((a, b) => a.waiting() - b.waiting())
    if (least !== undefined && (least.waiting() === 0 || threads.size >= maxThreads)) return least
    const started = startThread(from, { onGone: () => threads.delete(started), onError })
    threads.add(started)
    return started
  }

  return {
    /** As `verifyResponse`, elsewhere. @throws Refusal whatever that throws | unavailable where too many wait */
    async verify(field: string, expected: Expected, keys: ResponseKeys): Promise<Verified> {
      if (file === undefined) return await verifyResponse(field, expected, keys)
      const waiting = [...threads].reduce((count, each) => count + each.waiting(), 0)
      if (waiting >= maxWaiting) throw new Refusal('unavailable', { retryAfterMs: 5_000 })
      return await thread(file).ask({ field, expected, keys })
    },
    async close(): Promise<void> {
      await Promise.all([...threads].map((each) => each.end()))
    },
  }
}

// Owns: group commit. The next batch gathers while the previous commits; there is no timer.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Refusal } from '@voila/protocol'

export type Batch<Item, Result> = {
  /** Waits for the batch that takes this item. @throws Refusal unavailable when too many wait, or after close; else what `run` threw */
  add(item: Item): Promise<Result>
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>
  /** Takes nothing more, and resolves when all that was taken is answered. */
  close(): Promise<void>
}

/**
 * Collects items that arrive while `run` works, and gives them to its next call together.
 *
 * @param options.run         answers all items, in their order; when it throws, each of them is rejected with that error
 * @param options.maxItems    of one batch
 * @param options.maxWaiting  beyond which `add` refuses at once, so that a slow disk shows as 503 and not as memory
 */
export function createBatch<Item, Result>(options: {
  run(items: readonly Item[]): Promise<readonly Result[]>
  maxItems: number
  maxWaiting: number
}): Batch<Item, Result> {
  type Waiting = { item: Item; resolve(result: Result): void; reject(error: unknown): void }
  let waiting: Waiting[] = []
  let running = false
  let closed = false
  let idlers: (() => void)[] = []

  async function commit(taken: readonly Waiting[]): Promise<void> {
    try {
      const results = await options.run(taken.map(({ item }) => item))
      if (results.length !== taken.length) throw new Error(`a batch of ${taken.length} gave ${results.length} results`)
      for (const [index, { resolve }] of taken.entries()) resolve(results[index] as Result)
    } catch (error) {
      for (const { reject } of taken) reject(error)
    }
  }

  async function work(): Promise<void> {
    running = true
    while (waiting.length > 0) {
      // What arrives within this turn of the loop belongs to the batch too: each batch is a handful of messages and a wait for the disk.
      await nextTurn()
      const taken = waiting.slice(0, options.maxItems)
      waiting = waiting.slice(options.maxItems)
      await commit(taken)
    }
    running = false
    const told = idlers
    idlers = []
    for (const tell of told) tell()
  }

  function idle(): Promise<void> {
    return running ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()
  }

  return {
    add(item) {
      if (closed || waiting.length >= options.maxWaiting) return Promise.reject(new Refusal('unavailable', { retryAfterMs: 1_000 }))
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject })
        if (!running) void work()
      })
    },
    idle,
    close() {
      closed = true
      return idle()
    },
  }
}

// Owns: what is promised of group commit.
import { Refusal } from '@voila/protocol'
import { expect, test } from 'vitest'
import { createBatch } from '../src/store/batch.ts'

/** A `run` that finishes when told to. */
function gate() {
  const batches: number[][] = []
  const doors: (() => void)[] = []
  return {
    batches,
    open: () => doors.shift()?.(),
    async run(items: readonly number[]): Promise<number[]> {
      batches.push([...items])
      await new Promise<void>((resolve) => doors.push(resolve))
      return items.map((item) => item * 10)
    },
  }
}
/** Long enough for a batch that is due to begin. */
async function turn(): Promise<void> {
  for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve))
}

test('the next batch gathers while the previous commits, and each item gets its own result', async () => {
  const { batches, open, run } = gate()
  const batch = createBatch({ run, maxItems: 3, maxWaiting: 100 })
  const first = batch.add(1)
  await turn()
  const rest = [2, 3, 4, 5].map((item) => batch.add(item))
  open()
  expect(await first).toBe(10)
  await turn()
  open()
  await turn()
  open()
  expect(await Promise.all(rest)).toEqual([20, 30, 40, 50])
  expect(batches).toEqual([[1], [2, 3, 4], [5]])
})

test('what arrives within one turn is one batch', async () => {
  const { batches, open, run } = gate()
  const batch = createBatch({ run, maxItems: 10, maxWaiting: 100 })
  const all = [1, 2, 3].map((item) => batch.add(item))
  await turn()
  open()
  expect(await Promise.all(all)).toEqual([10, 20, 30])
  expect(batches).toEqual([[1, 2, 3]])
})

test('when too many wait, the next is refused at once and the others are not', async () => {
  const { open, run } = gate()
  const batch = createBatch({ run, maxItems: 2, maxWaiting: 2 })
  const all = [batch.add(1), batch.add(2)]
  await expect(batch.add(3)).rejects.toMatchObject({ code: 'unavailable' } satisfies Partial<Refusal>)
  await turn()
  open()
  expect(await Promise.all(all)).toEqual([10, 20])
})

test('a batch that fails rejects its own items and not the next', async () => {
  let calls = 0
  const batch = createBatch<number, number>({
    async run(items) {
      calls += 1
      if (calls === 1) throw new Error('disk')
      return items
    },
    maxItems: 1,
    maxWaiting: 10,
  })
  const results = await Promise.allSettled([batch.add(1), batch.add(2)])
  expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled'])
})

test('close answers what was taken and takes nothing more', async () => {
  const { open, run } = gate()
  const batch = createBatch({ run, maxItems: 2, maxWaiting: 10 })
  const taken = batch.add(1)
  await turn()
  let closed = false
  const closing = batch.close().then(() => {
    closed = true
  })
  await expect(batch.add(2)).rejects.toBeInstanceOf(Refusal)
  expect(closed).toBe(false)
  open()
  expect(await taken).toBe(10)
  await closing
  await batch.idle()
})

// Owns: what is promised of the tables that a node keeps in memory.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMirror, type Mirror } from '../src/store/mirror.ts'

type Row = { id: string; value: string; changedAt: number }

let table: Row[]
let broken: boolean
let wakes: ((topic: string) => void)[]
let mirror: Mirror<string, Row>
let askedSince: number[]

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  table = [{ id: 'a', value: 'one', changedAt: 900_000 }]
  broken = false
  wakes = []
  askedSince = []
  mirror = createMirror<string, Row>({
    store: {
      onWake(listener) {
        wakes.push(listener)
        return () => void wakes.splice(wakes.indexOf(listener), 1)
      },
    },
    async load(since) {
      askedSince.push(since)
      if (broken) throw new Error('no database')
      return table.filter((row) => row.changedAt >= since)
    },
    key: (row) => row.id,
    changedAt: (row) => row.changedAt,
    keep: (row) => row.value !== 'forget',
    everyMs: 1_000,
    topic: 'things',
    now: () => Date.now(),
  })
})
afterEach(() => {
  mirror.close()
  vi.useRealTimers()
})

test('follows the table each second, and reads what may have been stamped before its commit again', async () => {
  await mirror.refresh()
  table = [{ id: 'a', value: 'two', changedAt: 1_000_500 }]
  await vi.advanceTimersByTimeAsync(1_000)
  expect(mirror.get('a')?.value).toBe('two')
  expect(askedSince).toEqual([0, 990_000])
})

test('follows at once when woken by its topic, and not by another', async () => {
  await mirror.refresh()
  table = [{ id: 'a', value: 'two', changedAt: 1_000_000 }]
  for (const wake of wakes) wake('others')
  await vi.advanceTimersByTimeAsync(0)
  expect(mirror.get('a')?.value).toBe('one')
  for (const wake of wakes) wake('things')
  await vi.advanceTimersByTimeAsync(0)
  expect(mirror.get('a')?.value).toBe('two')
})

test('a poll that fails empties nothing, and the next one catches up', async () => {
  await mirror.refresh()
  broken = true
  await expect(mirror.refresh()).rejects.toThrow('no database')
  table = [{ id: 'b', value: 'new', changedAt: 1_000_100 }]
  await vi.advanceTimersByTimeAsync(30_000)
  expect([...mirror.all()].map((row) => row.id)).toEqual(['a'])
  expect(mirror.freshAt()).toBe(1_000_000)
  broken = false
  await vi.advanceTimersByTimeAsync(1_000)
  expect([...mirror.all()].map((row) => row.id)).toEqual(['a', 'b'])
})

test('a row written here applies at once, and an older one that arrives late does not undo it', async () => {
  await mirror.refresh()
  const heard: string[] = []
  mirror.onChange((row) => heard.push(row.value))
  mirror.put({ id: 'a', value: 'mine', changedAt: 1_000_000 })
  await mirror.refresh()
  mirror.put({ id: 'a', value: 'late', changedAt: 950_000 })
  expect(mirror.get('a')?.value).toBe('mine')
  expect(heard).toEqual(['mine'])
})

test('whoever asks during a reading gets the next one', async () => {
  const first = mirror.refresh()
  table = [...table, { id: 'b', value: 'meanwhile', changedAt: 1_000_000 }]
  await mirror.refresh()
  await first
  expect(mirror.get('b')?.value).toBe('meanwhile')
  expect(askedSince).toHaveLength(2)
})

test('forgets what need not be kept, and stops when closed', async () => {
  mirror.put({ id: 'x', value: 'forget', changedAt: 1 })
  await mirror.refresh()
  expect(mirror.get('x')).toBeUndefined()
  mirror.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(askedSince).toHaveLength(1)
  expect(wakes).toEqual([])
})

// Owns: a process that writes into a log on SQLite: ours through live, and the same rows with a transaction for each.
import { randomUUID } from 'node:crypto'
import { newProgram } from '../packages/server/src/backstage/program-fields.ts'
import { createLive } from '../packages/server/src/live/live.ts'
import type { ProgramRow } from '../packages/server/src/store/schema.ts'
import { openStore, type Store } from '../packages/server/src/store/store.ts'
import { serve } from './probe.mjs'

export type WriteRequest = { dataDir: string; how: 'log' | 'one by one'; seconds: number; waiting: number }
export type Written = { entries: number; seconds: number; refused: number; rows: number }

const programId = 'abcdefghij01'
const at = Date.now()
const organizationId = 'organization'
const program: ProgramRow = {
  ...newProgram({ title: 'Bench', startsAt: new Date(at).toISOString() }, { organizationId, at }),
  id: programId,
  state: 'live',
}
const text = 'the new plant in Lyon opens in May, as planned'
/** An attendee posts five times within ten seconds, so the crowd is large. */
const postsEach = 5

async function addProgram(store: Store): Promise<void> {
  await store.db.insertInto('organizations').values({ id: organizationId, name: 'Bench', created_at: at }).execute()
  await store.db.insertInto('programs').values(program).execute()
  await store.db.insertInto('program_runs').values({ program_id: programId, run: 1, kind: 'live' }).execute()
}

function openLive(store: Store): { post(n: number): Promise<boolean>; close(): Promise<void> } {
  const live = createLive({
    store,
    access: { endedAs: () => undefined, onRevoked: () => () => undefined, termsOf: async () => new Map() },
    programs: { get: () => program },
    nodeId: 'bench',
    log: { info: () => undefined, warn: console.error, error: console.error },
    people: async () => new Map(),
    mediaAccess: () => null,
    now: Date.now,
  })
  return {
    async post(n) {
      const actor = { id: `attendee-${Math.floor(n / postsEach)}`, moderates: false }
      const ack = await live.command({ programId, actor, id: randomUUID(), activity: 'chat', command: { type: 'post', text } })
      return !('refused' in ack)
    },
    close: () => live.drain(),
  }
}

function openRows(store: Store): { post(n: number): Promise<boolean>; close(): Promise<void> } {
  return {
    async post(n) {
      await store.transaction(async (tx) => {
        await tx
          .insertInto('program_log')
          .values({
            program_id: programId,
            run: 1,
            seq: n + 1,
            at: Date.now(),
            activity: 'chat',
            type: 'chat.posted',
            actor_id: `attendee-${n}`,
            command_id: randomUUID(),
            body: JSON.stringify({ text }),
          })
          .execute()
      })
      return true
    },
    close: async () => undefined,
  }
}

serve({
  ready: () => true,
  async write({ dataDir, how, seconds, waiting }: WriteRequest) {
    const store = await openStore({ dataDir })
    await addProgram(store)
    const writer = how === 'log' ? openLive(store) : openRows(store)
    let next = 0
    let entries = 0
    let refused = 0
    const started = performance.now()
    const until = started + seconds * 1_000
    async function work(): Promise<void> {
      while (performance.now() < until) {
        const n = next
        next += 1
        if (await writer.post(n)) entries += 1
        else refused += 1
      }
    }
    await Promise.all(Array.from({ length: waiting }, work))
    const took = (performance.now() - started) / 1_000
    await writer.close()
    const [count] = await store.db.selectFrom('program_log').select(store.db.fn.countAll<number>().as('rows')).execute()
    await store.close()
    return { entries, seconds: took, refused, rows: Number(count?.rows ?? 0) } satisfies Written
  },
})

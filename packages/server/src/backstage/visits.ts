// Owns: how the stays of attendees become durable: what is so on this node, compared each second with what the database has been told.
import { programStates } from '@voila/protocol'
import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Session } from '../access/sessions.ts'
import type { Schema, VisitTable } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { Programs } from './programs.ts'

const everyMs = 1_000
const rowsAtOnce = 500
/** Changes that wait for a database that is away; beyond that the oldest are lost rather than gathered. */
const maxWaiting = 100_000

/** Settles what a node left behind, in the transaction that forgets it. */
export async function closeVisitsOf(tx: Transaction<Schema>, { nodeId, at }: { nodeId: string; at: number }): Promise<void> {
  await tx.updateTable('visits').set({ to_at: at }).where('node_id', '=', nodeId).where('to_at', 'is', null).execute()
}

/**
 * A visit is one session's stay at a program on one node, however many sockets it has; where the program goes live or ends meanwhile, it is
 * one visit before and another after. Someone who comes and goes within a second is not noticed.
 *
 * @param options.present  the sessions that are at a program on this node; one may come several times
 */
export function createVisits(options: {
  store: Store
  nodeId: string
  programs: Pick<Programs, 'get'>
  present(): Iterable<Pick<Session, 'id' | 'programId' | 'attendee'>>
  now(): number
  onError(error: unknown): void
}) {
  const { store, nodeId, programs, now } = options
  /** By session. */
  let here = new Map<string, VisitTable>()
  let opened: VisitTable[] = []
  let ended: VisitTable[] = []
  let working: Promise<void> = Promise.resolve()

  /** A program that is live counts as watched; before, after, and while a rehearsal runs, people are there all the same. */
  const isWatched = (programId: string): 0 | 1 => {
    const state = programs.get(programId)?.state
    return state !== undefined && programStates[state].picture === 'all' ? 1 : 0
  }

  function compare(): void {
    const at = now()
    const next = new Map<string, VisitTable>()
    // Asked once a program, not once a person: ten thousand are gone through each second.
    const watched = new Map<string, 0 | 1>()
    for (const { id, programId, attendee } of options.present()) {
      if (next.has(id)) continue
      const watching = watched.get(programId) ?? isWatched(programId)
      watched.set(programId, watching)
      const known = here.get(id)
      if (known?.watching === watching) {
        next.set(id, known)
        continue
      }
      const visit: VisitTable = {
        id: uuidv7(),
        program_id: programId,
        attendee_id: attendee.id,
        session_id: id,
        node_id: nodeId,
        watching,
        from_at: at,
        to_at: null,
      }
      next.set(id, visit)
      opened.push(visit)
    }
    for (const [id, visit] of here) {
      if (next.get(id) === visit) continue
      visit.to_at = at
      ended.push(visit)
    }
    here = next
  }

  async function write(): Promise<void> {
    const [begun, over] = [opened, ended]
    opened = []
    ended = []
    try {
      while (begun.length > 0) {
        const rows = begun.slice(0, rowsAtOnce)
        // Again after a failure: what was written although no answer came is there already.
        await store.db
          .insertInto('visits')
          .values(rows)
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute()
        begun.splice(0, rows.length)
      }
      while (over.length > 0) {
        const [first] = over as [VisitTable]
        const same = over.filter((visit) => visit.to_at === first.to_at).slice(0, rowsAtOnce)
        const ids = new Set(same.map(({ id }) => id))
        await store.db
          .updateTable('visits')
          .set({ to_at: first.to_at })
          .where('id', 'in', [...ids])
          .execute()
        over.splice(0, over.length, ...over.filter(({ id }) => !ids.has(id)))
      }
    } catch (error) {
      opened = [...begun, ...opened].slice(-maxWaiting)
      ended = [...over, ...ended].slice(-maxWaiting)
      throw error
    }
  }

  function exchange(): Promise<void> {
    working = working.then(async () => {
      compare()
      await write().catch(options.onError)
    })
    return working
  }
  const timer = setInterval(() => void exchange(), everyMs).unref()

  return {
    /** Writes what has changed; also happens each second. */
    exchange,
    /** Another node took this one for gone and has closed its visits: they begin anew. */
    beginAnew(): void {
      here = new Map()
    },
    /** Closes what is open, for the node is about to stop. */
    async close(): Promise<void> {
      clearInterval(timer)
      await working
      here = new Map()
      await write().catch(options.onError)
      await store.transaction((tx) => closeVisitsOf(tx, { nodeId, at: now() })).catch(options.onError)
    },
  }
}

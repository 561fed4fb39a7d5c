// Owns: how commands become entries: decided in order on locked state, acknowledged once durable.
import { type Ack, type Actor, type Counter, type Decision, type Entry, type ErrorCode, limits, Refusal } from '@voila/protocol'
import type { Kysely } from 'kysely'
import { createBatch } from '../store/batch.ts'
import type { Schema, Store } from '../store/store.ts'
import type { LogRow, LogTable, RunKey } from './log-table.ts'
import { type Room, RunGone } from './room.ts'
import type { AnyActivity } from './rules.ts'

/** A command whose shape is good. `name` is a key of the activity's commands. `byPlatform`: whatever the program's state is. */
export type Command = {
  readonly actor: Actor
  readonly id: string
  readonly activity: AnyActivity
  readonly name: string
  readonly command: unknown
  readonly byPlatform?: true
}

export type RunLog = {
  readonly room: Room
  /** Decides a command in the next batch. Never rejects: what can't be written is refused with `unavailable`. */
  submit(command: Command): Promise<Ack>
  /** Applies what other nodes have written. Never rejects: the next poll tries again. */
  catchUp(): Promise<void>
  /** Writes what a run begins with, where nothing has happened in it yet. Never rejects. */
  begin(): Promise<void>
  /** Takes nothing more; resolves when all that was taken is answered. */
  close(): Promise<void>
  /** Whether commands wait or a batch runs. */
  busy(): boolean
  /** False until the room holds the whole log, and after a failed commit until it has been read again. */
  whole(): boolean
}

type Logger = { warn(details: object, message: string): void; error(details: object, message: string): void }

const unavailable = (id: string): Ack => ({ id, refused: { code: 'unavailable', retryAfterMs: 1_000 } })
const refusal = (id: string, code: ErrorCode): Ack => ({ id, refused: { code } })

/**
 * Opens a run's log on this node; its room fills with the first thing asked of it.
 *
 * One batch of a run works at a time on a node, and the head row's lock makes those of all nodes follow one another: what is decided, is
 * decided on everything before it. Acknowledgements come after the commit. When a commit fails, nobody knows what the database holds, so
 * the room is thrown away and read again, and the commands are refused: a client that repeats one gets its first outcome.
 *
 * @param options.opening  what a run begins with: decided before anything else in it, on whichever node that happens
 * @param options.closedTo  why an actor may not act now, by the program's state; asked again for each command as it is decided
 */
export function openRun(options: {
  store: Store
  table: LogTable
  room: Room
  opening?(): readonly Command[]
  closedTo(activity: AnyActivity, actor: Actor): ErrorCode | undefined
  onDecided(acks: readonly Ack[]): void
  now(): number
  log: Logger
}): RunLog {
  const { store, table, room, log } = options
  const key: RunKey = { programId: room.programId, run: room.run }
  const topic = `log:${key.programId}:${key.run}`
  let whole = false
  let pending = 0
  let turn: Promise<unknown> = Promise.resolve()
  let catchingUp: Promise<void> | undefined

  /** One thing at a time moves the room. */
  function exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }

  async function applyMissing(db: Kysely<Schema>, options: { settling: boolean }): Promise<void> {
    for (let more = true; more; ) {
      const page = await table.page(db, key, room.seq)
      try {
        for (const { entry, commandId } of page.rows) room.apply(entry, commandId)
      } catch (error) {
        whole = false
        room.unsettle()
        throw error
      }
      more = page.more
      // Between pages the main loop serves others; a room that is whole already may be looked at meanwhile.
      if (options.settling) room.settle()
    }
  }

  async function rebuild(db: Kysely<Schema>): Promise<void> {
    whole = false
    const head = await table.head(db, key)
    if (head === undefined) throw new RunGone(`there is no run ${key.run} of program ${key.programId}`)
    room.reset(head.erasures)
    await applyMissing(db, { settling: false })
    whole = true
  }

  /** The decisions of one batch, applied to the room as they fall, so that each sees those before it. */
  function decideAll(commands: readonly Command[]) {
    const rows: LogRow[] = []
    const counters: Counter[] = []
    // Never earlier than the entry before, whatever this node's clock says; and the same for the decision as for its entries.
    const at = Math.max(options.now(), room.at)

    function append({ actor, id, activity }: Command, decision: Extract<Decision, { entries: readonly unknown[] }>): Ack {
      const first = room.seq + 1
      for (const [index, { type, body }] of decision.entries.entries()) {
        const entry: Entry = { seq: room.seq + 1, at, activity: activity.name, type, actorId: actor.id, body }
        const commandId = index === 0 ? id : null
        rows.push({ entry, commandId })
        room.apply(entry, commandId)
      }
      counters.push(...(decision.counters ?? []))
      // What changed nothing is acknowledged at the state that it found, and may be decided again.
      return { id, seq: decision.entries.length === 0 ? room.seq : first }
    }

    function decide(asked: Command): Ack {
      const { actor, id, activity, name } = asked
      const known = room.doneAt({ actorId: actor.id, commandId: id })
      if (known !== undefined) return { id, seq: known }
      const closed = asked.byPlatform === true ? undefined : options.closedTo(activity, actor)
      if (closed !== undefined) return refusal(id, closed)
      const decision = activity.decide[name]?.(room.state(activity.name), room.standing(actor), asked.command, at)
      if (decision === undefined) return refusal(id, 'invalid_request')
      if ('refused' in decision) {
        const { refused, retryAfterMs } = decision
        return { id, refused: { code: refused, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } }
      }
      if (decision.counters !== undefined && decision.entries.length === 0) {
        throw new Error(`${activity.name}.${name} counts without an entry: a command sent again would count twice`)
      }
      return append(asked, decision)
    }

    function tryDecide(asked: Command): Ack {
      try {
        return decide(asked)
      } catch (error) {
        log.error({ error, activity: asked.activity.name, command: asked.name }, 'an activity failed to decide')
        return refusal(asked.id, 'internal')
      }
    }

    if (room.seq === 0) for (const asked of options.opening?.() ?? []) tryDecide(asked)
    const acks = commands.map(tryDecide)
    return { acks, rows, counters }
  }

  async function commit(commands: readonly Command[]): Promise<Ack[]> {
    const { acks, wrote } = await store.transaction(async (tx) => {
      const head = await table.lockHead(tx, key)
      if (head === undefined) throw new RunGone(`there is no run ${key.run} of program ${key.programId}`)
      if (!whole || head.erasures !== room.erasures) await rebuild(tx)
      else if (head.seq > room.seq) await applyMissing(tx, { settling: false })
      if (head.seq !== room.seq) throw new Error(`the head of ${topic} says ${head.seq}, its log ends at ${room.seq}`)
      room.unsettle()
      const decided = decideAll(commands)
      await table.append(tx, key, decided.rows, decided.counters)
      return { acks: decided.acks, wrote: decided.rows.length > 0 }
    })
    room.settle()
    if (wrote) store.wake(topic)
    return acks
  }

  async function runBatch(commands: readonly Command[]): Promise<Ack[]> {
    try {
      return await commit(commands)
    } catch (error) {
      whole = false
      if (error instanceof RunGone) {
        room.close(error)
        return commands.map(({ id }) => refusal(id, 'activities_closed'))
      }
      log.error({ error, programId: key.programId, commands: commands.length }, 'a batch of the log failed')
      await read().catch((cause: unknown) => log.warn({ error: cause, programId: key.programId }, 'the log could not be read again'))
      return commands.map(({ id }) => unavailable(id))
    }
  }

  async function begin(): Promise<void> {
    if (whole && room.seq === 0 && (options.opening?.() ?? []).length > 0) await exclusive(() => runBatch([]))
  }

  /** Reads what is missing, or everything when the room is not whole or the past has changed. */
  async function read(): Promise<void> {
    const head = whole ? await table.head(store.db, key) : undefined
    if (!whole || head?.erasures !== room.erasures) await rebuild(store.db)
    else if (head.seq > room.seq) await applyMissing(store.db, { settling: true })
    else return
    room.settle()
  }

  function catchUp(): Promise<void> {
    if (catchingUp !== undefined) return catchingUp
    const started = exclusive(() => {
      // Whoever asks from now on may know of entries that this reading misses.
      catchingUp = undefined
      return read()
    }).catch((error: unknown) => {
      if (error instanceof RunGone) room.close(error)
      else log.warn({ error, programId: key.programId }, 'the log could not be read')
    })
    catchingUp = started
    return started
  }

  const batch = createBatch<Command, Ack>({
    async run(commands) {
      const acks = await exclusive(() => runBatch(commands))
      pending -= commands.length
      options.onDecided(acks)
      return acks
    },
    maxItems: limits.batchCommands,
    maxWaiting: limits.waitingCommands,
  })

  return {
    room,
    // No async function: each would keep a kilobyte for as long as the batch takes, and there are thousands.
    submit(command) {
      pending += 1
      return batch.add(command).catch((error: unknown) => {
        pending -= 1
        if (!(error instanceof Refusal)) log.error({ error, programId: key.programId }, 'a command was lost before its batch')
        return unavailable(command.id)
      })
    },
    catchUp,
    begin,
    async close() {
      await batch.close()
      await turn
    },
    busy: () => pending > 0,
    whole: () => whole,
  }
}

// Owns: the fold of one run's log in memory, and that nobody sees of it what is not committed yet.
import { type Actor, type Entry, limits } from '@voila/protocol'
import { activityNamed, type Rules } from './rules.ts'

/** The run has been discarded, or never was, or this node looks at it no more: there is nothing to see. */
export class RunGone extends Error {}

/**
 * What one run's entries add up to. The log alone applies and settles; everybody else reads.
 *
 * A batch applies as it decides, before it commits. So reading waits for the end of the batch: `read` looks at committed state only, and at
 * all of it in one go.
 */
export class Room {
  readonly programId: string
  readonly run: number
  readonly #rules: Rules
  readonly #onFault: (error: unknown, entry: Entry) => void
  #states = new Map<string, unknown>()
  #kept: Entry[] = []
  #people = new Set<string>()
  #done = new Map<string, number>()
  #actors: string[] = []
  #concerned = new Map<string, Set<string>>()
  #erasures = 0
  #seq = 0
  #at = 0
  #settled = false
  #closed: Error | undefined
  #readers: { look(): void; fail(error: Error): void }[] = []
  #listener: (() => void) | undefined

  constructor(options: { programId: string; run: number; rules: Rules; onFault(error: unknown, entry: Entry): void }) {
    this.programId = options.programId
    this.run = options.run
    this.#rules = options.rules
    this.#onFault = options.onFault
  }

  /** A new one whenever the past changed: a bare number can't lie. */
  get epoch(): string {
    return `${this.run}.${this.#erasures}`
  }
  get erasures(): number {
    return this.#erasures
  }
  /** The last applied entry; inside `read`, the last committed one. */
  get seq(): number {
    return this.#seq
  }
  /** The last applied entry's time, Unix milliseconds. */
  get at(): number {
    return this.#at
  }
  /** Everybody who did something in this run or is named in a body: whose names may be told. */
  get people(): ReadonlySet<string> {
    return this.#people
  }

  state(activity: string): unknown {
    const state = this.#states.get(activity)
    if (state !== undefined) return state
    const made = activityNamed(this.#rules, activity)?.initial()
    this.#states.set(activity, made)
    return made
  }

  /** The actor with what the activities say of his right to write. */
  standing(actor: Actor): Actor {
    for (const activity of Object.values(this.#rules)) {
      const mutedUntil = activity.mutedUntil?.(this.state(activity.name), actor.id)
      if (mutedUntil !== undefined) return { ...actor, mutedUntil }
    }
    return actor
  }

  /** Begins anew, before every entry of the log is applied again. Readers wait until the next settling. */
  reset(erasures: number): void {
    this.#states = new Map()
    this.#kept = []
    this.#people = new Set()
    this.#done = new Map()
    this.#actors = []
    this.#erasures = erasures
    this.#seq = 0
    this.#at = 0
    this.#settled = false
  }

  /** Readers wait from here until `settle`. */
  unsettle(): void {
    this.#settled = false
  }

  /** The seq that a command was acknowledged with, when it has been done. By actor too: nobody gets another's by guessing its id. */
  doneAt({ actorId, commandId }: { actorId: string; commandId: string }): number | undefined {
    const seq = this.#done.get(commandId)
    return seq === undefined || this.#actors[seq] === actorId ? seq : this.#done.get(`${commandId} ${actorId}`)
  }

  /** A UUID is one actor's alone, so the id is the key; whoever uses another's all the same gets a longer one. */
  #remember(commandId: string, { seq, actorId }: Entry): void {
    this.#done.set(this.#done.has(commandId) ? `${commandId} ${actorId}` : commandId, seq)
  }

  /**
   * @param commandId  on the first entry of a command
   * @throws Error on a gap: a fold with a hole would be told as if it were whole
   */
  apply(entry: Entry, commandId: string | null): void {
    if (entry.seq !== this.#seq + 1) throw new Error(`entry ${entry.seq} of ${this.programId}/${this.run} follows ${this.#seq}`)
    this.#seq = entry.seq
    this.#at = Math.max(this.#at, entry.at)
    this.#kept.push(entry)
    // Trimmed by halves, so that an append stays cheap.
    if (this.#kept.length >= 2 * limits.resumeEntries) this.#kept = this.#kept.slice(-limits.resumeEntries)
    this.#people.add(entry.actorId)
    this.#actors[entry.seq] = entry.actorId
    if (commandId !== null) this.#remember(commandId, entry)
    const named = (entry.body as { attendee?: unknown } | null)?.attendee
    if (typeof named === 'string') this.#people.add(named)
    const activity = activityNamed(this.#rules, entry.activity)
    // An activity of a newer version, whose entries are kept for it.
    if (activity === undefined) return
    const state = this.state(entry.activity)
    try {
      if (this.#listener !== undefined) {
        for (const actorId of activity.concerns(state, entry)) this.#concern(actorId, entry.activity)
      }
      activity.apply(state, entry)
    } catch (error) {
      // One entry that an activity can't take must not take the whole room with it. Every node skips the same.
      this.#onFault(error, entry)
    }
  }

  #concern(actorId: string, activity: string): void {
    const known = this.#concerned.get(actorId)
    if (known === undefined) this.#concerned.set(actorId, new Set([activity]))
    else known.add(activity)
  }

  /** Everything applied is committed: readers look, and the hub hears of it. */
  settle(): void {
    this.#settled = true
    const readers = this.#readers
    this.#readers = []
    for (const { look } of readers) look()
    this.#listener?.()
  }

  /** Looks at committed state, now or as soon as the batch that runs has ended. @throws what `look` throws, or that the room is closed */
  read<T>(look: () => T): Promise<T> {
    return new Promise((resolve, fail) => {
      const attempt = (): void => {
        try {
          resolve(look())
        } catch (error) {
          fail(error)
        }
      }
      if (this.#closed !== undefined) fail(this.#closed)
      else if (this.#settled) attempt()
      else this.#readers.push({ look: attempt, fail })
    })
  }

  /** The entries after `seq`, or undefined when some of them are no longer kept. For readers. */
  after(seq: number): readonly Entry[] | undefined {
    if (seq >= this.#seq) return []
    const first = this.#kept[0]?.seq ?? this.#seq + 1
    return seq + 1 < first ? undefined : this.#kept.slice(seq + 1 - first)
  }

  /** The actors whose own view changed since the last time, with the activities in which it did. */
  takeConcerned(): ReadonlyMap<string, ReadonlySet<string>> {
    const taken = this.#concerned
    this.#concerned = new Map()
    return taken
  }

  /** One listener, told after every settling. While there is none, nobody's concerns are noted. */
  listen(listener: (() => void) | undefined): void {
    this.#listener = listener
    if (listener === undefined) this.#concerned = new Map()
  }

  close(reason: Error): void {
    this.#closed = reason
    const readers = this.#readers
    this.#readers = []
    for (const { fail } of readers) fail(reason)
  }
}

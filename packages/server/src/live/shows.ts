// Owns: the programs that somebody is at on this node: each with its run and its hub, and what is due for them by the clock.
import {
  type Ack,
  type Actor,
  configuring,
  type ErrorCode,
  limits,
  type MediaAccess,
  type Person,
  type PlatformViews,
} from '@voila/protocol'
import { endOf, type Session, type SessionTerms } from '../access/sessions.ts'
import { activitiesOf, guestsOf, looksOf } from '../backstage/program-answers.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { commandsOf } from './configuring.ts'
import { createHub, type Hub } from './hub.ts'
import { openRun, type RunLog } from './log.ts'
import { createLogTable } from './log-table.ts'
import { audienceMs } from './pace.ts'
import { createPresence } from './presence.ts'
import { Room, RunGone } from './room.ts'
import type { AnyActivity, Rules } from './rules.ts'
import { pollsDue } from './secret-tallies.ts'
import { closedIn, kindOf, shutTo } from './standing.ts'

/** What live needs of a program; a row of its table has it. */
export type LiveProgram = Pick<
  ProgramRow,
  | 'id'
  | 'run'
  | 'state'
  | 'title'
  | 'description'
  | 'starts_at'
  | 'language'
  | 'accent'
  | 'cover_id'
  | 'logo_id'
  | 'access'
  | 'anonymous'
  | 'at_expiry'
  | 'doors_minutes'
  | 'activity_options'
  | 'blocked_words'
  | 'cue_timing'
>

export type Logger = {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export type ShowParts = {
  readonly store: Store
  readonly access: {
    /** Until when sessions last as far as they have been renewed; none for those that are no more. @throws on an outage */
    termsOf(sessionIds: readonly string[]): Promise<ReadonlyMap<string, SessionTerms>>
  }
  readonly programs: { get(id: string): LiveProgram | undefined }
  readonly nodeId: string
  readonly log: Logger
  /** Those of these ids that are known, as they are shown at a program. */
  people(ids: readonly string[], programId: string): Promise<ReadonlyMap<string, Person>>
  /** The media address of a session, or null where there is no picture for it. Cheap: asked for every viewer. */
  mediaAccess(session: Session): MediaAccess | null
  /** Unix milliseconds. */
  now(): number
}

/** One program that somebody is at, or that has commands. */
export type Show = { readonly programId: string; readonly hub: Hub; run: RunLog; usedAt: number; countedAt: number }

const sweepMs = 1_000
const pollMs = 1_000
/** A room without viewers and commands is kept for so long. */
const keepMs = 60_000

function programView(program: LiveProgram): PlatformViews['program'] {
  const { state, title, description, starts_at: startsAt, language, cue_timing } = program
  return { cueTiming: cue_timing === 1, state, title, description, startsAt, language, guests: guestsOf(program), ...looksOf(program) }
}

/** @param parts.onDecided  is told of each outcome of a command */
export function createShows(parts: ShowParts & { readonly rules: Rules; onDecided(ack: Ack): void }) {
  const { store, rules, programs, now, log } = parts
  const table = createLogTable(store)
  const shows = new Map<string, Show>()
  const streams = new Map<string, PlatformViews['stream']>()

  const presence = createPresence({
    store,
    nodeId: parts.nodeId,
    now,
    local: () =>
      new Map([...shows].filter(([, { hub }]) => hub.attendees() > 0).map(([programId, { hub }]) => [programId, hub.attendees()])),
  })

  function openLog(program: LiveProgram): RunLog {
    const room = new Room({
      programId: program.id,
      run: program.run,
      rules,
      onFault: (error, { seq, type }) => log.error({ error, programId: program.id, seq, type }, 'an activity could not apply an entry'),
    })
    function closedTo(activity: AnyActivity, actor: Actor): ErrorCode | undefined {
      const present = programs.get(program.id)
      return present === undefined || present.run !== room.run ? 'activities_closed' : closedIn(present, activity, actor)
    }
    const opening = () => commandsOf(rules, configuring(activitiesOf(programs.get(program.id) ?? program)))
    const run = openRun({ store, table, room, opening, closedTo, onDecided: (acks) => acks.forEach(parts.onDecided), now, log })
    void run.catchUp().then(run.begin)
    return run
  }

  function follow(show: Show): void {
    show.hub.follow(show.run).catch((error: unknown) => {
      if (!(error instanceof RunGone)) log.error({ error, programId: show.programId }, 'a run could not be followed')
    })
  }

  function showOf(program: LiveProgram): Show {
    const known = shows.get(program.id)
    if (known !== undefined) {
      if (known.run.room.run !== program.run) switchRun(known, program)
      known.usedAt = now()
      return known
    }
    const hub = createHub({
      rules,
      kindOf: (visitor, run) => kindOf(programs.get(program.id), visitor, run),
      people: (ids) => parts.people(ids, program.id),
      // Members have addresses of their own, which they ask for.
      endOf: ({ session }) => endOf(session, programs.get(program.id)),
      mediaAccess: (visitor) => ('session' in visitor ? parts.mediaAccess(visitor.session) : null),
      termsOf: parts.access.termsOf,
      now,
      log,
    })
    hub.publish('program', programView(program))
    hub.publish('stream', streams.get(program.id) ?? { live: false, since: null })
    hub.publish('audience', { count: presence.count(program.id) })
    const show: Show = { programId: program.id, hub, run: openLog(program), usedAt: now(), countedAt: 0 }
    shows.set(program.id, show)
    follow(show)
    return show
  }

  function switchRun(show: Show, program: LiveProgram): void {
    const before = show.run
    show.run = openLog(program)
    follow(show)
    void before.close().then(() => before.room.close(new RunGone('another run is shown')))
  }

  async function drop(show: Show): Promise<void> {
    shows.delete(show.programId)
    show.hub.close()
    await show.run.close()
    show.run.room.close(new RunGone('this room is closed'))
  }

  // The clock.

  async function poll(): Promise<void> {
    for (const show of shows.values()) {
      const program = programs.get(show.programId)
      if (program !== undefined && program.run !== show.run.room.run) switchRun(show, program)
      const idle = show.hub.sockets() === 0 && !show.run.busy() && now() - show.usedAt > keepMs
      if (idle) void drop(show)
    }
    const heads = await table.heads([...shows.keys()])
    for (const { programId, run, seq, erasures } of heads) {
      const open = shows.get(programId)?.run
      if (open === undefined || open.room.run !== run) continue
      if (!open.whole() || seq > open.room.seq || erasures !== open.room.erasures) void open.catchUp()
    }
  }

  async function runPolls(): Promise<void> {
    const open = [...shows.values()].filter(({ run }) => run.whole())
    const work = open.map(async ({ run }) => {
      for (const command of await pollsDue({ store, rules, room: run.room, now: now() })) void run.submit(command)
    })
    for (const done of await Promise.allSettled(work)) {
      if (done.status === 'rejected' && !(done.reason instanceof RunGone)) throw done.reason
    }
  }

  async function countAudience(): Promise<void> {
    await presence.exchange()
    const at = now()
    for (const show of shows.values()) {
      const { programId, hub } = show
      if (at - show.countedAt < audienceMs(hub.sockets())) continue
      show.countedAt = at
      hub.publish('audience', { count: presence.count(programId) })
    }
  }

  /** Runs `work` every so often, never twice at once; a failure is logged and the next time comes. */
  function every(ms: number, work: () => Promise<void>): NodeJS.Timeout {
    let running = false
    return setInterval(() => {
      if (running) return
      running = true
      work()
        .catch((error: unknown) => log.warn({ error }, 'what is due by the clock failed'))
        .finally(() => {
          running = false
        })
    }, ms).unref()
  }

  const timers = [
    every(sweepMs, async () => void (await Promise.all([...shows.values()].map(({ hub }) => hub.sweep())))),
    every(pollMs, poll),
    every(pollMs, runPolls),
    every(limits.presenceMs, countAudience),
  ]
  const unsubscribe = store.onWake((topic) => {
    const [kind, programId, run] = topic.split(':')
    const open = kind === 'log' ? shows.get(programId ?? '')?.run : undefined
    if (open !== undefined && open.room.run === Number(run)) void open.catchUp()
  })

  return {
    /** The show of a program at its present run, opened where there is none. */
    at: showOf,
    /** The show of a program that is open. */
    get: (programId: string): Show | undefined => shows.get(programId),
    all: (): IterableIterator<Show> => shows.values(),
    /** A run that nobody is shown; whoever opens it closes it. */
    openLog,
    drop,
    presence,

    /** Sets one of the platform's own views; the latest wins. */
    publish<Key extends keyof PlatformViews>(programId: string, key: Key, value: PlatformViews[Key]): void {
      // Kept for who comes later; the other two can be made again.
      if (key === 'stream') streams.set(programId, value as PlatformViews['stream'])
      shows.get(programId)?.hub.publish(key, value)
    },
    /** The program's row has changed, here or on another node. */
    changed(program: LiveProgram): void {
      const show = shows.get(program.id)
      if (show === undefined) return
      show.hub.publish('program', programView(program))
      void show.hub.end((who) => shutTo(program, who, now()))
      if (show.run.room.run !== program.run) switchRun(show, program)
      show.hub.offerMedia()
    },
    /** Nothing is kept of a program that is no more. */
    forget: (programId: string): void => void streams.delete(programId),

    /** Nothing is done by the clock any more, nor followed. */
    stopClock(): void {
      for (const timer of timers) clearInterval(timer)
      unsubscribe()
    },
  }
}

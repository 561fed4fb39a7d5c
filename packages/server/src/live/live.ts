// Owns: what is happening at every program on this node: which runs are open, who may act, who is told.
import {
  type Ack,
  type Actor,
  type Configuring,
  configuring,
  type ErrorCode,
  limits,
  type MediaAccess,
  type Page,
  type Person,
  type PlatformViews,
  type Position,
  Refusal,
  type Sheet,
} from '@voila/protocol'
import { endOf, type Session, type SessionTerms } from '../access/sessions.ts'
import { activitiesOf, guestsOf, looksOf } from '../backstage/program-answers.ts'
import { liveRun } from '../backstage/runs.ts'
import type { TeamMember } from '../http/authenticate.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { commandsOf } from './configuring.ts'
import { foldedState } from './folded.ts'
import { createHub, type Hub } from './hub.ts'
import { type Command, openRun, type RunLog } from './log.ts'
import { createLogTable } from './log-table.ts'
import { audienceMs } from './pace.ts'
import { createPresence } from './presence.ts'
import { Room, RunGone } from './room.ts'
import { type AnyActivity, activityNamed, actorIn, audienceOf, kindOfActor, rules as platformRules, type Rules } from './rules.ts'
import { pollsDue } from './secret-tallies.ts'
import { closedIn, kindOf, shutTo } from './standing.ts'
import { mentionsIn } from './telling.ts'
import type { Viewer } from './viewer.ts'
import type { Visitor } from './visitor.ts'

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

export type LiveParts = {
  readonly store: Store
  readonly access: {
    endedAs(sessionId: string): ErrorCode | undefined
    onRevoked(listener: (sessionIds: readonly string[], code: ErrorCode) => void): () => void
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
  /** Other activities than the protocol's, for tests. */
  readonly rules?: Rules
}

export type HistoryPage = Page<unknown> & { people: Person[] }

export type Live = ReturnType<typeof createLive>

/** One program that somebody is at, or that has commands. */
type Show = { readonly programId: string; readonly hub: Hub; run: RunLog; usedAt: number; countedAt: number }

const sweepMs = 1_000
const pollMs = 1_000
/** A room without viewers and commands is kept for so long. */
const keepMs = 60_000

const refused = (id: string, code: ErrorCode): Extract<Ack, { refused: unknown }> => ({ id, refused: { code } })

function programView(program: LiveProgram): PlatformViews['program'] {
  const { state, title, description, starts_at: startsAt, language, cue_timing } = program
  return { cueTiming: cue_timing === 1, state, title, description, startsAt, language, guests: guestsOf(program), ...looksOf(program) }
}

export function createLive(parts: LiveParts) {
  const { store, programs, now, log } = parts
  const rules = parts.rules ?? platformRules
  const table = createLogTable(store)
  const shows = new Map<string, Show>()
  const streams = new Map<string, PlatformViews['stream']>()
  const drainers = new Set<() => Promise<void>>()
  const figures = { accepted: 0, refused: 0 }
  let draining = false

  const presence = createPresence({
    store,
    nodeId: parts.nodeId,
    now,
    local: () =>
      new Map([...shows].filter(([, { hub }]) => hub.attendees() > 0).map(([programId, { hub }]) => [programId, hub.attendees()])),
  })

  // Rooms.

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
    const run = openRun({ store, table, room, opening, closedTo, onDecided: (acks) => acks.forEach(count), now, log })
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

  /** @throws Refusal program_unknown | program_not_open | program_archived */
  function openProgram(programId: string, who: Visitor | 'team'): LiveProgram {
    const program = programs.get(programId)
    if (program === undefined) throw new Refusal('program_unknown')
    const shut = shutTo(program, who, now())
    if (shut !== undefined) throw new Refusal(shut)
    return program
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
  const unsubscribes = [
    store.onWake((topic) => {
      const [kind, programId, run] = topic.split(':')
      const open = kind === 'log' ? shows.get(programId ?? '')?.run : undefined
      if (open !== undefined && open.room.run === Number(run)) void open.catchUp()
    }),
    parts.access.onRevoked((sessionIds, code) => live.endSessions(sessionIds, code)),
  ]

  const live = {
    /**
     * Decides a command. Never rejects; a refusal is in the answer, which comes once the outcome is durable.
     *
     * @param request.id       a UUID of the sender's; the same again gets the first outcome
     * @param request.command  of the activity's schema, unread so far
     */
    command(request: { programId: string; actor: Actor; id: string; activity: string; command: unknown }): Promise<Ack> {
      const asked = read(request)
      if (!('refused' in asked)) return showOf(asked.program).run.submit(asked.command)
      count(asked)
      return Promise.resolve(asked)
    },

    /**
     * Brings an edit of a program's activities into the run that is shown, and into the live one, which a rehearsal hides. Never rejects: what
     * can't be written is logged.
     */
    async configure(program: LiveProgram, asked: readonly Configuring[]): Promise<void> {
      const commands = commandsOf(rules, asked)
      if (commands.length === 0) return
      const acks = await Promise.all(commands.map(showOf(program).run.submit))
      if (program.run !== liveRun) {
        const hidden = openLog({ ...program, run: liveRun })
        acks.push(...(await Promise.all(commands.map(hidden.submit))))
        await hidden.close()
      }
      const failed = acks.filter((ack) => 'refused' in ack)
      if (failed.length > 0) log.error({ programId: program.id, failed }, 'an edit of activities did not reach the run')
    },

    /** Sets one of the platform's own views; the latest wins. */
    publishView<Key extends keyof PlatformViews>(programId: string, key: Key, value: PlatformViews[Key]): void {
      // Kept for who comes later; the other two can be made again.
      if (key === 'stream') streams.set(programId, value as PlatformViews['stream'])
      shows.get(programId)?.hub.publish(key, value)
    },

    /**
     * One page of an activity's past, oldest first, as this reader is told it.
     *
     * @param request.reader  somebody with a session at this program, or the team
     * @throws Refusal program_unknown | program_not_open | program_archived | not_found | activities_closed | unavailable
     */
    async history(request: {
      programId: string
      activity: string
      reader: { readonly session: Session } | 'team'
      before?: number | undefined
      limit: number
    }): Promise<HistoryPage> {
      const { reader, before, limit } = request
      const program = openProgram(request.programId, reader)
      const { room } = showOf(program).run
      const kind = reader === 'team' ? 'member' : kindOf(program, reader, room.run)
      const activity = activityNamed(rules, request.activity)
      const audience = activity === undefined ? undefined : audienceOf(kind, activity)
      if (activity === undefined || audience === undefined) throw new Refusal('not_found')
      if (kind === 'outside') throw new Refusal('activities_closed')
      const page = await room
        .read(() => {
          const { items, nextCursor } = activity.page(room.state(activity.name), audience, {
            limit,
            ...(before === undefined ? {} : { before }),
          })
          return { items, nextCursor, mentions: [...mentionsIn(room, items)] }
        })
        .catch((error: unknown) => {
          throw error instanceof RunGone ? new Refusal('unavailable') : error
        })
      const people = await parts.people(page.mentions, program.id)
      return { items: page.items, nextCursor: page.nextCursor, people: [...people.values()] }
    },

    /**
     * What can be taken away of an activity of a run, whoever is at the program or not.
     *
     * @throws Refusal not_found | unavailable
     */
    async sheets(request: { programId: string; run: number; activity: string }): Promise<readonly Sheet[]> {
      const activity = activityNamed(rules, request.activity)
      if (activity === undefined) throw new Refusal('not_found')
      const open = shows.get(request.programId)?.run.room
      if (open?.run === request.run) {
        return await open
          .read(() => activity.sheets(open.state(activity.name)))
          .catch((error: unknown) => {
            throw error instanceof RunGone ? new Refusal('unavailable') : error
          })
      }
      const state = await foldedState(store, request, activity)
      if (state === undefined) throw new Refusal('not_found')
      return activity.sheets(state)
    },

    /** How many attendees are at these programs, on any node; those at which nobody is are left out. */
    audienceCounts: presence.counts,

    /** The attendees' sessions that are at a program on this node; one with several sockets comes several times. */
    *present(): Iterable<Session> {
      for (const { hub } of shows.values()) yield* hub.sessions()
    },

    /** Ends the sockets and streams of these sessions. */
    endSessions(sessionIds: readonly string[], code: ErrorCode): void {
      const ending = new Set(sessionIds)
      for (const { hub } of shows.values()) void hub.end((who) => ('session' in who && ending.has(who.session.id) ? code : undefined))
    },

    /** Ends the sockets of somebody who is no member of an organization any more. */
    endMember({ userId, organizationId }: Pick<TeamMember, 'userId' | 'organizationId'>): void {
      const isHe = (who: Visitor): boolean =>
        'member' in who && who.member.userId === userId && who.member.organizationId === organizationId
      for (const { hub } of shows.values()) void hub.end((who) => (isHe(who) ? 'not_permitted' : undefined))
    },

    /** Ends the big screens that came by this link. */
    endScreens(linkId: string): void {
      for (const { hub } of shows.values()) {
        void hub.end((who) => ('screen' in who && who.screen.linkId === linkId ? 'screen_link_invalid' : undefined))
      }
    },

    /** The program's row has changed, here or on another node. */
    programChanged(program: LiveProgram): void {
      const show = shows.get(program.id)
      if (show === undefined) return
      show.hub.publish('program', programView(program))
      void show.hub.end((who) => shutTo(program, who, now()))
      if (show.run.room.run !== program.run) switchRun(show, program)
      show.hub.offerMedia()
    },

    /** The program has been deleted, here or on another node. */
    programGone(programId: string): void {
      streams.delete(programId)
      const show = shows.get(programId)
      if (show !== undefined) void show.hub.end(() => 'program_unknown').then(() => drop(show))
    },

    /**
     * Takes a viewer in; its transport gets a `ready` and all that follows. Whoever made the viewer calls `leave` when its transport ends.
     *
     * @throws Refusal program_unknown | program_not_open | program_archived | doors_closed | session_expired | expired | unavailable | whatever
     * ended the session
     */
    async enter({ programId, viewer, resume }: { programId: string; viewer: Viewer; resume?: Position | undefined }): Promise<void> {
      if (draining) throw new Refusal('restart')
      const { visitor } = viewer
      const { hub } = showOf(openProgram(programId, visitor))
      // The first should not read that nobody is there.
      if ('session' in visitor && presence.count(programId) === 0) hub.publish('audience', { count: 1 })
      try {
        await hub.join(viewer, resume)
      } catch (error) {
        throw error instanceof RunGone ? new Refusal(draining ? 'restart' : 'unavailable') : error
      }
      // Removed or revoked while it was on its way in, when there was no socket to be ended.
      if ('confirm' in visitor) return void (await visitor.confirm())
      const endedAs = parts.access.endedAs(visitor.session.id)
      if (endedAs !== undefined) throw new Refusal(endedAs)
      const end = endOf(visitor.session, programs.get(programId))
      if (end.at <= now()) throw new Refusal(end.code)
    },

    leave({ programId, viewer }: { programId: string; viewer: Viewer }): void {
      const show = shows.get(programId)
      show?.hub.leave(viewer)
      if (show !== undefined) show.usedAt = now()
    },

    /** Sums for the metrics page. */
    figures() {
      const open = [...shows.values()]
      return {
        ...figures,
        rooms: open.length,
        sockets: open.reduce((sum, { hub }) => sum + hub.sockets(), 0),
        attendees: open.reduce((sum, { hub }) => sum + hub.attendees(), 0),
      }
    },

    /** Whoever holds sockets ends them when this node stops, after the last acknowledgement. Returns unsubscribe. */
    onDrain(end: () => Promise<void>): () => void {
      drainers.add(end)
      return () => drainers.delete(end)
    },

    /** Stops: takes no more commands, commits those that wait, then tells every socket to come back. */
    async drain(): Promise<void> {
      draining = true
      for (const timer of timers) clearInterval(timer)
      for (const unsubscribe of unsubscribes) unsubscribe()
      const open = [...shows.values()]
      await Promise.all(open.map(({ run }) => run.close()))
      await Promise.all(open.map(({ hub }) => hub.end(() => 'restart')))
      await Promise.all([...drainers].map((end) => end()))
      await Promise.all(open.map(drop))
      await presence.close().catch((error: unknown) => log.warn({ error }, 'presence could not be taken back'))
    },
  }

  function count(ack: Ack): void {
    figures['refused' in ack ? 'refused' : 'accepted'] += 1
  }

  /** A command whose shape is good, with its program; or why it is none, without asking the log. */
  function read({
    programId,
    id,
    ...asked
  }: Parameters<typeof live.command>[0]): { program: LiveProgram; command: Command } | Extract<Ack, { refused: unknown }> {
    if (draining) return { id, refused: { code: 'unavailable', retryAfterMs: 1_000 } }
    const program = programs.get(programId)
    if (program === undefined) return refused(id, 'program_unknown')
    const activity = activityNamed(rules, asked.activity)
    const name = (asked.command as { type?: unknown } | null)?.type
    const isHis = activity !== undefined && audienceOf(kindOfActor(asked.actor), activity) !== undefined
    if (!isHis || typeof name !== 'string' || !Object.hasOwn(activity.commands, name)) return refused(id, 'invalid_request')
    const parsed = activity.commands[name]?.safeParse(asked.command)
    if (parsed?.success !== true) return refused(id, 'invalid_request')
    const actor = actorIn(activity, asked.actor)
    if (!actor.moderates && activity.teamCommands.includes(name)) return refused(id, 'not_allowed')
    const closed = closedIn(program, activity, actor)
    if (closed !== undefined) return refused(id, closed)
    return { program, command: { actor, id, activity, name, command: parsed.data } }
  }
  return live
}

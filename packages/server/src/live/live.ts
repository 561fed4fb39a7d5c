// Owns: what may be asked of the programs that are live: commands, entering and leaving, what came of an activity, and ending any of it.
import {
  type Ack,
  type Actor,
  type Configuring,
  type ErrorCode,
  type Page,
  type Person,
  type Position,
  Refusal,
  type Sheet,
} from '@voila/protocol'
import { endOf, type Session } from '../access/sessions.ts'
import { liveRun } from '../backstage/runs.ts'
import type { TeamMember } from '../http/authenticate.ts'
import { faultIn } from '../http/body.ts'
import { commandsOf } from './configuring.ts'
import { foldedState } from './folded.ts'
import type { Command } from './log.ts'
import { RunGone } from './room.ts'
import { activityNamed, actorIn, audienceOf, kindOfActor, rules as platformRules, type Rules } from './rules.ts'
import { createShows, type LiveProgram, type ShowParts } from './shows.ts'
import { closedIn, kindOf, shutTo } from './standing.ts'
import { mentionsIn } from './telling.ts'
import type { Viewer } from './viewer.ts'
import type { Visitor } from './visitor.ts'

export type LiveParts = Omit<ShowParts, 'access'> & {
  readonly access: ShowParts['access'] & {
    endedAs(sessionId: string): ErrorCode | undefined
    onRevoked(listener: (sessionIds: readonly string[], code: ErrorCode) => void): () => void
  }
  /** Other activities than the protocol's, for tests. */
  readonly rules?: Rules
}

export type HistoryPage = Page<unknown> & { people: Person[] }

export type Live = ReturnType<typeof createLive>

const refused = (id: string, code: ErrorCode, detail?: string): Extract<Ack, { refused: unknown }> => ({
  id,
  refused: { code, ...(detail === undefined ? {} : { detail }) },
})

export function createLive(parts: LiveParts) {
  const { store, programs, now, log } = parts
  const rules = parts.rules ?? platformRules
  const drainers = new Set<() => Promise<void>>()
  const figures = { accepted: 0, refused: 0 }
  let draining = false

  const shows = createShows({ ...parts, rules, onDecided: count })
  const { presence } = shows

  /** @throws Refusal program_unknown | program_not_open | program_archived */
  function openProgram(programId: string, who: Visitor | 'team'): LiveProgram {
    const program = programs.get(programId)
    if (program === undefined) throw new Refusal('program_unknown')
    const shut = shutTo(program, who, now())
    if (shut !== undefined) throw new Refusal(shut)
    return program
  }

  const unsubscribe = parts.access.onRevoked((sessionIds, code) => live.endSessions(sessionIds, code))

  const live = {
    /**
     * Decides a command. Never rejects; a refusal is in the answer, which comes once the outcome is durable.
     *
     * @param request.id       a UUID of the sender's; the same again gets the first outcome
     * @param request.command  of the activity's schema, unread so far
     */
    command(request: { programId: string; actor: Actor; id: string; activity: string; command: unknown }): Promise<Ack> {
      const asked = read(request)
      if (!('refused' in asked)) return shows.at(asked.program).run.submit(asked.command)
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
      const acks = await Promise.all(commands.map(shows.at(program).run.submit))
      if (program.run !== liveRun) {
        const hidden = shows.openLog({ ...program, run: liveRun })
        acks.push(...(await Promise.all(commands.map(hidden.submit))))
        await hidden.close()
      }
      const failed = acks.filter((ack) => 'refused' in ack)
      if (failed.length > 0) log.error({ programId: program.id, failed }, 'an edit of activities did not reach the run')
    },

    publishView: shows.publish,

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
      const { room } = shows.at(program).run
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
      for (const { hub } of shows.all()) yield* hub.sessions()
    },

    /** Ends the sockets and streams of these sessions. */
    endSessions(sessionIds: readonly string[], code: ErrorCode): void {
      const ending = new Set(sessionIds)
      for (const { hub } of shows.all()) void hub.end((who) => ('session' in who && ending.has(who.session.id) ? code : undefined))
    },

    /** Ends the sockets of somebody who is no member of an organization any more. */
    endMember({ userId, organizationId }: Pick<TeamMember, 'userId' | 'organizationId'>): void {
      const isHe = (who: Visitor): boolean =>
        'member' in who && who.member.userId === userId && who.member.organizationId === organizationId
      for (const { hub } of shows.all()) void hub.end((who) => (isHe(who) ? 'not_permitted' : undefined))
    },

    /** Ends the big screens that came by this link. */
    endScreens(linkId: string): void {
      for (const { hub } of shows.all()) {
        void hub.end((who) => ('screen' in who && who.screen.linkId === linkId ? 'screen_link_invalid' : undefined))
      }
    },

    programChanged: shows.changed,

    /** The program has been deleted, here or on another node. */
    programGone(programId: string): void {
      shows.forget(programId)
      const show = shows.get(programId)
      if (show !== undefined) void show.hub.end(() => 'program_unknown').then(() => shows.drop(show))
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
      const { hub } = shows.at(openProgram(programId, visitor))
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
      const open = [...shows.all()]
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
      shows.stopClock()
      unsubscribe()
      const open = [...shows.all()]
      await Promise.all(open.map(({ run }) => run.close()))
      await Promise.all(open.map(({ hub }) => hub.end(() => 'restart')))
      await Promise.all([...drainers].map((end) => end()))
      await Promise.all(open.map(shows.drop))
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
    if (!isHis) return refused(id, 'invalid_request', 'activity: there is none of this name.')
    const schema = typeof name === 'string' && Object.hasOwn(activity.commands, name) ? activity.commands[name] : undefined
    if (typeof name !== 'string' || schema === undefined) return refused(id, 'invalid_request', 'command.type: there is none of this name.')
    const parsed = schema.safeParse(asked.command)
    if (!parsed.success) return refused(id, 'invalid_request', faultIn(parsed.error, 'command'))
    const actor = actorIn(activity, asked.actor)
    if (!actor.moderates && activity.teamCommands.includes(name)) return refused(id, 'not_allowed')
    const closed = closedIn(program, activity, actor)
    if (closed !== undefined) return refused(id, closed)
    return { program, command: { actor, id, activity, name, command: parsed.data } }
  }
  return live
}

// Owns: who is told what of one program, and when: the viewers on this node, and the tick.
import {
  type Audience,
  type ErrorCode,
  errorRow,
  limits,
  type MediaAccess,
  type Person,
  type PlatformViews,
  type Position,
  Refusal,
} from '@voila/protocol'
import type { Session, SessionTerms } from '../access/sessions.ts'
import { bundle, type Frame, frameOf } from './frame.ts'
import { inSlices, tickMs } from './pace.ts'
import { createDrafts, type Draft, readyFrame } from './ready.ts'
import { type Room, RunGone } from './room.ts'
import { activityNamed, audienceOf, type Rules, type ViewerKind, viewerKinds } from './rules.ts'
import { isTellable, type ToldItem, toldOf } from './telling.ts'
import { release, tell, type Viewer } from './viewer.ts'
import { createViews } from './views.ts'
import { actorOf, type MemberVisitor, type ScreenVisitor, type Visitor } from './visitor.ts'

/** What the hub may know of a run's log. */
type Run = { readonly room: Room; catchUp(): Promise<void> }

/** Viewers who are told the same. `toldTo`: the entry up to which there is nothing more to tell them. */
type Group = { readonly kind: ViewerKind; readonly viewers: Set<Viewer>; toldTo: number }

/** What one tick tells a group; `items` undefined: too much, they begin anew. */
type Telling = { readonly group: Group; readonly items: readonly ToldItem[] | undefined }

/** Entries of which nothing is told cost nobody a frame, until there are so many. The next beat catches up too. */
const silentEntries = 500
/** After a tick that failed. */
const pauseMs = 1_000

/**
 * The fan-out of one program on this node. It reads the room and never writes.
 *
 * What holds for a client: after `ready` at `seq`, log frames follow one another without a gap and without an overlap; views and `self`
 * are never older than the log frames before them. An `ack` comes straight after the commit, before or after the log frame with its
 * entry: it says that the command is durable, not that its effect has been told.
 *
 * @param options.kindOf  how a visitor is told of a run, by the program's state; asked again at each `ready`
 */
export function createHub(options: {
  rules: Rules
  kindOf(visitor: Visitor, run: number): ViewerKind
  people(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>
  mediaAccess(visitor: Visitor): MediaAccess | null
  /** When an attendee's session ends (Unix milliseconds), and as what. Asked often. */
  endOf(visitor: { readonly session: Session }): { readonly at: number; readonly code: ErrorCode }
  /** Until when sessions last by now; none for those that are no more. */
  termsOf(sessionIds: readonly string[]): Promise<ReadonlyMap<string, SessionTerms>>
  now(): number
  log: { warn(details: object, message: string): void }
}) {
  const { rules, now, log } = options
  const groups = viewerKinds.map((kind): Group => ({ kind, viewers: new Set(), toldTo: 0 }))
  const attendees = new Map<string, Viewer[]>()
  /** The team, and big screens: they are not counted. */
  const others = new Map<string, Viewer[]>()
  const platformViews = createViews()
  // Of each kind its own: what a tally says may not be for everybody.
  const activityViews = new Map(viewerKinds.filter((kind) => kind !== 'outside').map((kind) => [kind as ViewerKind, createViews()]))
  const drafts = createDrafts({ rules })
  /** The state of the room, as epoch and seq, that each kind's views were made of. */
  const viewsAt = new Map<ViewerKind, string>()
  let current: Run | undefined
  let toldEpoch: string | undefined
  let timer: NodeJS.Timeout | undefined
  let timerAt = 0
  let telling = false
  // Of performance.now(): no clock that somebody can set back holds up the tick.
  let notBefore = 0
  let viewsDueAt = 0
  let closed = false

  const groupOf = (kind: ViewerKind): Group => groups.find((group) => group.kind === kind) as Group
  const everybody = (): Viewer[] => groups.flatMap((group) => [...group.viewers])
  const viewsFor = (kind: ViewerKind) => [platformViews, activityViews.get(kind) ?? []].flat()

  async function namesJson(ids: Iterable<string>): Promise<string> {
    const wanted = [...new Set(ids)]
    if (wanted.length === 0) return '[]'
    try {
      const people = await options.people(wanted)
      return JSON.stringify(wanted.flatMap((id) => people.get(id) ?? []))
    } catch (error) {
      // Better a message without a name than no message.
      log.warn({ error }, 'names could not be read')
      return '[]'
    }
  }

  /** Once for each state of the room: thousands who come at the same one find it done. */
  function refreshViews(room: Room): void {
    const state = `${room.epoch} ${room.seq}`
    const stale = [...activityViews].filter(([kind]) => groupOf(kind).viewers.size > 0 && viewsAt.get(kind) !== state)
    for (const [kind] of stale) viewsAt.set(kind, state)
    for (const activity of stale.length === 0 ? [] : Object.values(rules)) {
      // Once for each audience, whatever the kinds of viewers that belong to it.
      const made = new Map<Audience, [string, unknown][]>()
      for (const [kind, views] of stale) {
        const audience = audienceOf(kind, activity)
        if (audience === undefined) continue
        const values = made.get(audience) ?? Object.entries(activity.views(room.state(activity.name), audience))
        made.set(audience, values)
        for (const [key, value] of values) views.set(key, value)
      }
    }
  }

  /** From here on the viewer is told what follows this look at the room; that waits until its `ready` is out. */
  function enter(room: Room, viewer: Viewer, resume?: Position): Draft {
    groupOf(viewer.kind).viewers.delete(viewer)
    viewer.kind = options.kindOf(viewer.visitor, room.run)
    const group = groupOf(viewer.kind)
    if (group.viewers.size === 0) group.toldTo = room.seq
    group.viewers.add(viewer)
    refreshViews(room)
    viewer.seq = room.seq
    viewer.held = []
    return drafts.look(room, { visitor: viewer.visitor, kind: viewer.kind, resume })
  }

  const placeOf = ({ visitor }: Viewer) => ({ among: 'session' in visitor ? attendees : others, id: actorOf(visitor).id })

  function remember(viewer: Viewer): void {
    const { among, id } = placeOf(viewer)
    const own = among.get(id) ?? []
    among.set(id, own)
    own.push(viewer)
    if (among === attendees && own.length > limits.socketsPerAttendee) own[0]?.transport.end('session_replaced')
  }

  function newMedia(viewer: Viewer): MediaAccess | null {
    const media = options.mediaAccess(viewer.visitor)
    // A sixth of the lifetime is left for the page to take over the new one.
    viewer.mediaRenewAt = media === null ? undefined : media.expiresAt - (media.expiresAt - now()) / 6
    return media
  }

  function sendReady(viewer: Viewer, { draft, held, people }: { draft: Draft; held: Frame[] | undefined; people: string }): void {
    // Gone meanwhile, or entered anew.
    if (viewer.ended || viewer.held === undefined || viewer.held !== held) return
    const views = viewsFor(viewer.kind).flatMap((table) => table.all())
    release(viewer, readyFrame(draft, { visitor: viewer.visitor, people, views, media: newMedia(viewer), now: now() }))
  }

  /** Gives whole groups a new `ready` with everything. */
  async function resync(room: Room, whom: readonly Group[]): Promise<void> {
    const entered = await room.read(() => {
      if (current?.room !== room) return []
      toldEpoch = room.epoch
      const viewers = whom.flatMap((group) => [...group.viewers])
      for (const group of groups) if (whom.includes(group)) group.toldTo = room.seq
      return viewers.map((viewer) => ({ viewer, draft: enter(room, viewer), held: viewer.held }))
    })
    const names = new Map<readonly string[], Set<string>>()
    for (const { draft } of entered) {
      const wanted = names.get(draft.mentions) ?? new Set(draft.mentions)
      for (const id of draft.selfMentions) wanted.add(id)
      names.set(draft.mentions, wanted)
    }
    const people = new Map<readonly string[], string>()
    for (const [mentions, wanted] of names) people.set(mentions, await namesJson(wanted))
    await inSlices(entered, ({ viewer, draft, held }) => sendReady(viewer, { draft, held, people: people.get(draft.mentions) ?? '[]' }))
  }

  function confirm({ transport }: Viewer, visitor: MemberVisitor | ScreenVisitor): void {
    visitor.confirm().catch((error: unknown) => {
      // An outage says nothing about him.
      if (error instanceof Refusal && errorRow(error.code).status < 500) transport.end(error.code)
    })
  }

  /** Ends those whose sessions have run out, unless they were renewed, here or on another node. An outage ends nobody. */
  async function endExpired(expired: readonly Viewer[]): Promise<void> {
    const ids = new Set(expired.flatMap(({ visitor }) => ('session' in visitor ? visitor.session.id : [])))
    const terms = await options.termsOf([...ids])
    await inSlices(expired, (viewer) => {
      if (viewer.ended || !('session' in viewer.visitor)) return
      const { tokenEndsAt: _, ...session } = viewer.visitor.session
      const renewed = terms.get(session.id)
      if (renewed !== undefined) viewer.visitor = { session: { ...session, ...renewed } }
      const end = options.endOf(viewer.visitor)
      if (end.at <= now()) viewer.transport.end(end.code)
    })
  }

  // The tick.

  function schedule(at = notBefore): void {
    if (closed || telling || current === undefined || (timer !== undefined && timerAt <= at)) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(work, Math.max(0, at - performance.now())).unref()
  }

  async function work(): Promise<void> {
    timer = undefined
    telling = true
    const startedAt = performance.now()
    const run = current
    let pause = 0
    try {
      if (run !== undefined) await tick(run.room)
    } catch (error) {
      pause = pauseMs
      if (!(error instanceof RunGone)) log.warn({ error }, 'a tick failed')
    }
    telling = false
    const endedAt = performance.now()
    // However many there are, half of the time is left to others.
    notBefore = Math.max(startedAt + tickMs(hub.sockets()), endedAt + (endedAt - startedAt), endedAt + pause)
    if (run !== current || groups.some((group) => group.viewers.size > 0 && group.toldTo < (run?.room.seq ?? 0))) schedule()
    else if (groups.some(({ kind, viewers }) => viewers.size > 0 && viewsFor(kind).some((views) => views.waiting())))
      schedule(Math.max(notBefore, viewsDueAt))
  }

  /** The log has moved, here or elsewhere. */
  function moved(): void {
    if (hub.sockets() > 0) schedule()
    else current?.room.takeConcerned()
  }

  async function tick(room: Room): Promise<void> {
    const look = await room.read(() => lookAt(room))
    if (look.epoch !== toldEpoch) return await resync(room, groups)
    for (const { group, items } of look.tellings) {
      const people = items === undefined ? '' : await namesJson(items.flatMap((item) => item.mentions))
      if (current?.room !== room) return
      if (items === undefined) await resync(room, [group])
      else await tellGroup(room, group, { items, people, to: look.seq, epoch: look.epoch, views: look.views })
      if (current?.room !== room) return
    }
    for (const { viewers, frame } of look.selves) for (const viewer of viewers) tell(viewer, frame)
  }

  /** Everything that a tick tells, looked at in one go: views and `self` are of the same state as the items. */
  function lookAt(room: Room) {
    const { epoch, seq } = room
    refreshViews(room)
    const due = performance.now() >= viewsDueAt
    const platform = due ? platformViews.take() : []
    const platformFrames = platform.map((json) => frameOf(json))
    const views = new Map(
      groups
        .filter((group) => group.viewers.size > 0)
        .map(({ kind }) => {
          const own = due ? (activityViews.get(kind)?.take() ?? []) : []
          return [kind, [...platformFrames, ...own.map((json) => frameOf(json))]] as const
        }),
    )
    if ([...views.values()].some((frames) => frames.length > 0)) viewsDueAt = performance.now() + limits.viewMs
    const tellings = groups
      .filter((group) => group.viewers.size > 0)
      .map((group): Telling => {
        const entries = room.after(group.toldTo)
        const items = entries === undefined ? undefined : toldOf({ room, rules, kind: group.kind }, entries)
        return { group, items: items !== undefined && isTellable(items) ? items : undefined }
      })
    const selves = [...room.takeConcerned()].flatMap(([actorId, names]) => {
      const own = [...(attendees.get(actorId) ?? []), ...(others.get(actorId) ?? [])].filter(({ kind }) => kind !== 'outside')
      if (own.length === 0) return []
      return [...names].flatMap((name) => {
        const activity = activityNamed(rules, name)
        if (activity === undefined) return []
        const viewers = own.filter(({ kind }) => audienceOf(kind, activity) !== undefined)
        const value = activity.self(room.state(name), actorId)
        return [{ viewers, frame: frameOf(JSON.stringify({ t: 'self', activity: name, seq, value })) }]
      })
    })
    return { epoch, seq, views, tellings, selves }
  }

  async function tellGroup(
    room: Room,
    group: Group,
    told: { items: readonly ToldItem[]; people: string; to: number; epoch: string; views: ReadonlyMap<ViewerKind, readonly Frame[]> },
  ): Promise<void> {
    const { items, people, to, epoch } = told
    const views = told.views.get(group.kind) ?? []
    const viewsAlone = views.length === 0 ? undefined : bundle(views)
    // Nearly all stand at the same entry; those who have just come stand between.
    const ranges = new Map<number, Frame | undefined>()
    const rangeAfter = (seq: number): Frame | undefined => {
      if (ranges.has(seq)) return ranges.get(seq)
      const missing = items.filter((item) => item.seq > seq)
      const silent = missing.length === 0 && to - seq < silentEntries
      const frame = silent ? undefined : bundle([logFrame({ epoch, from: seq + 1, to, items: missing, people }), ...views])
      ranges.set(seq, frame)
      return frame
    }
    await inSlices(group.viewers, (viewer) => {
      // The program looks at another run since, or this one came later and was told it all.
      if (current?.room !== room || viewer.seq > to) return
      const frame = viewer.seq < to ? rangeAfter(viewer.seq) : undefined
      if (frame !== undefined) viewer.seq = to
      const all = frame ?? viewsAlone
      if (all !== undefined) tell(viewer, all)
    })
    group.toldTo = Math.max(group.toldTo, to)
  }

  const hub = {
    /** Sockets and streams on this node. */
    sockets: (): number => groups.reduce((sum, group) => sum + group.viewers.size, 0),
    /** Attendees on this node, however many sockets each has. */
    attendees: (): number => attendees.size,
    /** The sessions of these attendees; one with several sockets comes several times. */
    *sessions(): Iterable<Session> {
      for (const viewers of attendees.values()) for (const { visitor } of viewers) if ('session' in visitor) yield visitor.session
    },

    /** Looks at another run from now on; everybody begins anew. */
    async follow(run: Run): Promise<void> {
      current?.room.listen(undefined)
      current = run
      run.room.listen(moved)
      await resync(run.room, groups)
    },

    /** Takes somebody in and sends the `ready`. @throws RunGone when there is nothing to see any more */
    async join(viewer: Viewer, resume?: Position): Promise<void> {
      while (!viewer.ended) {
        const run = current
        if (run === undefined) throw new RunGone('this program has no run')
        const { room } = run
        // Another node may have told the client more than this one has read.
        if (resume !== undefined && resume.epoch === room.epoch && resume.seq > room.seq) await run.catchUp()
        const draft = await room.read(() => (current === run && !viewer.ended ? enter(room, viewer, resume) : undefined))
        if (draft === undefined) continue
        const { held } = viewer
        remember(viewer)
        const people = await namesJson([actorOf(viewer.visitor).id, ...draft.mentions, ...draft.selfMentions])
        return sendReady(viewer, { draft, held, people })
      }
    },

    leave(viewer: Viewer): void {
      viewer.ended = true
      viewer.held = undefined
      groupOf(viewer.kind).viewers.delete(viewer)
      const { among, id } = placeOf(viewer)
      const own = among.get(id)?.filter((other) => other !== viewer) ?? []
      if (own.length === 0) among.delete(id)
      else among.set(id, own)
    },

    publish<Key extends keyof PlatformViews>(key: Key, value: PlatformViews[Key]): void {
      if (platformViews.set(key, value)) schedule()
    },

    /** Ends those for whom `which` names a refusal. */
    async end(which: (visitor: Visitor) => ErrorCode | undefined): Promise<void> {
      await inSlices(everybody(), (viewer) => {
        const code = which(viewer.visitor)
        if (code !== undefined) viewer.transport.end(code)
      })
    },

    /** Asks again for media addresses where there was none: the program's state has changed. */
    offerMedia(): void {
      for (const viewer of everybody()) viewer.mediaRenewAt ??= 0
    },

    /** What is due by the clock: expired sessions, media addresses, beats. One timer for all, none for a socket. */
    async sweep(): Promise<void> {
      const at = now()
      const beats = new Map<number, Frame>()
      const expired: Viewer[] = []
      await inSlices(everybody(), (viewer) => {
        if (viewer.ended || viewer.held !== undefined) return
        const end = 'session' in viewer.visitor ? options.endOf(viewer.visitor) : undefined
        if (end !== undefined && end.at <= at) {
          expired.push(viewer)
          return
        }
        if (viewer.mediaRenewAt !== undefined && viewer.mediaRenewAt <= at) {
          const media = newMedia(viewer)
          if (media !== null) tell(viewer, frameOf(JSON.stringify({ t: 'media', ...media })))
        }
        if (viewer.nextBeatAt > at) return
        viewer.nextBeatAt = at + limits.beatMs
        if (!viewer.transport.probe()) return
        if ('confirm' in viewer.visitor) confirm(viewer, viewer.visitor)
        const { toldTo } = groupOf(viewer.kind)
        if (viewer.seq < toldTo && toldEpoch !== undefined) {
          tell(viewer, logFrame({ epoch: toldEpoch, from: viewer.seq + 1, to: toldTo, items: [], people: '[]' }))
          viewer.seq = toldTo
        }
        const beat = beats.get(viewer.seq) ?? frameOf(JSON.stringify({ t: 'beat', now: at, seq: viewer.seq }))
        beats.set(viewer.seq, beat)
        tell(viewer, beat)
      })
      if (expired.length > 0) await endExpired(expired)
    },

    close(): void {
      closed = true
      clearTimeout(timer)
      current?.room.listen(undefined)
      current = undefined
    },
  }
  return hub
}

export type Hub = ReturnType<typeof createHub>

function logFrame(range: { epoch: string; from: number; to: number; items: readonly ToldItem[]; people: string }): Frame {
  const { epoch, from, to, items, people } = range
  const json = `{"t":"log","epoch":"${epoch}","from":${from},"to":${to},"items":[${items.map((item) => item.json).join()}],"people":${people}}`
  return frameOf(json, { epoch, seq: to })
}

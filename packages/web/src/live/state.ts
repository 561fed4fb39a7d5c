// Owns: what a client holds of a program, and how each frame changes it. Pure: no socket, no clock.
import {
  type ActivityName,
  type ActivityStates,
  type ActivityView,
  activityViews,
  type ErrorCode,
  isActivityName,
  type LogItem,
  type MediaAccess,
  type Person,
  type PlatformViews,
  type Position,
  type Problem,
  type ServerFrame,
} from '@voila/protocol'

/**
 * connecting: the first time; open: frames flow; waiting: lost, to be tried again (`code` where the server said why); ended: for good,
 * with what the server says about it where it could be asked.
 */
export type Connection =
  | { readonly phase: 'connecting' | 'open' }
  | { readonly phase: 'waiting'; readonly online: boolean; readonly code?: ErrorCode }
  | { readonly phase: 'ended'; readonly code: ErrorCode; readonly problem?: Problem }

export type LiveState = {
  readonly connection: Connection
  /** The last position applied; undefined before the first `ready`. */
  readonly position: Position | undefined
  /** Counts snapshots: what was gathered beside the state (pages of history) is void when it changes. */
  readonly snapshots: number
  readonly self: Person | undefined
  readonly people: ReadonlyMap<string, Person>
  readonly views: Partial<PlatformViews>
  readonly activities: Partial<ActivityStates>
}

export const initialState: LiveState = {
  connection: { phase: 'connecting' },
  position: undefined,
  snapshots: 0,
  self: undefined,
  people: new Map(),
  views: {},
  activities: {},
}

/** `media` is told where the frame carried media access (null: no picture for this attendee now). */
export type Applied = { readonly state: LiveState; readonly items: readonly LogItem[]; readonly media?: MediaAccess | null }

type AnyActivities = Partial<Record<ActivityName, { view: unknown; self: unknown }>>

const viewOf = (name: ActivityName): ActivityView<unknown> => activityViews[name] as unknown as ActivityView<unknown>
const platformViews: ReadonlySet<string> = new Set<keyof PlatformViews>(['program', 'stream', 'audience'])

/** Adds people, keeping the same map when nobody is new or renamed. */
export function withPeople(known: ReadonlyMap<string, Person>, people: readonly Person[]): ReadonlyMap<string, Person> {
  const changed = people.filter((person) => {
    const old = known.get(person.id)
    return old === undefined || old.displayName !== person.displayName || old.team !== person.team || old.guest !== person.guest
  })
  return changed.length === 0 ? known : new Map([...known, ...changed.map((person) => [person.id, person] as const)])
}

function fold(state: LiveState, name: string, change: (activity: ActivityView<unknown>, view: unknown) => unknown): LiveState {
  if (!isActivityName(name)) return state
  const held: AnyActivities = state.activities
  const own = held[name]
  if (own === undefined) return state
  const changed = { ...held, [name]: { ...own, view: change(viewOf(name), own.view) } }
  return { ...state, activities: changed as Partial<ActivityStates> }
}

function reduceItems(state: LiveState, items: readonly LogItem[]): LiveState {
  return items.reduce((before, item) => fold(before, item.activity, (activity, view) => activity.reduce(view, item)), state)
}

function mergeView(state: LiveState, key: string, value: unknown): LiveState {
  if (platformViews.has(key)) return { ...state, views: { ...state.views, [key]: value } }
  return fold(state, key.split('.')[0] ?? '', (activity, view) => activity.merge(view, key, value))
}

function withSelf(state: LiveState, name: string, value: unknown): LiveState {
  if (!isActivityName(name)) return state
  const held: AnyActivities = state.activities
  const own = held[name]
  if (own === undefined) return state
  return { ...state, activities: { ...held, [name]: { ...own, self: value } } as Partial<ActivityStates> }
}

/**
 * The state after a frame; versions of views are kept in `versions` (latest wins; they start anew with every `ready`).
 * Answers 'gap' where the frame does not follow on the position held: the caller has to resume.
 */
export function applyFrame(state: LiveState, frame: ServerFrame, versions: Map<string, number>): Applied | 'gap' {
  switch (frame.t) {
    case 'ready': {
      versions.clear()
      const snapshot = frame.resumed ? undefined : (frame.snapshot ?? {})
      if (snapshot === undefined && state.position?.epoch !== frame.epoch) return 'gap'
      const items = frame.resumed ? (frame.items ?? []).filter((item) => item.seq > (state.position?.seq ?? 0)) : []
      let next: LiveState = {
        ...state,
        connection: { phase: 'open' },
        position: { epoch: frame.epoch, seq: frame.seq },
        self: frame.self.attendee,
        people: withPeople(state.people, [...frame.people, frame.self.attendee]),
      }
      if (snapshot !== undefined) {
        const told = Object.entries(snapshot).map(([name, view]) => [name, { view, self: frame.self.activities[name] }])
        next = { ...next, snapshots: state.snapshots + 1, activities: Object.fromEntries(told) }
      }
      next = reduceItems(next, items)
      for (const [name, value] of Object.entries(frame.self.activities)) next = withSelf(next, name, value)
      for (const view of frame.views) {
        versions.set(view.key, view.version)
        next = mergeView(next, view.key, view.value)
      }
      return { state: next, items, media: frame.media }
    }
    case 'log': {
      const { position } = state
      if (position === undefined || frame.epoch !== position.epoch || frame.from > position.seq + 1) return 'gap'
      if (frame.to <= position.seq) return { state, items: [] }
      const items = frame.items.filter((item) => item.seq > position.seq)
      const next = { ...state, position: { epoch: frame.epoch, seq: frame.to }, people: withPeople(state.people, frame.people) }
      return { state: reduceItems(next, items), items }
    }
    case 'view':
      if (frame.version <= (versions.get(frame.key) ?? -Infinity)) return { state, items: [] }
      versions.set(frame.key, frame.version)
      return { state: mergeView(state, frame.key, frame.value), items: [] }
    case 'self':
      return { state: withSelf(state, frame.activity, frame.value), items: [] }
    case 'media':
      return { state, items: [], media: { url: frame.url, expiresAt: frame.expiresAt } }
    default:
      return { state, items: [] }
  }
}

// Owns: what a kind of viewer is told of a room, as JSON, and whose names that needs.
import { type Entry, type LogItem, limits } from '@voila/protocol'
import type { Room } from './room.ts'
import { activityNamed, audienceOf, type Rules, type ViewerKind } from './rules.ts'

/** Items told of a range of entries, each as JSON. */
export type ToldItem = { readonly seq: number; readonly json: string; readonly mentions: readonly string[] }

/**
 * Adds to `found` whoever of `people` stands in a value, as a text or as a key. Only those who took part in the run are looked for, so an
 * id in somebody's message can reveal no name that is not shown anyway.
 */
function addMentions(value: unknown, people: ReadonlySet<string>, found: Set<string>): void {
  if (typeof value === 'string') {
    if (people.has(value)) found.add(value)
  } else if (Array.isArray(value)) {
    for (const each of value) addMentions(each, people, found)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      if (people.has(key)) found.add(key)
      addMentions(each, people, found)
    }
  }
}

export function mentionsIn(room: Room, value: unknown): Set<string> {
  const found = new Set<string>()
  addMentions(value, room.people, found)
  return found
}

/** What these entries tell this kind of viewer by the room's present state, so that nothing removed is told. */
export function toldOf({ room, rules, kind }: Place, entries: readonly Entry[]): ToldItem[] {
  if (kind === 'outside') return []
  return entries.flatMap((entry) => {
    const activity = activityNamed(rules, entry.activity)
    const audience = activity === undefined ? undefined : audienceOf(kind, activity)
    if (activity === undefined || audience === undefined) return []
    const told = activity.publish(entry, room.state(entry.activity), audience)
    if (told === undefined) return []
    const { seq, at } = entry
    const actorId = told.actorId === null ? null : entry.actorId
    const item: LogItem = { ...told, seq, at, activity: entry.activity, actorId }
    return [{ seq, json: JSON.stringify(item), mentions: [...mentionsIn(room, item)] }]
  })
}

/** Beyond this much JSON the missed range is not worth telling: a snapshot is smaller, and a slow client would never catch up. */
const rangeUnits = 256 * 1024

/** Whether a range is small enough to be told item by item. */
export function isTellable(items: readonly ToldItem[]): boolean {
  return items.length <= limits.resumeEntries && items.reduce((units, item) => units + item.json.length, 0) <= rangeUnits
}

type Place = { readonly room: Room; readonly rules: Rules; readonly kind: ViewerKind }

/** The activities that are for a kind of viewer, with what is so in them. Outside, that is the state before the first entry. */
function shown({ room, rules, kind }: Place) {
  return Object.values(rules).flatMap((activity) => {
    const audience = audienceOf(kind, activity)
    const state = kind === 'outside' ? activity.initial() : room.state(activity.name)
    return audience === undefined ? [] : [{ activity, audience, state }]
  })
}

/** Everything, per activity. */
export function snapshotOf(place: Place): { json: string; mentions: string[] } {
  const snapshot = Object.fromEntries(
    shown(place).map(({ activity, audience, state }) => [activity.name, activity.snapshot(state, audience)]),
  )
  return { json: JSON.stringify(snapshot), mentions: [...mentionsIn(place.room, snapshot)] }
}

/** What each activity tells one visitor alone. */
export function selfOf(place: Place, actorId: string): Record<string, unknown> {
  return Object.fromEntries(shown(place).map(({ activity, state }) => [activity.name, activity.self(state, actorId)]))
}

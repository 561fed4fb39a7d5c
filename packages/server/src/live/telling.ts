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
export function toldOf({ room, rules, kind }: { room: Room; rules: Rules; kind: ViewerKind }, entries: readonly Entry[]): ToldItem[] {
  return entries.flatMap((entry) => {
    const activity = activityNamed(rules, entry.activity)
    const audience = activity === undefined ? undefined : audienceOf(kind, activity)
    if (activity === undefined || audience === undefined) return []
    const told = activity.publish(entry, room.state(entry.activity), audience)
    if (told === undefined) return []
    const { seq, at, actorId } = entry
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

/** Everything, per activity. Viewers outside are told of the state before the first entry. */
export function snapshotOf({ room, rules, kind }: { room: Room; rules: Rules; kind: ViewerKind }): { json: string; mentions: string[] } {
  const snapshot = Object.fromEntries(
    Object.values(rules).map((activity) => {
      const audience = audienceOf(kind, activity)
      const told =
        audience === undefined ? activity.snapshot(activity.initial(), 'attendees') : activity.snapshot(room.state(activity.name), audience)
      return [activity.name, told]
    }),
  )
  return { json: JSON.stringify(snapshot), mentions: [...mentionsIn(room, snapshot)] }
}

/** What each activity tells one attendee alone. */
export function selfOf({ room, rules, kind }: { room: Room; rules: Rules; kind: ViewerKind }, actorId: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.values(rules).map((activity) => [
      activity.name,
      activity.self(kind === 'outside' ? activity.initial() : room.state(activity.name), actorId),
    ]),
  )
}

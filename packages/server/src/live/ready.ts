// Owns: what a `ready` says: the missed range or everything, never a part.
import type { MediaAccess, Position } from '@voila/protocol'
import { type Frame, frameOf } from './frame.ts'
import type { Room } from './room.ts'
import type { Rules, ViewerKind } from './rules.ts'
import { isTellable, mentionsIn, selfOf, snapshotOf, toldOf } from './telling.ts'
import { actorOf, personOf, type Visitor } from './visitor.ts'

/** A room as a viewer finds it, looked at in one go. Names are read afterwards. */
export type Draft = {
  readonly epoch: string
  readonly seq: number
  readonly content: string
  /** Whose names the content needs. The same array for all who get the same snapshot. */
  readonly mentions: readonly string[]
  readonly self: string
  readonly selfMentions: readonly string[]
}

export function createDrafts({ rules }: { rules: Rules }) {
  type Snapshot = { room: Room; epoch: string; seq: number; json: string; mentions: readonly string[] }
  const snapshots = new Map<ViewerKind, Snapshot>()

  /** Made once for all who come at the same state: after a restart thousands do. */
  function snapshotAt(room: Room, kind: ViewerKind): Snapshot {
    const { epoch, seq } = room
    const known = snapshots.get(kind)
    if (known?.room === room && known.epoch === epoch && known.seq === seq) return known
    const made = { room, epoch, seq, ...snapshotOf({ room, rules, kind }) }
    snapshots.set(kind, made)
    return made
  }

  function missed(room: Room, kind: ViewerKind, resume: Position): { content: string; mentions: readonly string[] } | undefined {
    if (resume.epoch !== room.epoch || resume.seq > room.seq) return undefined
    const entries = room.after(resume.seq)
    if (entries === undefined) return undefined
    const items = toldOf({ room, rules, kind }, entries)
    if (!isTellable(items)) return undefined
    return {
      content: `"resumed":true,"items":[${items.map((item) => item.json).join()}]`,
      mentions: [...new Set(items.flatMap((item) => item.mentions))],
    }
  }

  return {
    /** To be called inside `room.read`. */
    look(room: Room, { visitor, kind, resume }: { visitor: Visitor; kind: ViewerKind; resume?: Position | undefined }): Draft {
      const range = resume === undefined ? undefined : missed(room, kind, resume)
      const snapshot = range === undefined ? snapshotAt(room, kind) : undefined
      const self = selfOf({ room, rules, kind }, actorOf(visitor).id)
      return {
        epoch: room.epoch,
        seq: room.seq,
        content: range?.content ?? `"resumed":false,"snapshot":${snapshot?.json}`,
        mentions: range?.mentions ?? snapshot?.mentions ?? [],
        self: JSON.stringify(self),
        selfMentions: [...mentionsIn(room, self)],
      }
    },
  }
}

/** The frame itself. `people` and each of `views` are JSON; `now` is Unix milliseconds. */
export function readyFrame(
  { epoch, seq, content, self }: Draft,
  more: { visitor: Visitor; people: string; views: readonly string[]; media: MediaAccess | null; now: number },
): Frame {
  const members = [
    '"t":"ready"',
    `"now":${more.now}`,
    `"epoch":"${epoch}"`,
    `"seq":${seq}`,
    content,
    `"people":${more.people}`,
    `"views":[${more.views.join()}]`,
    `"self":{"attendee":${JSON.stringify(personOf(more.visitor))},"activities":${self}}`,
    `"media":${JSON.stringify(more.media)}`,
  ]
  return frameOf(`{${members.join()}}`, { epoch, seq })
}

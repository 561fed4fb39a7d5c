// Owns: one visitor's connection as the hub sees it, whichever way it is made.
import { type ErrorCode, limits } from '@voila/protocol'
import type { Frame } from './frame.ts'
import type { ViewerKind } from './rules.ts'
import type { Visitor } from './visitor.ts'

/** A socket or an event stream. Writing to one that has ended does nothing. */
export type Transport = {
  send(frame: Frame): void
  /** Ends with a refusal of the table, told as a close code or a last event. */
  end(code: ErrorCode): void
  /** Asks the other side for a sign of life; answers false when it has given none for too long. */
  probe(): boolean
}

/**
 * Small, as there are thousands. `visitor`: replaced when his session goes on. `seq`: the entry up to which it has been told. `held`: while its `ready` is being made, what must come
 * after it. Times are Unix milliseconds; `mediaRenewAt` undefined: there is no picture for it.
 */
export type Viewer = {
  visitor: Visitor
  readonly transport: Transport
  kind: ViewerKind
  seq: number
  held: Frame[] | undefined
  nextBeatAt: number
  mediaRenewAt: number | undefined
  ended: boolean
}

/** Somebody who has yet to enter. */
export function newViewer({ visitor, transport, now }: { visitor: Visitor; transport: Transport; now: number }): Viewer {
  return {
    visitor,
    transport,
    kind: 'outside',
    seq: 0,
    held: undefined,
    nextBeatAt: now + limits.beatMs,
    mediaRenewAt: undefined,
    ended: false,
  }
}

/** Frames that may wait for one `ready`. */
const maxHeld = 1_000

/** Tells a viewer something, after its `ready` if that is still being made. */
export function tell(viewer: Viewer, frame: Frame): void {
  if (viewer.ended) return
  if (viewer.held === undefined) viewer.transport.send(frame)
  else if (viewer.held.push(frame) > maxHeld) viewer.transport.end('too_slow')
}

/** Sends the `ready` and whatever had to wait for it. */
export function release(viewer: Viewer, ready: Frame): void {
  const held = viewer.held ?? []
  viewer.held = undefined
  if (viewer.ended) return
  viewer.transport.send(ready)
  for (const frame of held) viewer.transport.send(frame)
}

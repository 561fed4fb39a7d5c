// Owns: how many reactions float over the picture, and from where: out of how the sums grow, never more than can be looked at.
import { type ReactionKind, type ReactionTotals, reactionKinds } from '@voila/protocol'
import { useEffect, useRef, useState } from 'react'
import type { LiveClient } from '../../live/index.ts'
import { useLive } from '../use-live.ts'

export type Float = { readonly id: number; readonly kind: ReactionKind; readonly left: number; readonly delayMs: number }

/** At once, and of one growth of the sums, of which there are two a second. */
const most = 30
const mostAtOnce = 10
const spreadMs = 450
const lastsMs = 3_200

/** What floats for this growth: each kind in proportion, and each that grew at least once while there is room. */
export function floatsOf(before: ReactionTotals, after: ReactionTotals): ReactionKind[] {
  const grown = (Object.keys(reactionKinds) as ReactionKind[])
    .map((kind) => ({ kind, by: (after[kind] ?? 0) - (before[kind] ?? 0) }))
    .filter(({ by }) => by > 0)
  const sum = grown.reduce((total, { by }) => total + by, 0)
  const scale = Math.min(1, mostAtOnce / Math.max(1, sum))
  return grown.flatMap(({ kind, by }) => Array<ReactionKind>(Math.max(1, Math.floor(by * scale))).fill(kind)).slice(0, mostAtOnce)
}

export function useFloats(client: LiveClient): readonly Float[] {
  const totals = useLive(client, (state) => state.activities.reactions?.view.totals)
  const snapshots = useLive(client, (state) => state.snapshots)
  const before = useRef<{ snapshots: number; totals: ReactionTotals }>(undefined)
  const nextId = useRef(0)
  const [floats, setFloats] = useState<readonly Float[]>([])
  useEffect(() => {
    if (totals === undefined) return
    const last = before.current
    before.current = { snapshots, totals }
    // What happened while one was away floats no more.
    if (last === undefined || last.snapshots !== snapshots || document.hidden) return
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const fresh = floatsOf(last.totals, totals).map((kind): Float => {
      nextId.current += 1
      return { id: nextId.current, kind, left: 4 + Math.random() * 88, delayMs: Math.random() * spreadMs }
    })
    if (fresh.length === 0) return
    setFloats((now) => [...now, ...fresh].slice(-most))
    const ids = new Set(fresh.map(({ id }) => id))
    setTimeout(() => setFloats((now) => now.filter(({ id }) => !ids.has(id))), lastsMs + spreadMs)
  }, [totals, snapshots])
  return floats
}

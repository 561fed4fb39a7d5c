// Owns: what the team did last in this control room, and how it is taken back.
import type { Ack, ErrorCode } from '@voila/protocol'
import { useCallback, useMemo, useState } from 'react'

export type Send = (command: { type: string; [key: string]: unknown }) => Promise<Ack>

/** `says`: what was done, as it is told beside the button that takes it back. */
export type Doing = {
  readonly command: Parameters<Send>[0]
  readonly says?: string
  /** Takes it back; `seq` is the place in the log that it got. */
  readonly back?: (seq: number) => Parameters<Send>[0]
}

type Done = { readonly key: number; readonly says: string; readonly back: Parameters<Send>[0] }

export type Deeds = {
  /** Does something; it can be taken back once it has happened. Answers whether it did. */
  act(doing: Doing): Promise<boolean>
  /** The latest that can be taken back. */
  readonly last: Done | undefined
  undo(): void
  /** Why the latest was refused. */
  readonly refused: ErrorCode | undefined
  dismiss(): void
}

/** How far back one can go. */
const remembered = 20

export function useDeeds(send: Send): Deeds {
  const [done, setDone] = useState<readonly Done[]>([])
  const [refused, setRefused] = useState<ErrorCode>()
  const act = useCallback(
    async ({ command, says, back }: Doing): Promise<boolean> => {
      const ack = await send(command)
      setRefused('refused' in ack ? ack.refused.code : undefined)
      if ('refused' in ack) return false
      if (says !== undefined && back !== undefined) {
        setDone((list) => [...list, { key: (list.at(-1)?.key ?? 0) + 1, says, back: back(ack.seq) }].slice(-remembered))
      }
      return true
    },
    [send],
  )
  const last = done.at(-1)
  const undo = useCallback(() => {
    if (last === undefined) return
    setDone((list) => list.filter((each) => each.key !== last.key))
    void act({ command: last.back })
  }, [last, act])
  const dismiss = useCallback(() => {
    setRefused(undefined)
    setDone([])
  }, [])
  return useMemo(() => ({ act, last, undo, refused, dismiss }), [act, last, undo, refused, dismiss])
}

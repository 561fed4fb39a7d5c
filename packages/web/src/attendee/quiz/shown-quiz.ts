// Owns: what of the quiz is shown now, in the time of this page's own picture; and telling the server how late that picture is.
import type { QuizNow, QuizSelf } from '@voila/protocol'
import { useEffect, useState } from 'react'
import type { LiveClient } from '../../live/index.ts'
import { pictureDelay, useCue, useInTime } from '../cue.ts'
import { useLive } from '../use-live.ts'

export type ShownQuiz = { readonly now: QuizNow | null; readonly self: QuizSelf; readonly stands: boolean }

/** What was told of another step stays unseen until the picture has come to it: what was shown before stands until then. */
export function useShownQuiz(client: LiveClient): ShownQuiz {
  const now = useLive(client, (state) => state.activities.quiz?.view.current ?? null)
  const self = useLive(client, (state) => state.activities.quiz?.self ?? null)
  const shown = useInTime(client, { now, self }, now?.at) ?? { now: null, self }
  const pausedAt = now?.question?.pausedAt ?? undefined
  const stands = useCue(client, pausedAt) && pausedAt !== undefined
  return { ...shown, stands: stands && shown.now === now }
}

const askMs = 1_000

/** Tells before each question how late the picture is, as soon as that is known. */
export function useDelayReport(client: LiveClient, mayAct: boolean): void {
  const id = useLive(client, (state) => state.activities.quiz?.view.current?.id)
  const number = useLive(client, (state) => state.activities.quiz?.view.current?.number)
  const phase = useLive(client, (state) => state.activities.quiz?.view.current?.phase)
  const isTimed = useLive(client, (state) => state.views.program?.cueTiming !== false)
  const isBetween = phase === 'lobby' || phase === 'reveal' || phase === 'leaderboard'
  // biome-ignore lint/correctness/useExhaustiveDependencies: before each question it is told anew
  useEffect(() => {
    if (id === undefined || !isBetween || !mayAct) return
    const tell = (): void => {
      const delayMs = isTimed ? pictureDelay(client) : 0
      if (delayMs === undefined) return
      clearInterval(timer)
      void client.send('quiz', { type: 'report-delay', quiz: id, delayMs: Math.round(delayMs) })
    }
    const timer = setInterval(tell, askMs)
    tell()
    return () => clearInterval(timer)
  }, [client, id, number, isBetween, isTimed, mayAct])
}

const tickMs = 200

/** The server's time, read again and again while something counts down. */
export function useTicking(client: LiveClient, runs: boolean): number {
  const [time, setTime] = useState(client.now)
  useEffect(() => {
    if (!runs) return
    setTime(client.now())
    const timer = setInterval(() => setTime(client.now()), tickMs)
    return () => clearInterval(timer)
  }, [client, runs])
  return time
}

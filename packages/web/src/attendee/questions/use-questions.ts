// Owns: the questions on somebody's page: those that the view holds, and pages of earlier ones.
import { limits, type Question, type QuestionsView } from '@voila/protocol'
import { useCallback, useEffect, useState } from 'react'
import type { LiveClient } from '../../live/index.ts'
import { useLive } from '../use-live.ts'

export type Fetching = 'idle' | 'busy' | 'failed'

type Paged = { readonly questions: readonly Question[]; readonly earlier: boolean }

export function useQuestions(
  client: LiveClient,
  view: QuestionsView,
): { questions: readonly Question[]; earlier: boolean; fetching: Fetching; fetchEarlier(): void } {
  const [paged, setPaged] = useState<Paged>()
  const [fetching, setFetching] = useState<Fetching>('idle')
  const snapshots = useLive(client, (state) => state.snapshots)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a snapshot voids what was gathered before it
  useEffect(() => setPaged(undefined), [snapshots])
  useEffect(
    () =>
      client.onItem((item) => {
        const { question } = item as { question?: Question }
        if (item.activity !== 'questions' || question === undefined) return
        setPaged((held) => held && { ...held, questions: held.questions.map((other) => (other.id === question.id ? question : other)) })
      }),
    [client],
  )

  const inView = new Set(view.questions.map(({ id }) => id))
  const before = paged?.questions.filter(({ id }) => !inView.has(id)) ?? []
  const questions = before.length === 0 ? view.questions : [...before, ...view.questions]
  const oldest = questions[0]?.order

  const fetchEarlier = useCallback(async () => {
    if (oldest === undefined) return
    setFetching('busy')
    try {
      const page = await client.history<Question>('questions', { before: String(oldest), limit: limits.questionPage })
      setPaged((held) => ({ questions: [...page.items, ...(held?.questions ?? [])], earlier: page.nextCursor !== null }))
      setFetching('idle')
    } catch {
      setFetching('failed')
    }
  }, [client, oldest])

  return { questions, earlier: paged?.earlier ?? view.earlier, fetching, fetchEarlier: () => void fetchEarlier() }
}

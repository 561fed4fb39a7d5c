// Owns: how the audience reacts: the sums, and how many a minute.
import { Stack, Text } from '@mantine/core'
import { reactionKinds } from '@voila/protocol'
import { useMemo } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import { ViewerCurve } from '../programs/viewer-curve.tsx'
import type { PanelProps } from './panel-props.ts'
import { Quiet } from './quiet.tsx'
import './quiz.css'

const number = new Intl.NumberFormat()
const minuteMs = 60_000

export function ReactionsPanel({ client }: PanelProps) {
  const view = useLive(client, (state) => state.activities.reactions?.view)
  const points = useMemo(() => {
    if (view === undefined || view.minute === null) return []
    const counts = new Map([...view.minutes, view.minute].map(({ at, count }) => [at, count]))
    const first = view.minutes[0]?.at ?? view.minute.at
    const length = Math.round((view.minute.at - first) / minuteMs) + 1
    // Minutes without any are minutes too.
    return Array.from({ length }, (_, index) => first + index * minuteMs).map((at) => ({ at, count: counts.get(at) ?? 0 }))
  }, [view])
  if (view === undefined) return <Quiet says="Reactions come once the program is live or rehearsed." />
  if (!view.settings.on) return <Quiet says="Reactions are switched off in this program’s Activities tab." />
  if (points.length === 0) return <Quiet says="Nobody has reacted yet. The sums and the curve appear here." />
  return (
    <div className="panel-body panel-scrolls">
      <Stack gap="xs" p="sm">
        <ul className="reaction-sums">
          {view.settings.set.map((kind) => (
            <li key={kind}>
              <span aria-hidden="true">{reactionKinds[kind]}</span> <span className="unseen">{kind}</span>
              {number.format(view.totals[kind] ?? 0)}
            </li>
          ))}
        </ul>
        {points.length > 1 && <ViewerCurve points={points} height={120} says="Reactions a minute" />}
        <Text size="xs" c="dimmed">
          {number.format(points.at(-1)?.count ?? 0)} in the last minute with any
        </Text>
      </Stack>
    </div>
  )
}

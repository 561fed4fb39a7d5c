// Owns: the picture's side of the control room: what attendees see, how the feed is, how many watch.
import { Group, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type Program, programStates } from '@voila/protocol'
import { useMemo, useRef } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'
import { useMay } from '../may.ts'
import { ConfidencePreview } from '../programs/confidence-preview.tsx'
import { curveQuery } from '../programs/program-queries.ts'
import { StreamHealth } from '../programs/stream-health.tsx'
import { ViewerCurve } from '../programs/viewer-curve.tsx'
import { useShortcut } from './use-shortcuts.tsx'

export function ShowColumn({ client, program }: { client: LiveClient; program: Program }) {
  const mayWrite = useMay('stream:write')
  const place = useRef<HTMLDivElement>(null)
  useShortcut('sound', () => place.current?.querySelector<HTMLElement>('[data-sound]')?.click())
  return (
    <div className="room-show" ref={place}>
      <ConfidencePreview programId={program.id} hasPicture={programStates[program.state].picture !== 'none'} />
      <div className="room-show-rest">
        <Viewers client={client} program={program} />
        <StreamHealth programId={program.id} mayWrite={mayWrite} dense />
      </div>
    </div>
  )
}

/** The count comes by the socket, twice a second at most; the curve is asked for, and ends in that count. */
function Viewers({ client, program }: { client: LiveClient; program: Program }) {
  const told = useLive(client, (state) => state.views.audience?.count)
  const { data } = useQuery(curveQuery(program.id))
  const now = told ?? data?.now ?? program.viewers
  const points = useMemo(() => {
    const known = (data?.points ?? []).map(({ at, count }) => ({ at: Date.parse(at), count }))
    return known.length === 0 ? [] : [...known, { at: Math.max(client.now(), (known.at(-1)?.at ?? 0) + 1), count: now }]
  }, [data, now, client])
  const format = new Intl.NumberFormat()
  return (
    <section aria-label="Viewers">
      <Group justify="space-between" align="baseline" gap="xs">
        <Group gap={6} align="center">
          <IconUsers size={18} aria-hidden />
          <Text fw={600} fz="lg">
            {format.format(now)}
          </Text>
          <Text size="sm" c="dimmed">
            watching
          </Text>
        </Group>
        {data !== undefined && (
          <Text size="xs" c="dimmed">
            at most {format.format(Math.max(data.peak, now))}, {format.format(data.total)} in all
          </Text>
        )}
      </Group>
      {points.length > 1 && <ViewerCurve points={points} height={72} axes={false} />}
    </section>
  )
}

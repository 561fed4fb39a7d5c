// Owns: how a program's feed is, in plain words: what to do about it, its measures, and which of its two inputs is shown.
import { Alert, Badge, Group, Input, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconBulb, IconCircleCheck, IconPlugOff } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { StreamAdvice, StreamHealthAnswer, StreamInput, StreamInputAnswer } from '@voila/protocol'
import { api } from '../api.ts'
import { SkeletonRows } from '../pieces/cursor-list.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showProblem } from '../pieces/notes.tsx'
import { clockOf, rateText } from './measures.ts'
import { healthQuery, programPath } from './program-queries.ts'

/** @param props.dense  without the words around it, for the control room */
export function StreamHealth({ programId, mayWrite, dense = false }: { programId: string; mayWrite: boolean; dense?: boolean }) {
  const query = useQuery(healthQuery(programId))
  if (query.isPending) return <SkeletonRows rows={3} />
  if (query.data === undefined) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  const health = query.data
  return (
    <Stack gap={dense ? 'xs' : 'md'}>
      <Standing health={health} />
      {health.advice
        .filter(({ level }) => !dense || level !== 'hint')
        .map((advice) => (
          <Advice key={advice.code} advice={advice} dense={dense} />
        ))}
      {health.shown !== null && <Measures input={health.inputs[health.shown]} dense={dense} />}
      <InputChoice programId={programId} health={health} mayWrite={mayWrite} />
      {!dense && health.lastProblem !== null && !health.advice.some(({ code }) => code === health.lastProblem?.code) && (
        <Text size="xs" c="dimmed">
          The last problem, {new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(Date.parse(health.lastProblem.at))}:{' '}
          {health.lastProblem.says}
        </Text>
      )}
    </Stack>
  )
}

/** One line that says all where all is well. */
function Standing({ health }: { health: StreamHealthAnswer }) {
  const worst = health.advice[0]?.level
  const says = !health.live
    ? 'No feed arrives.'
    : worst === 'problem'
      ? 'The feed has a problem.'
      : worst === 'warning'
        ? 'The feed arrives, with a warning.'
        : 'The feed is good.'
  const Icon = !health.live ? IconPlugOff : worst === 'problem' || worst === 'warning' ? IconAlertTriangle : IconCircleCheck
  const color = !health.live ? 'dimmed' : worst === 'problem' ? 'red' : worst === 'warning' ? 'orange' : 'green'
  return (
    <Group gap="xs" justify="space-between">
      <Group gap={6} role="status" className="standing" data-color={color}>
        <Icon size={18} aria-hidden />
        <Text size="sm" fw={500}>
          {says}
        </Text>
      </Group>
      {health.recording && (
        <Badge color="red" size="sm">
          Recording
        </Badge>
      )}
    </Group>
  )
}

const adviceLooks: Readonly<Record<StreamAdvice['level'], string>> = { problem: 'red', warning: 'orange', hint: 'gray' }

function Advice({ advice, dense }: { advice: StreamAdvice; dense: boolean }) {
  const Icon = advice.level === 'hint' ? IconBulb : IconAlertTriangle
  return (
    <Alert color={adviceLooks[advice.level]} variant="light" p={dense ? 8 : 'sm'} icon={<Icon size={16} aria-hidden />}>
      <Text size="sm">{advice.says}</Text>
    </Alert>
  )
}

const unknown = '–'

function measuresOf({ width, height, fps, bitrate, keyFrameIntervalSeconds, codec, driftMs, connectedSince }: StreamInputAnswer) {
  const [video, audio] = [
    codec?.split(',').find((part) => part.startsWith('avc')),
    codec?.split(',').find((part) => part.startsWith('mp4a')),
  ]
  return [
    [
      'Picture',
      width === null || height === null ? unknown : `${width} × ${height}${fps === null ? '' : `, ${Math.round(fps * 100) / 100} fps`}`,
    ],
    ['Bit rate', bitrate === null ? unknown : rateText(bitrate)],
    ['Key frames', keyFrameIntervalSeconds === null ? unknown : `every ${Math.round(keyFrameIntervalSeconds * 10) / 10} s`],
    ['Sound', codec === null ? unknown : audio === undefined ? 'none' : 'AAC'],
    ['Video codec', video === undefined ? unknown : 'H.264'],
    ['Behind the clock', driftMs === null ? unknown : `${(Math.max(0, Math.round(driftMs / 100)) / 10).toFixed(1)} s`],
    ['Connected for', connectedSince === null ? unknown : clockOf((Date.now() - Date.parse(connectedSince)) / 1_000)],
  ] as const
}

function Measures({ input, dense }: { input: StreamInputAnswer; dense: boolean }) {
  const shown = measuresOf(input).slice(0, dense ? 4 : undefined)
  return (
    <SimpleGrid component="dl" className="measures" cols={dense ? 2 : { base: 2, xs: 3 }} spacing="sm" verticalSpacing="sm">
      {shown.map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm">
            {value}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  )
}

const stateWords: Readonly<Record<StreamInputAnswer['state'], string>> = {
  absent: 'not connected',
  silent: 'connected, sends nothing',
  standby: 'standing by',
  live: 'shown',
}

const choices = [
  { value: 'auto', label: 'Automatic' },
  { value: 'primary', label: 'Primary' },
  { value: 'backup', label: 'Backup' },
]

function InputChoice({ programId, health, mayWrite }: { programId: string; health: StreamHealthAnswer; mayWrite: boolean }) {
  const queryClient = useQueryClient()
  const choosing = useMutation({
    mutationFn: (input: string) => api.send<StreamHealthAnswer>('POST', `${programPath(programId)}/stream-input`, { input }),
    onSuccess: (answer) => queryClient.setQueryData(healthQuery(programId).queryKey, answer),
    onError: showProblem,
  })
  const line = (input: StreamInput): string => `${input === 'primary' ? 'Primary' : 'Backup'}: ${stateWords[health.inputs[input].state]}`
  return (
    <Input.Wrapper
      label="Input"
      labelElement="div"
      description={`${line('primary')}. ${line('backup')}.`}
      inputWrapperOrder={['label', 'input', 'description']}
    >
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label="Which input is shown"
        disabled={!mayWrite || choosing.isPending}
        value={choosing.isPending ? choosing.variables : health.choice}
        data={choices}
        onChange={(input) => choosing.mutate(input)}
      />
    </Input.Wrapper>
  )
}

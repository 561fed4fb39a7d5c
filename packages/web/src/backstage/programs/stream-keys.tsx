// Owns: the addresses and keys of a program's feed: seen, copied, rotated.
import { ActionIcon, Button, Group, Input, Stack, Text, Tooltip } from '@mantine/core'
import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Program, StreamKeyAnswer } from '@voila/protocol'
import { useId, useState } from 'react'
import { api } from '../api.ts'
import { Confirm } from '../pieces/confirm.tsx'
import { CopyButton, CopyField } from '../pieces/copy.tsx'
import { SkeletonRows } from '../pieces/cursor-list.tsx'
import { ErrorNote } from '../pieces/error-note.tsx'
import { showDone } from '../pieces/notes.tsx'
import { programPath, streamKeysQuery } from './program-queries.ts'

type InputName = 'primary' | 'backup'

export function StreamKeys({ program }: { program: Program }) {
  const queryClient = useQueryClient()
  const query = useQuery(streamKeysQuery(program.id))
  const [rotating, setRotating] = useState<InputName>()
  if (query.isPending) return <SkeletonRows rows={4} height={58} />
  if (query.data === undefined) return <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
  const { rtmpUrl, rtmpsUrl, streamKey, backupStreamKey } = query.data

  async function rotate(which: InputName): Promise<void> {
    const keys = await api.send<StreamKeyAnswer>('POST', `${programPath(program.id)}/stream-key`, { rotate: which })
    queryClient.setQueryData(streamKeysQuery(program.id).queryKey, keys)
    showDone(`The ${which} key is another one now. Put it into the encoder.`)
  }

  return (
    <Stack gap="md">
      {rtmpsUrl !== null && <CopyField label="Server, encrypted (RTMPS)" value={rtmpsUrl} what="RTMPS address" />}
      <CopyField label="Server (RTMP)" value={rtmpUrl} what="RTMP address" />
      <SecretField label="Primary key" what="primary stream key" value={streamKey} onRotate={() => setRotating('primary')} />
      <SecretField
        label="Backup key"
        description="For a second encoder. It stands by, and takes over when the first one drops."
        what="backup stream key"
        value={backupStreamKey}
        onRotate={() => setRotating('backup')}
      />
      <Confirm
        opened={rotating !== undefined}
        onClose={() => setRotating(undefined)}
        title={`Rotate the ${rotating ?? ''} key`}
        action="Rotate key"
        onConfirm={() => rotate(rotating ?? 'primary')}
      >
        <Text size="sm">
          The old key stops working at once, and encoders that send to this program are disconnected
          {program.live
            ? `: the feed that is there now ends${program.state === 'live' ? `, and ${program.viewers} attendees see it stop` : ''}`
            : ''}
          . They come back with the new key.
        </Text>
      </Confirm>
    </Stack>
  )
}

type SecretFieldProps = { label: string; description?: string; what: string; value: string; onRotate: () => void }

/** Covered until it is asked for: screens are shared in control rooms. */
function SecretField({ label, description, what, value, onRotate }: SecretFieldProps) {
  const id = useId()
  const [shown, setShown] = useState(false)
  const toggle = shown ? `Hide the ${what}` : `Show the ${what}`
  return (
    <Input.Wrapper id={id} label={label} description={description}>
      <Group gap="xs" wrap="nowrap">
        <Group gap={4} wrap="nowrap" className="copy-field" flex={1} miw={0}>
          <input
            id={id}
            className="mono"
            type={shown ? 'text' : 'password'}
            autoComplete="off"
            readOnly
            value={value}
            size={1}
            onFocus={({ currentTarget }) => shown && currentTarget.select()}
          />
          <Tooltip label={toggle}>
            <ActionIcon size={36} aria-label={toggle} aria-pressed={shown} onClick={() => setShown(!shown)}>
              {shown ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
            </ActionIcon>
          </Tooltip>
          <CopyButton value={value} what={what} />
        </Group>
        <Button variant="default" size="sm" onClick={onRotate} aria-label={`Rotate the ${what}`}>
          Rotate
        </Button>
      </Group>
    </Input.Wrapper>
  )
}

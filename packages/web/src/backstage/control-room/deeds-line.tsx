// Owns: the line that says what was done last in the chat or another panel, and takes it back.
import { Button, CloseButton, Group, Text } from '@mantine/core'
import { type ChatView, errorRow } from '@voila/protocol'
import type { ReactNode } from 'react'
import { clockText } from '../../attendee/chat/durations.ts'
import type { Deeds } from './undo.ts'

type DeedsLineProps = { deeds: Deeds; view: ChatView; nameOf: (id: string) => string; mayWrite: boolean }

/** What was done last, and how it is taken back; a clearing by anybody of the team. */
export function DeedsLine({ deeds, view, nameOf, mayWrite }: DeedsLineProps) {
  const { clearing } = view
  if (deeds.refused !== undefined || deeds.last !== undefined) return <DeedsNote deeds={deeds} />
  if (clearing === null || !mayWrite) return null
  return (
    <Line>
      <Text size="sm" role="status">
        {nameOf(clearing.actorId)} cleared the chat at {clockText(clearing.at)}.
      </Text>
      <Button size="compact-sm" variant="light" onClick={() => void deeds.act({ command: { type: 'restore', clearing: clearing.id } })}>
        Bring it back
      </Button>
    </Line>
  )
}

/** What was done last, and how it is taken back; or why it was refused. Nothing where there was nothing. */
export function DeedsNote({ deeds }: { deeds: Deeds }) {
  if (deeds.refused !== undefined) {
    return (
      <Line onClose={deeds.dismiss}>
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          That did not work. {errorRow(deeds.refused).says}
        </Text>
      </Line>
    )
  }
  if (deeds.last === undefined) return null
  return (
    <Line onClose={deeds.dismiss}>
      <Text size="sm" role="status">
        {deeds.last.says}
      </Text>
      <Button size="compact-sm" variant="light" onClick={deeds.undo}>
        Undo
      </Button>
    </Line>
  )
}

function Line({ onClose, children }: { onClose?: () => void; children: ReactNode }) {
  return (
    <Group gap="xs" wrap="nowrap" className="room-deeds">
      <Group gap="xs" flex={1} justify="space-between">
        {children}
      </Group>
      {onClose !== undefined && <CloseButton size="sm" aria-label="Close this note" onClick={onClose} />}
    </Group>
  )
}

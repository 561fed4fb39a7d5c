// Owns: what the team sets for the whole chat: who may write, how often, and whether it is read first.
import { ActionIcon, Button, Checkbox, Group, Menu, Modal, NativeSelect, Text, Tooltip } from '@mantine/core'
import { IconDots, IconEraser, IconMicrophone } from '@tabler/icons-react'
import { type ChatView, limits } from '@voila/protocol'
import { useState } from 'react'
import { clockText, everyText } from '../../attendee/chat/durations.ts'
import type { Deeds } from './undo.ts'
import { useShortcut } from './use-shortcuts.tsx'

const slowChoicesMs = [5_000, 10_000, 30_000, 60_000, 300_000, limits.chatSlowMaxMs]
const usualSlowMs = 10_000

type BarProps = { view: ChatView; deeds: Deeds; nameOf: (id: string) => string }

/** Shows the settings as they are; a change is a command, and shows when it has happened. */
export function ChatSettingsBar({ view, deeds, nameOf }: BarProps) {
  const [mutedOpen, setMutedOpen] = useState(false)
  const { open, review, slowMs } = view.settings
  const configure = (change: { open?: boolean; review?: boolean; slowMs?: number }): void =>
    void deeds.act({ command: { type: 'configure', ...change } })
  useShortcut('review', () => configure({ review: !review }))
  useShortcut('slow', () => configure({ slowMs: slowMs > 0 ? 0 : usualSlowMs }))
  const muted = Object.entries(view.muted)
  return (
    <Group gap="sm" className="room-settings">
      <Checkbox
        size="xs"
        label="Open"
        title="Off: only the team can write"
        checked={open}
        onChange={(event) => configure({ open: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label="Hold for review"
        title="Messages of attendees wait until the team approves them"
        checked={review}
        onChange={(event) => configure({ review: event.currentTarget.checked })}
      />
      <Group gap={4} wrap="nowrap">
        <Text size="xs" component="label" htmlFor="room-slow">
          Slow mode
        </Text>
        <NativeSelect
          id="room-slow"
          size="xs"
          className="room-slow"
          value={slowMs}
          data={[
            { value: '0', label: 'Off' },
            ...[...new Set([...slowChoicesMs, ...(slowMs > 0 ? [slowMs] : [])])]
              .sort((a, b) => a - b)
              .map((ms) => ({ value: String(ms), label: everyText(ms) })),
          ]}
          onChange={(event) => configure({ slowMs: Number(event.currentTarget.value) })}
        />
      </Group>
      <span className="room-space" />
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Tooltip label="More for the chat">
            <ActionIcon size={28} aria-label="More for the chat">
              <IconDots size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconMicrophone size={16} aria-hidden />}
            disabled={muted.length === 0}
            onClick={() => setMutedOpen(true)}
          >
            {muted.length === 0 ? 'Nobody is muted' : `Muted people (${muted.length})`}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconEraser size={16} aria-hidden />}
            onClick={() =>
              void deeds.act({
                command: { type: 'clear' },
                says: 'Cleared the chat for everybody.',
                back: (clearing) => ({ type: 'restore', clearing }),
              })
            }
          >
            Clear the chat
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={mutedOpen} onClose={() => setMutedOpen(false)} title="Muted people">
        {muted.length === 0 && <Text size="sm">Nobody is muted any more.</Text>}
        <ul className="plain-list">
          {muted.map(([id, until]) => (
            <li key={id}>
              <Group justify="space-between" py={4}>
                <Text size="sm">
                  <bdi>{nameOf(id)}</bdi>{' '}
                  <Text span size="xs" c="dimmed">
                    {until === null ? 'for the whole show' : `until ${clockText(until)}`}
                  </Text>
                </Text>
                <Button size="xs" variant="default" onClick={() => void deeds.act({ command: { type: 'unmute', attendee: id } })}>
                  Unmute
                </Button>
              </Group>
            </li>
          ))}
        </ul>
      </Modal>
    </Group>
  )
}

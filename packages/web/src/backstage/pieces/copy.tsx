// Owns: copying a value: the button that confirms, the field that shows what is copied, and what happens where browsers allow no copying.
import { ActionIcon, Button, Group, Input, Popover, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useEffect, useId, useRef, useState } from 'react'

type CopyState = 'idle' | 'copied' | 'impossible'

/** Browsers offer the clipboard to pages on https and localhost alone; `impossible` then, or where the person forbade it. */
function useCopy(): { state: CopyState; copy(value: string): Promise<void>; dismiss(): void } {
  const [state, setState] = useState<CopyState>('idle')
  useEffect(() => {
    if (state !== 'copied') return
    const timer = setTimeout(() => setState('idle'), 2_000)
    return () => clearTimeout(timer)
  }, [state])
  return {
    state,
    async copy(value) {
      try {
        await navigator.clipboard.writeText(value)
        setState('copied')
      } catch {
        setState('impossible')
      }
    },
    dismiss: () => setState('idle'),
  }
}

const impossible =
  'This page may not copy by itself here, because its address is not https. The text is selected: press Ctrl+C, or ⌘C on a Mac.'

/** Shows a text selected, for the person to copy it. */
function SelectedText({ value }: { value: string }) {
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => field.current?.select(), [])
  return (
    <>
      <Text size="sm" mb="xs">
        {impossible}
      </Text>
      <textarea
        ref={field}
        className="mono copy-text"
        readOnly
        value={value}
        rows={Math.min(6, value.split('\n').length + 1)}
        aria-label="Text to copy"
      />
    </>
  )
}

/**
 * A button that copies `value` and says so. `what` names the value: "Copy program id".
 * `labelled`: with its words beside the icon; else they are told to screen readers and on hovering.
 */
export function CopyButton({
  value,
  what,
  labelled = false,
  size = 'md',
}: {
  value: string
  what: string
  labelled?: boolean
  size?: 'sm' | 'md'
}) {
  const { state, copy, dismiss } = useCopy()
  const words = state === 'copied' ? 'Copied' : `Copy ${what}`
  const icon = state === 'copied' ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
  const onClick = () => void copy(value)
  return (
    <Popover opened={state === 'impossible'} onDismiss={dismiss} width={320} withArrow trapFocus returnFocus shadow="md">
      <Popover.Target>
        {labelled ? (
          <Button variant="default" size={size === 'sm' ? 'xs' : 'sm'} leftSection={icon} onClick={onClick}>
            {words}
          </Button>
        ) : (
          <Tooltip label={words}>
            <ActionIcon size={size === 'sm' ? 28 : 36} color={state === 'copied' ? 'green' : 'gray'} aria-label={words} onClick={onClick}>
              {icon}
            </ActionIcon>
          </Tooltip>
        )}
      </Popover.Target>
      <Popover.Dropdown>
        <SelectedText value={value} />
      </Popover.Dropdown>
      <output className="unseen">{state === 'copied' ? `${what} copied` : ''}</output>
    </Popover>
  )
}

/** A value that is read and copied, never typed: an id, a kid, an address. */
export function CopyField({ label, description, value, what }: { label: string; description?: string; value: string; what: string }) {
  const id = useId()
  return (
    <Input.Wrapper id={id} label={label} description={description}>
      <Group gap={4} wrap="nowrap" className="copy-field">
        <input id={id} className="mono" readOnly value={value} size={1} onFocus={({ currentTarget }) => currentTarget.select()} />
        <CopyButton value={value} what={what} />
      </Group>
    </Input.Wrapper>
  )
}

// Owns: the field in which the team writes: Enter sends, and what was refused stays to be mended.
import { ActionIcon, Group, Text, Textarea, Tooltip } from '@mantine/core'
import { IconSend2 } from '@tabler/icons-react'
import { type Ack, cleanText, type ErrorCode, errorRow } from '@voila/protocol'
import { type KeyboardEvent, type ReactNode, type Ref, useState } from 'react'

type WriterProps = {
  ref?: Ref<HTMLTextAreaElement>
  label: string
  placeholder: string
  maxUnits: number
  /** Stands above the field: what is replied to. */
  above?: ReactNode
  onSend: (text: string) => Promise<Ack>
  onEscape?: () => void
}

export function Writer({ ref, label, placeholder, maxUnits, above, onSend, onEscape }: WriterProps) {
  const [text, setText] = useState('')
  const [sending, setSending] = useState(0)
  const [refused, setRefused] = useState<ErrorCode>()
  const cleaned = cleanText(text)
  const over = cleaned.length - maxUnits
  const may = cleaned !== '' && over <= 0

  async function send(): Promise<void> {
    if (!may) return
    setText('')
    setRefused(undefined)
    setSending((count) => count + 1)
    const ack = await onSend(cleaned)
    setSending((count) => count - 1)
    if (!('refused' in ack)) return
    setRefused(ack.refused.code)
    setText((now) => (now.trim() === '' ? cleaned : `${cleaned}\n${now}`))
  }
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key === 'Escape') {
      event.currentTarget.blur()
      onEscape?.()
    }
    // While an input method composes, Enter chooses a word.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    void send()
  }

  return (
    <div className="writer">
      {above}
      <Group gap={6} align="flex-end" wrap="nowrap">
        <Textarea
          {...(ref === undefined ? {} : { ref })}
          flex={1}
          autosize
          minRows={1}
          maxRows={5}
          aria-label={label}
          placeholder={placeholder}
          value={text}
          dir="auto"
          enterKeyHint="send"
          error={over > 0 ? `${over} characters too many` : undefined}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Tooltip label="Send">
          <ActionIcon size={36} variant="filled" color="indigo" aria-label={`Send: ${label}`} disabled={!may} onClick={() => void send()}>
            <IconSend2 size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Text size="xs" c={refused === undefined ? 'dimmed' : 'var(--mantine-color-error)'} role="status" className="writer-foot">
        {refused !== undefined ? `Not sent. ${errorRow(refused).says}` : sending > 0 ? 'Sending…' : ''}
      </Text>
    </div>
  )
}

// Owns: asking before what can't be undone: what will happen, to how many, and, for the gravest, the name typed in.
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { ErrorNote } from './error-note.tsx'

export type ConfirmProps = {
  opened: boolean
  onClose(): void
  title: string
  /** What will happen, and to how many. */
  children: ReactNode
  /** The verb on the button: "Revoke key". */
  action: string
  /** Whether the button is red. Default true. */
  dangerous?: boolean
  /** Does it. The dialogue closes when it has been done, and shows the refusal otherwise. */
  onConfirm(): Promise<unknown>
}

function ConfirmForm({ onClose, children, action, dangerous = true, onConfirm, typed }: ConfirmProps & { typed?: string }) {
  const id = useId()
  const [text, setText] = useState('')
  const doing = useMutation({ mutationFn: onConfirm, onSuccess: onClose })
  const isReady = typed === undefined || text.trim() === typed.trim()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isReady) doing.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>{children}</div>
        {typed === undefined ? null : (
          <TextInput
            id={id}
            data-autofocus
            label={
              <>
                Type <strong>{typed}</strong> to go on
              </>
            }
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
        )}
        <ErrorNote error={doing.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} {...(typed === undefined ? { 'data-autofocus': true } : {})}>
            Cancel
          </Button>
          <Button type="submit" {...(dangerous ? { color: 'red' } : {})} disabled={!isReady} loading={doing.isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Asks once. */
export function Confirm(props: ConfirmProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      <ConfirmForm {...props} />
    </Modal>
  )
}

/** Asks for `typed`, the name of what it is about, letter by letter. */
export function TypedConfirm(props: ConfirmProps & { typed: string }) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      <ConfirmForm {...props} />
    </Modal>
  )
}

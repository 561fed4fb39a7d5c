// Owns: short notes in the corner: what has been done, and how it is undone.
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { wordsOf } from './error-note.tsx'

/** Says that something has been done. */
export function showDone(message: string): void {
  notifications.show({ message, color: 'green', autoClose: 4_000 })
}

/** Says that something failed, where no form is open to say it in. */
export function showProblem(error: unknown): void {
  notifications.show({ message: wordsOf(error), color: 'red', autoClose: 8_000, role: 'alert' })
}

/** Says what has been done, and offers to undo it for eight seconds. Answers how to take the offer back: something else was done since. */
export function showUndo({ message, onUndo }: { message: string; onUndo(): unknown }): () => void {
  const id = notifications.show({
    autoClose: 8_000,
    color: 'indigo',
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id)
            Promise.resolve(onUndo()).catch(showProblem)
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  })
  return () => notifications.hide(id)
}

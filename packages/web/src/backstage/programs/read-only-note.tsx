// Owns: the words for a program that its reader can't change.
import { Text } from '@mantine/core'
import type { Program } from '@voila/protocol'
import { useMay } from '../may.ts'

/** Whether the fields of a program can be changed by the reader now. */
export function useMayEdit(program: Program): boolean {
  return useMay('programs:write') && program.state !== 'archived'
}

/** Says why nothing can be changed; nothing where it can. */
export function ReadOnlyNote({ program }: { program: Program }) {
  const mayEdit = useMayEdit(program)
  if (mayEdit) return null
  return (
    <Text size="sm" c="dimmed" mb="md">
      {program.state === 'archived'
        ? 'An archived program can’t be changed. You can duplicate it.'
        : 'You can look at this. Owners, admins and producers change it.'}
    </Text>
  )
}

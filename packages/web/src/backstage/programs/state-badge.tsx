// Owns: how a program's state is shown in one word.
import { Badge } from '@mantine/core'
import type { ProgramState } from '@voila/protocol'
import { stateWords } from './states.ts'

/** What is on stands out, what is not there yet is an outline. */
const variants: Readonly<Partial<Record<ProgramState, string>>> = { live: 'filled', draft: 'outline' }

export function StateBadge({ state, size = 'md' }: { state: ProgramState; size?: 'md' | 'lg' }) {
  const { label, color } = stateWords[state]
  return (
    <Badge size={size} color={color} variant={variants[state] ?? 'light'}>
      {label}
    </Badge>
  )
}

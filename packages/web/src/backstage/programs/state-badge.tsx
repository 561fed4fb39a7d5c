// Owns: how a program's state is shown in one word.
import { Badge } from '@mantine/core'
import type { ProgramState } from '@voila/protocol'
import { stateWords } from './states.ts'

export function StateBadge({ state, size = 'md' }: { state: ProgramState; size?: 'md' | 'lg' }) {
  const { label, color } = stateWords[state]
  return (
    <Badge
      size={size}
      color={color}
      variant={state === 'live' ? 'filled' : 'light'}
      {...(state === 'archived' ? { td: 'line-through' } : {})}
    >
      {label}
    </Badge>
  )
}

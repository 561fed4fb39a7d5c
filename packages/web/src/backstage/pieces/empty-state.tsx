// Owns: what stands where there is nothing yet: one sentence on what belongs there, and the one next step.
import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

export function EmptyState({ icon, says, action }: { icon?: ReactNode; says: string; action?: ReactNode }) {
  return (
    <Stack align="center" gap="md" py={48} px="md" className="empty-state">
      {icon}
      <Text c="dimmed" ta="center" maw={440}>
        {says}
      </Text>
      {action}
    </Stack>
  )
}

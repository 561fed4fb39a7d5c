// Owns: what a panel says while there is nothing in it.
import { Text } from '@mantine/core'

export function Quiet({ says }: { says: string }) {
  return (
    <Text size="sm" c="dimmed" ta="center" className="room-quiet">
      {says}
    </Text>
  )
}

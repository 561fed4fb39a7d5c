// Owns: how the control room says how its connection is.
import { Button, Text } from '@mantine/core'
import { IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'

/** A short loss heals before anybody needs to read of it. */
const patienceMs = 1_000
const backMs = 4_000

type Says = 'connected' | 'lost' | 'back'

/** While it is lost, what is done waits and is sent when it is back: that is said too. */
export function ConnectionNote({ client }: { client: LiveClient }) {
  const connection = useLive(client, (state) => state.connection)
  const isOpen = connection.phase === 'open'
  const [says, setSays] = useState<Says>('connected')
  useEffect(() => {
    if (says === (isOpen ? 'connected' : 'lost')) return
    const next = isOpen ? (says === 'lost' ? 'back' : 'connected') : 'lost'
    const timer = setTimeout(() => setSays(next), isOpen ? (says === 'back' ? backMs : 0) : patienceMs)
    return () => clearTimeout(timer)
  }, [isOpen, says])
  const isOnline = connection.phase !== 'waiting' || connection.online
  return (
    <output className="room-connection" data-says={says}>
      {says === 'lost' ? <IconPlugConnectedX size={16} aria-hidden /> : <IconPlugConnected size={16} aria-hidden />}
      <Text size="xs" fw={500}>
        {says === 'connected' && 'Connected'}
        {says === 'back' && 'Connected again'}
        {says === 'lost' &&
          (isOnline
            ? 'Connection lost. Reconnecting… What you do is sent then.'
            : 'You are offline. What you do is sent when your network is back.')}
      </Text>
      {says === 'lost' && isOnline && (
        <Button size="compact-xs" variant="white" color="dark" onClick={client.retryNow}>
          Try now
        </Button>
      )}
    </output>
  )
}

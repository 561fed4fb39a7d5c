// Owns: how the control room says how its connection is.
import { Button, Text } from '@mantine/core'
import { IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'

/** A short loss heals before anybody needs to read of it. */
const patienceMs = 1_000
const backMs = 4_000

type Says = 'connecting' | 'connected' | 'lost' | 'back'

/** What is said next, and after how long; undefined: it stays. */
function nextOf(says: Says, isOpen: boolean): { next: Says; afterMs: number } | undefined {
  if (!isOpen) return says === 'lost' ? undefined : { next: 'lost', afterMs: says === 'connecting' ? backMs : patienceMs }
  if (says === 'connected') return undefined
  return says === 'back' ? { next: 'connected', afterMs: backMs } : { next: says === 'lost' ? 'back' : 'connected', afterMs: 0 }
}

/** While it is lost, what is done waits and is sent when it is back: that is said too. */
export function ConnectionNote({ client }: { client: LiveClient }) {
  const connection = useLive(client, (state) => state.connection)
  const isOpen = connection.phase === 'open'
  const [says, setSays] = useState<Says>(isOpen ? 'connected' : 'connecting')
  useEffect(() => {
    const step = nextOf(says, isOpen)
    if (step === undefined) return
    const timer = setTimeout(() => setSays(step.next), step.afterMs)
    return () => clearTimeout(timer)
  }, [isOpen, says])
  const isOnline = connection.phase !== 'waiting' || connection.online
  const Icon = says === 'lost' ? IconPlugConnectedX : IconPlugConnected
  const words: Readonly<Record<Says, string>> = {
    connecting: 'Connecting…',
    connected: 'Connected',
    back: 'Connected again',
    lost: isOnline
      ? 'Connection lost. Reconnecting… What you do is sent then.'
      : 'You are offline. What you do is sent when your network is back.',
  }
  return (
    <output className="room-connection" data-says={says}>
      <Icon size={16} aria-hidden />
      <Text size="xs" fw={500}>
        {words[says]}
      </Text>
      {says === 'lost' && isOnline && (
        <Button size="compact-xs" variant="white" color="dark" onClick={client.retryNow}>
          Try now
        </Button>
      )}
    </output>
  )
}

// Owns: that whoever keeps the event's own page open stays in: his browser's session goes on before it ends, as far as the platform lets it.
import type { SessionAnswer } from '@voila/protocol'
import { type Connectivity, createAlarm, type LiveClient } from '../live/index.ts'

/** Not worth another request: the session has reached its bound. */
const leastGainMs = 1_000
const retryMs = 30_000

/** Renews at half of what is left. A failure costs nothing but another try, and the end itself is told by the connection. */
export function keepSession({
  client,
  answer,
  onWake,
}: {
  client: Pick<LiveClient, 'now' | 'renew' | 'state'>
  answer: Pick<SessionAnswer, 'session'>
  onWake: Connectivity['onWake']
}): { close(): void } {
  let endsAt = Date.parse(answer.session.expiresAt)
  const half = (): number => client.now() + (endsAt - client.now()) / 2

  async function renew(): Promise<void> {
    if (client.state().connection.phase === 'ended') return
    try {
      const renewed = Date.parse((await client.renew()).session.expiresAt)
      const gainMs = renewed - endsAt
      endsAt = renewed
      if (gainMs > leastGainMs) alarm.set(half())
    } catch {
      if (client.now() < endsAt) alarm.set(Math.min(half(), client.now() + retryMs))
    }
  }

  const alarm = createAlarm({ now: client.now, onWake, ring: () => void renew() })
  alarm.set(half())
  return { close: alarm.close }
}

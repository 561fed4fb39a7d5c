// Owns: the control room's connection to its program, as a member of the team.
import { useEffect, useState } from 'react'
import { schedule } from '../../attendee/opening.ts'
import { browserConnectivity, createLiveClient, type LiveClient } from '../../live/index.ts'

/** Open for as long as the page is. Undefined for the first moment alone. */
export function useTeamClient(programId: string): LiveClient | undefined {
  const [client, setClient] = useState<LiveClient>()
  useEffect(() => {
    const made = createLiveClient({ programId, origin: location.origin, as: 'team', connectivity: browserConnectivity(), schedule })
    made.start()
    setClient(made)
    return () => {
      setClient(undefined)
      made.close()
    }
  }, [programId])
  return client
}

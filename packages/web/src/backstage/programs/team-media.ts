// Owns: the team's own access to a program's picture, renewed while it is looked at.
import { createHttp } from '../../live/http.ts'
import { createMediaAccess, type MediaAccessKeeper } from '../../live/media-access.ts'
import { createServerClock } from '../../live/server-clock.ts'

/** Holds no address until the first `good()`. Close it when nobody looks any more. */
export function createTeamMedia(programId: string): MediaAccessKeeper {
  const clock = createServerClock()
  const http = createHttp({ origin: location.origin, programId, fetch: (...request) => fetch(...request), clock })
  return createMediaAccess({ renew: http.preview, clock })
}

// Owns: every address the platform answers, and who may use it. A route that is not here can't be registered.

/**
 * public: anybody. credential: whoever the path's own media credential admits. attendee: a session, by bearer or cookie.
 * admin: the administration secret, demanded before the handler runs. attendee-or-admin: either.
 */
export type Who = 'public' | 'credential' | 'attendee' | 'admin' | 'attendee-or-admin'

export type RouteRow = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly who: Who
  /** False where HEAD would begin what only GET can end. Elsewhere HEAD is GET without the body, and admits nobody. */
  readonly head?: false
  /** Asked so often that a log line for each would drown the others: logged at debug. */
  readonly quiet?: true
}

const organization = '/api/organizations/:organizationId'
const program = '/api/programs/:programId'

export const routeTable: readonly RouteRow[] = [
  { method: 'GET', path: '/:programId', who: 'public' },
  { method: 'GET', path: '/embed/:programId', who: 'public' },
  { method: 'GET', path: '/voila.js', who: 'public', quiet: true },
  { method: 'GET', path: '/voila.d.ts', who: 'public', quiet: true },
  { method: 'GET', path: '/assets/*', who: 'public', quiet: true },
  { method: 'GET', path: '/problems/:code', who: 'public' },
  { method: 'GET', path: '/healthz', who: 'public', quiet: true },
  { method: 'GET', path: '/readyz', who: 'public', quiet: true },
  { method: 'GET', path: '/metrics', who: 'public', quiet: true },

  { method: 'POST', path: `${program}/sessions`, who: 'public' },
  { method: 'GET', path: `${program}/session`, who: 'attendee' },
  { method: 'DELETE', path: `${program}/session`, who: 'attendee' },

  { method: 'POST', path: `${program}/commands`, who: 'attendee-or-admin', quiet: true },
  { method: 'GET', path: `${program}/activities/:activity/history`, who: 'attendee-or-admin' },
  { method: 'GET', path: `${program}/stream`, who: 'attendee', head: false },

  { method: 'GET', path: '/media/:programId/*', who: 'credential', quiet: true },
  { method: 'POST', path: `${program}/media`, who: 'attendee' },
  { method: 'GET', path: `${program}/stream-health`, who: 'admin' },
  { method: 'GET', path: `${program}/recordings`, who: 'admin' },
  { method: 'GET', path: `${program}/recordings/:recordingId/file`, who: 'admin' },
  { method: 'DELETE', path: `${program}/recordings/:recordingId`, who: 'admin' },

  { method: 'POST', path: '/api/organizations', who: 'admin' },
  { method: 'GET', path: '/api/organizations', who: 'admin' },
  { method: 'GET', path: organization, who: 'admin' },
  { method: 'POST', path: `${organization}/partner-keys`, who: 'admin' },
  { method: 'GET', path: `${organization}/partner-keys`, who: 'admin' },
  { method: 'GET', path: `${organization}/partner-keys/:kid`, who: 'admin' },
  { method: 'POST', path: `${organization}/partner-keys/:kid/retire`, who: 'admin' },
  { method: 'POST', path: `${organization}/partner-keys/:kid/revoke`, who: 'admin' },
  { method: 'GET', path: `${organization}/partner-keys/:kid/refusals`, who: 'admin' },
  { method: 'POST', path: `${organization}/programs`, who: 'admin' },
  { method: 'GET', path: `${organization}/programs`, who: 'admin' },

  { method: 'GET', path: program, who: 'admin' },
  { method: 'PATCH', path: program, who: 'admin' },
  { method: 'POST', path: `${program}/state`, who: 'admin' },
  { method: 'GET', path: `${program}/stream-key`, who: 'admin' },
  { method: 'POST', path: `${program}/stream-key`, who: 'admin' },
  { method: 'GET', path: `${program}/refusals`, who: 'admin' },
  { method: 'GET', path: `${program}/attendees`, who: 'admin' },
  { method: 'POST', path: `${program}/attendees/:attendeeId/revoke`, who: 'admin' },
]

// The first of two rows counts.
const rowsByRoute = new Map(routeTable.toReversed().map((row) => [`${row.method} ${row.path}`, row]))

/** The row of a registered route; HEAD is its GET's. Asked at each request. */
export function routeRow(method: string, path: string): RouteRow | undefined {
  return rowsByRoute.get(`${method === 'HEAD' ? 'GET' : method} ${path}`)
}

const pattern = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replaceAll('/:programId', '/[a-z0-9]{12}')
      .replace(/:[A-Za-z]+/g, '[^/]+')
      .replace('*', '.+')}/?$`,
  )
const patterns = routeTable.map((row) => ({ row, pattern: pattern(row.path) }))

/** The methods that an address answers; none where there is nothing. */
export function methodsAt(path: string): string[] {
  const rows = patterns.filter((each) => each.pattern.test(path)).map(({ row }) => row)
  const heads = rows.some((row) => row.method === 'GET' && row.head !== false) ? ['HEAD'] : []
  return [...new Set([...rows.map((row) => row.method), ...heads])]
}

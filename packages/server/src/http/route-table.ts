// Owns: every address the platform answers, and who may use it. A route that is not here can't be registered.
import type { Permission } from '@voila/protocol'

/**
 * public: anybody. credential: whoever the path's own media credential admits. attendee: a session, by bearer or cookie. person: whoever
 * is signed in to Backstage, or the administration secret. team: a member whose role has the permission, an API key with it as a scope, or
 * the administration secret; attendee-or-team: either, where a member asks with `?as=team`, as his browser may hold the cookie of an
 * attendee too. administration: its secret alone. Who is no member of the organization that the path names is told that it does not exist.
 */
export type Who = 'public' | 'credential' | 'attendee' | 'person' | 'team' | 'attendee-or-team' | 'administration'

export type RouteRow = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly who: Who
  /** What a member or an API key must be allowed. Given for team and attendee-or-team. */
  readonly needs?: Permission
  /** The name under which the audit log keeps what it changes. */
  readonly audit?: string
  /** False where HEAD would begin what only GET can end. Elsewhere HEAD is GET without the body, and admits nobody. */
  readonly head?: false
  /** A person looks at the answer, whatever his browser says that it accepts: refusals are pages. */
  readonly page?: true
  /** Asked so often that a log line for each would drown the others: logged at debug. */
  readonly quiet?: true
}

const organization = '/api/organizations/:organizationId'
const program = '/api/programs/:programId'

export const routeTable: readonly RouteRow[] = [
  { method: 'GET', path: '/:programId', who: 'public', page: true },
  { method: 'GET', path: '/:programId/sign-in', who: 'public', head: false, page: true },
  { method: 'GET', path: '/:programId/consent', who: 'public', page: true },
  { method: 'GET', path: '/saml/:organizationId/metadata', who: 'public' },
  { method: 'POST', path: '/saml/:organizationId/acs', who: 'public', page: true },
  { method: 'GET', path: '/embed/:programId', who: 'public' },
  { method: 'GET', path: '/screen/:programId', who: 'public' },
  { method: 'GET', path: '/voila.js', who: 'public', quiet: true },
  { method: 'GET', path: '/voila.d.ts', who: 'public', quiet: true },
  { method: 'GET', path: '/assets/*', who: 'public', quiet: true },
  { method: 'GET', path: '/problems/:code', who: 'public' },
  { method: 'GET', path: '/healthz', who: 'public', quiet: true },
  { method: 'GET', path: '/readyz', who: 'public', quiet: true },
  { method: 'GET', path: '/metrics', who: 'public', quiet: true },

  { method: 'POST', path: `${program}/sessions`, who: 'public' },
  { method: 'POST', path: `${program}/consent`, who: 'public' },
  { method: 'POST', path: `${program}/session`, who: 'public' },
  { method: 'GET', path: `${program}/session`, who: 'attendee' },
  { method: 'POST', path: `${program}/session/renew`, who: 'attendee' },
  { method: 'DELETE', path: `${program}/session`, who: 'attendee' },

  { method: 'POST', path: `${program}/commands`, who: 'attendee-or-team', needs: 'activities:moderate', quiet: true },
  { method: 'GET', path: `${program}/activities/:activity/history`, who: 'attendee-or-team', needs: 'activities:moderate' },
  { method: 'GET', path: `${program}/moderation/actions`, who: 'team', needs: 'activities:moderate' },
  { method: 'GET', path: `${program}/stream`, who: 'attendee-or-team', needs: 'activities:moderate', head: false },

  { method: 'GET', path: '/media/:programId/*', who: 'credential', quiet: true },
  { method: 'POST', path: `${program}/media`, who: 'attendee' },
  { method: 'POST', path: `${program}/preview`, who: 'team', needs: 'stream:watch', quiet: true },
  { method: 'GET', path: `${program}/stream-health`, who: 'team', needs: 'stream:watch', quiet: true },
  { method: 'POST', path: `${program}/stream-input`, who: 'team', needs: 'stream:write', audit: 'stream.input-chosen' },
  { method: 'GET', path: `${program}/stream-key`, who: 'team', needs: 'stream:write' },
  { method: 'POST', path: `${program}/stream-key`, who: 'team', needs: 'stream:write', audit: 'stream.key-rotated' },
  { method: 'GET', path: `${program}/recordings`, who: 'team', needs: 'stream:write' },
  { method: 'GET', path: `${program}/recordings/:recordingId/file`, who: 'team', needs: 'stream:write' },
  { method: 'DELETE', path: `${program}/recordings/:recordingId`, who: 'team', needs: 'stream:write', audit: 'recording.deleted' },

  { method: 'GET', path: '/backstage', who: 'public' },
  { method: 'GET', path: '/backstage/*', who: 'public' },
  { method: 'GET', path: '/api/auth/*', who: 'public', head: false },
  { method: 'POST', path: '/api/auth/*', who: 'public' },
  { method: 'GET', path: '/api/setup', who: 'public' },
  { method: 'POST', path: '/api/setup', who: 'public', audit: 'organization.created' },
  { method: 'POST', path: '/api/setup-links', who: 'administration' },
  { method: 'POST', path: '/api/password-links', who: 'administration' },
  { method: 'POST', path: '/api/sign-in-links', who: 'public' },
  { method: 'POST', path: '/api/invitations/look', who: 'public' },
  { method: 'POST', path: '/api/invitations/accept', who: 'public', audit: 'member.joined' },
  { method: 'GET', path: '/api/me', who: 'person', quiet: true },
  { method: 'GET', path: '/api/openapi.json', who: 'public' },
  { method: 'GET', path: '/api/docs', who: 'public' },
  { method: 'GET', path: '/images/:imageId', who: 'public', quiet: true },

  { method: 'POST', path: '/api/organizations', who: 'person', audit: 'organization.created' },
  { method: 'GET', path: '/api/organizations', who: 'person' },
  { method: 'GET', path: organization, who: 'team', needs: 'organization:read' },
  { method: 'PATCH', path: organization, who: 'team', needs: 'organization:write', audit: 'organization.changed' },
  { method: 'GET', path: `${organization}/checklist`, who: 'team', needs: 'organization:read', quiet: true },
  { method: 'GET', path: `${organization}/members`, who: 'team', needs: 'members:read' },
  { method: 'PATCH', path: `${organization}/members/:userId`, who: 'team', needs: 'members:write', audit: 'member.role-changed' },
  { method: 'DELETE', path: `${organization}/members/:userId`, who: 'team', needs: 'members:write', audit: 'member.removed' },
  { method: 'GET', path: `${organization}/invitations`, who: 'team', needs: 'members:write' },
  { method: 'POST', path: `${organization}/invitations`, who: 'team', needs: 'members:write', audit: 'invitation.made' },
  {
    method: 'DELETE',
    path: `${organization}/invitations/:invitationId`,
    who: 'team',
    needs: 'members:write',
    audit: 'invitation.withdrawn',
  },
  { method: 'GET', path: `${organization}/api-keys`, who: 'team', needs: 'api-keys:write' },
  { method: 'POST', path: `${organization}/api-keys`, who: 'team', needs: 'api-keys:write', audit: 'api-key.made' },
  { method: 'DELETE', path: `${organization}/api-keys/:apiKeyId`, who: 'team', needs: 'api-keys:write', audit: 'api-key.revoked' },
  { method: 'GET', path: `${organization}/audit`, who: 'team', needs: 'audit:read' },
  { method: 'GET', path: `${organization}/audit.csv`, who: 'team', needs: 'audit:read' },

  { method: 'POST', path: `${organization}/partner-keys`, who: 'team', needs: 'keys:write', audit: 'key.declared' },
  { method: 'GET', path: `${organization}/partner-keys`, who: 'team', needs: 'keys:read' },
  { method: 'GET', path: `${organization}/partner-keys/:kid`, who: 'team', needs: 'keys:read' },
  { method: 'PATCH', path: `${organization}/partner-keys/:kid`, who: 'team', needs: 'keys:write', audit: 'key.changed' },
  { method: 'POST', path: `${organization}/partner-keys/:kid/retire`, who: 'team', needs: 'keys:write', audit: 'key.retired' },
  { method: 'POST', path: `${organization}/partner-keys/:kid/revoke`, who: 'team', needs: 'keys:write', audit: 'key.revoked' },
  { method: 'GET', path: `${organization}/partner-keys/:kid/refusals`, who: 'team', needs: 'keys:read' },

  { method: 'GET', path: `${organization}/revocations`, who: 'team', needs: 'keys:read' },
  { method: 'POST', path: `${organization}/revocations`, who: 'team', needs: 'keys:write', audit: 'revocation.made' },
  { method: 'POST', path: `${organization}/revocations/count`, who: 'team', needs: 'keys:write' },
  {
    method: 'POST',
    path: `${organization}/revocations/:revocationId/lift`,
    who: 'team',
    needs: 'keys:write',
    audit: 'revocation.lifted',
  },

  { method: 'GET', path: `${organization}/jwks-sources`, who: 'team', needs: 'keys:read' },
  { method: 'POST', path: `${organization}/jwks-sources`, who: 'team', needs: 'keys:write', audit: 'jwks-source.added' },
  { method: 'GET', path: `${organization}/jwks-sources/:sourceId`, who: 'team', needs: 'keys:read' },
  { method: 'PATCH', path: `${organization}/jwks-sources/:sourceId`, who: 'team', needs: 'keys:write', audit: 'jwks-source.changed' },
  { method: 'DELETE', path: `${organization}/jwks-sources/:sourceId`, who: 'team', needs: 'keys:write', audit: 'jwks-source.removed' },
  {
    method: 'POST',
    path: `${organization}/jwks-sources/:sourceId/refresh`,
    who: 'team',
    needs: 'keys:write',
    audit: 'jwks-source.fetched',
  },
  {
    method: 'POST',
    path: `${organization}/jwks-sources/:sourceId/keys/:kid/revoke`,
    who: 'team',
    needs: 'keys:write',
    audit: 'jwks-source.key-revoked',
  },

  { method: 'GET', path: `${organization}/saml`, who: 'team', needs: 'keys:read' },
  { method: 'POST', path: `${organization}/saml`, who: 'team', needs: 'keys:write', audit: 'saml.prepared' },
  { method: 'PATCH', path: `${organization}/saml`, who: 'team', needs: 'keys:write', audit: 'saml.changed' },
  { method: 'DELETE', path: `${organization}/saml`, who: 'team', needs: 'keys:write', audit: 'saml.removed' },
  { method: 'POST', path: `${organization}/saml/refresh`, who: 'team', needs: 'keys:write', audit: 'saml.metadata-fetched' },
  { method: 'POST', path: `${organization}/saml/certificates`, who: 'team', needs: 'keys:write', audit: 'saml.certificate-made' },
  {
    method: 'POST',
    path: `${organization}/saml/certificates/activate`,
    who: 'team',
    needs: 'keys:write',
    audit: 'saml.certificate-changed',
  },
  { method: 'POST', path: `${organization}/saml/tests`, who: 'team', needs: 'keys:write' },
  { method: 'GET', path: `${organization}/saml/tests/:testId`, who: 'team', needs: 'keys:read' },

  { method: 'POST', path: `${organization}/programs`, who: 'team', needs: 'programs:write', audit: 'program.created' },
  { method: 'GET', path: `${organization}/programs`, who: 'team', needs: 'programs:read' },
  { method: 'GET', path: program, who: 'team', needs: 'programs:read' },
  { method: 'PATCH', path: program, who: 'team', needs: 'programs:write', audit: 'program.changed' },
  { method: 'DELETE', path: program, who: 'team', needs: 'programs:delete', audit: 'program.deleted' },
  { method: 'POST', path: `${program}/duplicate`, who: 'team', needs: 'programs:write', audit: 'program.duplicated' },
  { method: 'POST', path: `${program}/state`, who: 'team', needs: 'programs:write', audit: 'program.state-changed' },
  { method: 'POST', path: `${program}/images/:kind`, who: 'team', needs: 'programs:write', audit: 'program.image-changed' },
  { method: 'DELETE', path: `${program}/images/:kind`, who: 'team', needs: 'programs:write', audit: 'program.image-removed' },
  { method: 'GET', path: `${program}/prepared`, who: 'team', needs: 'activities:moderate' },
  { method: 'POST', path: `${program}/prepared`, who: 'team', needs: 'activities:prepare', audit: 'prepared.made' },
  { method: 'POST', path: `${program}/prepared/import`, who: 'team', needs: 'activities:prepare', audit: 'prepared.imported' },
  { method: 'PATCH', path: `${program}/prepared/:preparedId`, who: 'team', needs: 'activities:prepare', audit: 'prepared.changed' },
  { method: 'DELETE', path: `${program}/prepared/:preparedId`, who: 'team', needs: 'activities:prepare', audit: 'prepared.deleted' },
  {
    method: 'POST',
    path: `${program}/prepared/:preparedId/duplicate`,
    who: 'team',
    needs: 'activities:prepare',
    audit: 'prepared.duplicated',
  },
  { method: 'GET', path: `${program}/screen-links`, who: 'team', needs: 'activities:prepare' },
  { method: 'POST', path: `${program}/screen-links`, who: 'team', needs: 'activities:prepare', audit: 'screen-link.made' },
  { method: 'DELETE', path: `${program}/screen-links/:linkId`, who: 'team', needs: 'activities:prepare', audit: 'screen-link.revoked' },
  { method: 'POST', path: `${program}/slides`, who: 'team', needs: 'activities:prepare', audit: 'slide.uploaded', quiet: true },
  { method: 'GET', path: `${program}/slides/:imageId`, who: 'attendee-or-team', needs: 'activities:moderate', quiet: true },
  { method: 'GET', path: `${program}/refusals`, who: 'team', needs: 'keys:read' },
  { method: 'GET', path: `${program}/attendees`, who: 'team', needs: 'audience:read' },
  { method: 'POST', path: `${program}/attendees/:attendeeId/revoke`, who: 'team', needs: 'audience:write', audit: 'attendee.visit-ended' },
  { method: 'GET', path: `${program}/audience`, who: 'team', needs: 'audience:read', quiet: true },
  { method: 'GET', path: `${program}/audience/curve`, who: 'team', needs: 'audience:read', quiet: true },
  { method: 'GET', path: `${program}/exports/:activity`, who: 'team', needs: 'activities:export', audit: 'activity.exported' },
  { method: 'GET', path: `${program}/audience.csv`, who: 'team', needs: 'audience:export' },
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

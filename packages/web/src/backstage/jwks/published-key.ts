// Owns: a published key by its kid, as the inspector judges tokens by it.
import { useInfiniteQuery } from '@tanstack/react-query'
import type { NamedKey } from '../inspector/judge.ts'
import { useOrganization } from '../may.ts'
import { sourcesQuery } from './jwks-queries.ts'

/** Null where no address of the organization shows it, undefined while that is not known. `kid` undefined: nobody asks. */
export function usePublishedKey(kid: string | undefined): { partnerKey: NamedKey | null | undefined; error: Error | null } {
  const { id: organizationId } = useOrganization()
  const query = useInfiniteQuery({ ...sourcesQuery(organizationId), enabled: kid !== undefined })
  if (query.data === undefined) return { partnerKey: undefined, error: query.error }
  const found = query.data.pages
    .flatMap(({ items }) => items)
    .flatMap((source) => source.keys.map((key) => ({ source, key })))
    .find(({ key }) => key.kid === kid && key.pem !== null)
  if (kid === undefined || found === undefined || found.key.pem === null) return { partnerKey: null, error: null }
  const { source, key } = found
  return {
    partnerKey: {
      kid,
      organizationId,
      state: key.problem === 'revoked' ? 'revoked' : 'active',
      notAfter: source.usableUntil ?? source.createdAt,
      retireAt: null,
      allowedRoles: source.allowedRoles,
      pem: found.key.pem,
    },
    error: null,
  }
}

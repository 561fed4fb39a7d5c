// Owns: where the addresses of an organization's published keys are, and under which name Backstage keeps them.
import type { JwksSourceAnswer } from '@voila/protocol'
import { listQuery } from '../queries.ts'

export const sourcesPath = (organizationId: string): string => `/api/organizations/${organizationId}/jwks-sources`
export const sourcesKey = (organizationId: string) => ['organization', organizationId, 'jwks-sources'] as const
export const sourcesQuery = (organizationId: string) => listQuery<JwksSourceAnswer>(sourcesKey(organizationId), sourcesPath(organizationId))

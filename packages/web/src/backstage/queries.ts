// Owns: what Backstage asks for, resource by resource: where each is, and the name under which it is kept.

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  ApiKeyAnswer,
  AuditAnswer,
  ChecklistAnswer,
  InvitationAnswer,
  ListAnswer,
  MeAnswer,
  MemberAnswer,
  Organization,
  PartnerKeyAnswer,
  Program,
  RefusalAnswer,
  RevocationAnswer,
  SetupAnswer,
} from '@voila/protocol'
import { api } from './api.ts'

const organizationPath = (organizationId: string): string => `/api/organizations/${organizationId}`

/** A list that is fetched page by page. `filters` that are undefined or empty are left out. */
export function listQuery<Item>(queryKey: readonly unknown[], path: string, filters: Readonly<Record<string, string | undefined>> = {}) {
  const given = Object.entries(filters).filter((filter): filter is [string, string] => filter[1] !== undefined && filter[1] !== '')
  return infiniteQueryOptions({
    queryKey: [...queryKey, Object.fromEntries(given)],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams([...given, ...(pageParam === null ? [] : [['cursor', pageParam] as [string, string]])])
      return api.get<ListAnswer<Item>>(query.size === 0 ? path : `${path}?${query}`, { signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  })
}

/** Who is signed in. Refused with `sign_in_required` where nobody is. */
export const meQuery = queryOptions({ queryKey: ['me'], queryFn: () => api.get<MeAnswer>('/api/me'), staleTime: 60_000 })

export const setupQuery = queryOptions({ queryKey: ['setup'], queryFn: () => api.get<SetupAnswer>('/api/setup') })

export const organizationQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organization', organizationId],
    queryFn: () => api.get<Organization>(organizationPath(organizationId)),
  })

export const checklistQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organization', organizationId, 'checklist'],
    queryFn: () => api.get<ChecklistAnswer>(`${organizationPath(organizationId)}/checklist`),
  })

export const membersQuery = (organizationId: string) =>
  listQuery<MemberAnswer>(['organization', organizationId, 'members'], `${organizationPath(organizationId)}/members`)

export const invitationsQuery = (organizationId: string) =>
  listQuery<InvitationAnswer>(['organization', organizationId, 'invitations'], `${organizationPath(organizationId)}/invitations`)

export const apiKeysQuery = (organizationId: string) =>
  listQuery<ApiKeyAnswer>(['organization', organizationId, 'api-keys'], `${organizationPath(organizationId)}/api-keys`)

/** The audit log, newest first. */
export const auditQuery = (organizationId: string, filters: { actor?: string; action?: string; target?: string } = {}) =>
  listQuery<AuditAnswer>(['organization', organizationId, 'audit'], `${organizationPath(organizationId)}/audit`, filters)

/** Everything that is kept of an organization's partner keys: the list, and each key. */
export const keysKey = (organizationId: string) => ['organization', organizationId, 'keys'] as const

export const keysQuery = (organizationId: string) =>
  listQuery<PartnerKeyAnswer>(keysKey(organizationId), `${organizationPath(organizationId)}/partner-keys`)

export const keyQuery = (organizationId: string, kid: string) =>
  queryOptions({
    queryKey: [...keysKey(organizationId), kid],
    queryFn: () => api.get<PartnerKeyAnswer>(`${organizationPath(organizationId)}/partner-keys/${kid}`),
  })

export const keyRefusalsQuery = (organizationId: string, kid: string) =>
  listQuery<RefusalAnswer>(
    [...keysKey(organizationId), kid, 'refusals'],
    `${organizationPath(organizationId)}/partner-keys/${kid}/refusals`,
  )

/** Who is kept out, newest first. */
export const revocationsKey = (organizationId: string) => ['organization', organizationId, 'revocations'] as const

export const revocationsQuery = (organizationId: string) =>
  listQuery<RevocationAnswer>(revocationsKey(organizationId), `${organizationPath(organizationId)}/revocations`)

/** Programs, newest first. `state`: one or more, joined by commas. */
export const programsQuery = (organizationId: string, filters: { search?: string; state?: string } = {}) =>
  listQuery<Program>(['organization', organizationId, 'programs'], `${organizationPath(organizationId)}/programs`, filters)

export const programQuery = (programId: string) =>
  queryOptions({ queryKey: ['program', programId], queryFn: () => api.get<Program>(`/api/programs/${programId}`) })

export const programRefusalsQuery = (programId: string) =>
  listQuery<RefusalAnswer>(['program', programId, 'refusals'], `/api/programs/${programId}/refusals`)

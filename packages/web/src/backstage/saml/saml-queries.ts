// Owns: what Backstage asks for and changes of an organization's company sign-in.
import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { SamlAnswer, SamlTestAnswer } from '@voila/protocol'
import { api, isRefusal } from '../api.ts'

export const samlPath = (organizationId: string): string => `/api/organizations/${organizationId}/saml`

/** The connection; null before there is one. */
export const samlQuery = (organizationId: string) =>
  queryOptions({
    queryKey: ['organization', organizationId, 'saml'],
    queryFn: () =>
      api.get<SamlAnswer>(samlPath(organizationId)).catch((error: unknown) => {
        if (isRefusal(error, 'saml_connection_unknown')) return null
        throw error
      }),
  })

/** What came of a test sign-in; asked again while the person has not come back. */
export const samlTestQuery = (organizationId: string, testId: string) =>
  queryOptions({
    queryKey: ['organization', organizationId, 'saml', 'tests', testId],
    queryFn: () => api.get<SamlTestAnswer>(`${samlPath(organizationId)}/tests/${testId}`),
    refetchInterval: (query) => (query.state.data?.state === 'waiting' ? 2_000 : false),
  })

export function keepSaml(queryClient: QueryClient, organizationId: string, saml: SamlAnswer | null): void {
  queryClient.setQueryData(samlQuery(organizationId).queryKey, saml)
}

/** A change that answers the connection as it is then. `path`: below the connection's own. */
export function useSamlChange<Body = void>(
  organizationId: string,
  { method, path = '', onDone }: { method: 'POST' | 'PATCH'; path?: string; onDone?(saml: SamlAnswer): void },
) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: (body: Body) => api.send<SamlAnswer>(method, `${samlPath(organizationId)}${path}`, body ?? undefined),
    onSuccess(saml) {
      keepSaml(queryClient, organizationId, saml)
      onDone?.(saml)
    },
  })
}

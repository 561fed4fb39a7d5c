// Owns: how answers are kept and asked again, and what happens when the person is no longer signed in.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem, isRefusal } from './api.ts'
import { meQuery } from './queries.ts'

/** Answers that will be the same the second time are not asked for again. */
const shouldRetry = (failures: number, error: Error): boolean =>
  failures < 2 && (!(error instanceof ApiProblem) || error.problem.status >= 500)

/** @param options.onSignedOut  the server no longer knows who this is */
export function createQueryClient({ onSignedOut }: { onSignedOut(): void }): QueryClient {
  const onError = (error: Error): void => {
    if (isRefusal(error, 'sign_in_required')) onSignedOut()
    // The person's place in an organization has changed since this page asked.
    if (isRefusal(error, 'organization_unknown') || isRefusal(error, 'not_permitted')) {
      void queryClient.invalidateQueries({ queryKey: meQuery.queryKey })
    }
  }
  const queryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: shouldRetry, staleTime: 5_000 } },
  })
  return queryClient
}

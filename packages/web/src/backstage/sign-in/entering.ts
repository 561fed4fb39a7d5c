// Owns: what happens in the page when somebody has come in.
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { basePath } from '../base-path.ts'

/** Forgets what was known of whoever was signed in before, and goes on to `next`, an address below Backstage's own. */
export function useEnter(): (next?: string) => Promise<void> {
  const queryClient = useQueryClient()
  const router = useRouter()
  return async (next = '/') => {
    queryClient.clear()
    router.history.push(basePath + next)
  }
}

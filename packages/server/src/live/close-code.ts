// Owns: which close code ends a connection for a refusal.
import { type ErrorCode, errorRow } from '@voila/protocol'

const byRetry = { never: 4403, 'new-token': 4401, later: 1012, reconnect: 1012 } as const

/**
 * The row's own code; for refusals that are none of a socket's own, the one whose meaning is the same: terminal, come with a new token,
 * or come back. The close reason is the refusal's code, so that the page can say which it was.
 */
export function closeCodeOf(code: ErrorCode): number {
  const row = errorRow(code)
  return row.close ?? byRetry[row.retry]
}

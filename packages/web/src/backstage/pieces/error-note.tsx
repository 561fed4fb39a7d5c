// Owns: how a refusal is told in Backstage: what happened, what to do, and the trace id by which the operator finds it in the log.
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { errorRow } from '@voila/protocol'
import { ApiProblem } from '../api.ts'

const minuteMs = 60_000

/** The words of an error, one or two sentences. What is no refusal is a fault of the page's own. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return 'Something went wrong on this page. Reload it, then try again.'
  if (error.code === 'unavailable' && error.problem.traceId === '')
    return 'The server cannot be reached. Check your connection, then try again.'
  const { retryAfterMs } = error.problem
  if (error.code === 'rate_limited' && retryAfterMs !== undefined && retryAfterMs > minuteMs) {
    return `That was tried too often. Try again in ${Math.ceil(retryAfterMs / minuteMs)} minutes.`
  }
  return errorRow(error.code).says
}

/** Says what went wrong; nothing where nothing did. `onRetry` adds a button. */
export function ErrorNote({ error, onRetry, mb }: { error: unknown; onRetry?: () => void; mb?: string }) {
  if (error === null || error === undefined) return null
  const problem = error instanceof ApiProblem ? error.problem : undefined
  // What the operator may have to look for; a wrong password is nothing of that.
  const isFault = problem !== undefined && (problem.status >= 500 || problem.status === 400) && problem.traceId !== ''
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      role="alert"
      {...(mb === undefined ? {} : { mb })}
    >
      <Text size="sm">{wordsOf(error)}</Text>
      {problem?.detail === undefined ? null : (
        <Text size="sm" mt={4}>
          {problem.detail}
        </Text>
      )}
      {isFault ? (
        <Text size="xs" c="dimmed" mt={4}>
          Trace <span className="mono">{problem.traceId}</span>
        </Text>
      ) : null}
      {onRetry === undefined ? null : (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  )
}

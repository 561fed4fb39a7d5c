// Owns: how a refusal is told in Backstage: what happened, what to do, and the trace id by which the operator finds it in the log.
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { errorRow } from '@voila/protocol'
import { ApiProblem } from '../api.ts'

/** The words of an error, one or two sentences. What is no refusal is a fault of the page's own. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return 'Something went wrong on this page. Reload it, then try again.'
  if (error.code === 'unavailable' && error.problem.traceId === '')
    return 'The server cannot be reached. Check your connection, then try again.'
  return errorRow(error.code).says
}

/** Says what went wrong; nothing where nothing did. `onRetry` adds a button. */
export function ErrorNote({ error, onRetry, mb }: { error: unknown; onRetry?: () => void; mb?: string }) {
  if (error === null || error === undefined) return null
  const problem = error instanceof ApiProblem ? error.problem : undefined
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
      {problem === undefined || problem.traceId === '' ? null : (
        <Text size="xs" c="dimmed" mt={4}>
          Trace <span className="mono">{problem.traceId}</span>
        </Text>
      )}
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

// Owns: the questions of the quiz that is on, with their right answers, as the team alone sees them.
import { Badge, Button, Group, Text } from '@mantine/core'
import type { QuizNow, QuizScriptRow } from '@voila/protocol'

type Step = { readonly type: string; readonly question: number; readonly voided?: boolean }

const stateWords: Record<QuizScriptRow['state'], string> = { 'to come': '', open: 'asked now', revealed: 'done', skipped: 'skipped' }

export function QuizScript({ now, mayAct, onStep }: { now: QuizNow; mayAct: boolean; onStep: (command: Step) => void }) {
  const script = now.script ?? []
  const canAsk = now.phase !== 'question' && now.phase !== 'podium'
  const counts = now.question?.counts
  return (
    <section aria-label="Questions of the quiz">
      <Text size="xs" c="dimmed" mb={4}>
        Only the team sees the right answers here.
      </Text>
      <ol className="quiz-script">
        {script.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a question is known by its place.
          <li key={index} data-state={row.state}>
            <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
              <Text size="sm" fw={row.state === 'open' ? 600 : 400} dir="auto">
                {index + 1}. {row.text}
              </Text>
              {(row.voided || row.state !== 'to come') && (
                <Badge size="xs" color={row.voided ? 'orange' : 'gray'} className="quiz-phase">
                  {row.voided ? 'void' : stateWords[row.state]}
                </Badge>
              )}
            </Group>
            <Text size="xs" c="dimmed" dir="auto">
              {row.options.map((option, at) => (row.right.includes(at) ? `✓ ${option}` : option)).join(' · ')}
              {counts !== null && counts !== undefined && index === now.number - 1 && row.state === 'revealed'
                ? ` (${counts.join(' · ')})`
                : ''}
            </Text>
            {mayAct && (
              <Group gap={4}>
                {row.state === 'to come' && now.phase !== 'podium' && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`Skip question ${index + 1}`}
                    onClick={() => onStep({ type: 'skip', question: index })}
                  >
                    Skip
                  </Button>
                )}
                {row.state === 'skipped' && !row.asked && canAsk && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`Ask question ${index + 1} after all`}
                    onClick={() => onStep({ type: 'open', question: index })}
                  >
                    Ask after all
                  </Button>
                )}
                {row.state === 'revealed' && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={row.voided ? `Let question ${index + 1} count again` : `Void question ${index + 1}`}
                    onClick={() => onStep({ type: 'void', question: index, voided: !row.voided })}
                  >
                    {row.voided ? 'Let it count again' : 'Void'}
                  </Button>
                )}
              </Group>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

// Owns: the best of the quiz as the team sees them: with who is behind a nickname, which it can take away.
import { Button, Text } from '@mantine/core'
import type { QuizNow } from '@voila/protocol'
import { useLive } from '../../attendee/use-live.ts'
import type { LiveClient } from '../../live/index.ts'

const number = new Intl.NumberFormat()

export function QuizStandings({ client, now, onRemove }: { client: LiveClient; now: QuizNow; onRemove: (attendee: string) => void }) {
  const people = useLive(client, (state) => state.people)
  return (
    <section aria-label="Standings">
      <Text size="xs" c="dimmed" mb={4}>
        {now.phase === 'leaderboard' || now.phase === 'podium'
          ? 'Everybody sees these standings now'
          : 'Standings; only the team sees them now'}
      </Text>
      <ol className="quiz-top">
        {now.top.map(({ actorId, nickname, points, rank }) => {
          const name = people.get(actorId ?? '')?.displayName ?? 'Somebody'
          return (
            <li key={actorId}>
              <span>{rank}</span>
              <span dir="auto">
                {nickname === undefined ? name : `${nickname} (${name})`}
                {nickname !== undefined && actorId !== null && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`Take away the nickname ${nickname}`}
                    onClick={() => onRemove(actorId)}
                  >
                    Take nickname away
                  </Button>
                )}
              </span>
              <span>{number.format(points)}</span>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

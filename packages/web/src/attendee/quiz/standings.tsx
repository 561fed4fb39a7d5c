// Owns: the best of the quiz, and where one stands oneself.
import type { QuizNow, QuizRow, QuizSelf } from '@voila/protocol'
import { useTranslation } from 'react-i18next'
import { readerLocale } from '../../i18n/index.ts'
import type { LiveClient } from '../../live/index.ts'
import { useLive } from '../use-live.ts'

export function Standings({ client, now, self }: { client: LiveClient; now: QuizNow; self: QuizSelf }) {
  const { t } = useTranslation()
  const people = useLive(client, (state) => state.people)
  const me = useLive(client, (state) => state.self?.id)
  const number = new Intl.NumberFormat(readerLocale())
  const isOwn = ({ actorId, nickname }: QuizRow): boolean =>
    nickname === undefined ? actorId !== null && actorId === me : nickname === self?.nickname
  const rankedSelf = self !== null && self.rank !== null ? { rank: self.rank, points: self.points } : undefined

  return (
    <div className="quiz-standings">
      <h3>{t(now.phase === 'podium' ? 'quiz.podium' : 'quiz.leaderboard')}</h3>
      {now.top.length === 0 ? (
        <p className="quiet">{t('quiz.nobody')}</p>
      ) : (
        <ol>
          {now.top.map((row) => (
            <li key={row.actorId ?? row.nickname} data-own={isOwn(row)} data-rank={now.phase === 'podium' ? row.rank : undefined}>
              <span className="quiz-rank">{number.format(row.rank)}</span>
              <span className="quiz-name" dir="auto">
                {row.nickname ?? people.get(row.actorId ?? '')?.displayName ?? t('quiz.somebody')}
                {isOwn(row) && <small>{t('quiz.you')}</small>}
              </span>
              <span className="quiz-points">{t('quiz.points', { count: row.points, shown: number.format(row.points) })}</span>
            </li>
          ))}
        </ol>
      )}
      {rankedSelf !== undefined && !now.top.some(isOwn) && (
        <p className="quiz-own-rank">
          {t('quiz.ownRank', {
            rank: number.format(rankedSelf.rank),
            count: rankedSelf.points,
            shown: number.format(rankedSelf.points),
          })}
        </p>
      )}
    </div>
  )
}

// Owns: the quiz as an attendee plays it: the wait, the question, what was right, and where one stands.
import type { QuizNow } from '@voila/protocol'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ActivityPanelProps } from '../activity-panel-props.ts'
import { useLive } from '../use-live.ts'
import { Nickname } from './nickname.tsx'
import { Question } from './question.tsx'
import { useDelayReport, useShownQuiz } from './shown-quiz.ts'
import { Standings } from './standings.tsx'
import '../style/quiz.css'

export function QuizPanel({ client, activities }: ActivityPanelProps) {
  const { t } = useTranslation()
  const root = useRef<HTMLElement>(null)
  const mayAct = activities === 'open' || activities === 'team'
  const { now, self, stands } = useShownQuiz(client)
  const nicknames = useLive(client, (state) => state.activities.quiz?.view.settings.nicknames === true)
  useDelayReport(client, mayAct)

  return (
    <section className="quiz" ref={root} aria-label={t('quiz.title')} data-phase={now?.phase}>
      <div className="unseen" aria-live="polite" aria-atomic="true">
        {now !== null && t(`quiz.says.${now.phase}`, { title: now.title, number: now.number, of: now.of, text: now.question?.text ?? '' })}
      </div>
      {now === null ? (
        <p className="quiz-wait">{t('quiz.moment')}</p>
      ) : (
        <>
          <header className="quiz-head">
            <h2 dir="auto">{now.title}</h2>
            <Progress now={now} />
          </header>
          {now.phase === 'lobby' && (
            <div className="quiz-lobby">
              <p>{t('quiz.lobby')}</p>
              <p className="quiet">{t('quiz.players', { count: now.players })}</p>
              {nicknames && mayAct && <Nickname client={client} quiz={now.id} self={self} />}
            </div>
          )}
          {(now.phase === 'question' || now.phase === 'reveal') && now.question !== null && (
            <Question
              key={`${now.id} ${now.number}`}
              client={client}
              now={now}
              question={now.question}
              self={self}
              stands={stands}
              mayAct={mayAct}
              root={root}
            />
          )}
          {(now.phase === 'leaderboard' || now.phase === 'podium') && <Standings client={client} now={now} self={self} />}
        </>
      )}
    </section>
  )
}

function Progress({ now }: { now: QuizNow }) {
  const { t } = useTranslation()
  if (now.number === 0 || now.phase === 'podium') return null
  return <p className="quiet">{t('quiz.progress', { number: now.number, of: now.of })}</p>
}

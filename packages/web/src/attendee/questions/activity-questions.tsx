// Owns: the questions beside the picture: the one that everybody looks at, one's own, all of them, and asking.
import type { Question, QuestionsSelf, QuestionsView, StateRow } from '@voila/protocol'
import { useCallback, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import type { ActivityPanelProps } from '../activity-panel-props.ts'
import { useCue } from '../cue.ts'
import { Icon } from '../icons.tsx'
import { useLive, useSecondsUntil } from '../use-live.ts'
import { AskClosed, AskForm } from './ask-form.tsx'
import { askingOf } from './asking.ts'
import { type QuestionOrder, questionOrders, useOrdered } from './order.ts'
import { OwnQuestions } from './own-questions.tsx'
import { QuestionCard } from './question-card.tsx'
import type { QuestionsSend } from './questions-port.ts'
import { TeamTools, WaitingQuestions } from './team-tools.tsx'
import { useQuestions } from './use-questions.ts'
import '../style/questions.css'

export function QuestionsPanel({ client, activities }: ActivityPanelProps) {
  const { t } = useTranslation()
  const questions = useLive(client, (state) => state.activities.questions)
  if (questions === undefined) {
    return (
      <section className="questions" aria-label={t('tabs.questions')} aria-busy="true">
        <div className="chat-bones" aria-hidden="true">
          {[84, 62, 73, 40].map((width) => (
            <span key={width} className="bone" style={{ width: `${width}%` }} />
          ))}
        </div>
      </section>
    )
  }
  return <Open client={client} activities={activities} view={questions.view} own={questions.self} />
}

type OpenProps = { client: LiveClient; activities: StateRow['activities']; view: QuestionsView; own: QuestionsSelf }

function Open({ client, activities, view, own }: OpenProps) {
  const { t } = useTranslation()
  const people = useLive(client, (state) => state.people)
  const self = useLive(client, (state) => state.self)
  const muted = useLive(client, (state) => state.activities.chat?.self.muted ?? null)
  const watches = useLive(client, (state) => state.self?.guest === true && state.views.program?.guests === 'watch')
  // Counted for its end: nothing arrives when a mute runs out.
  useSecondsUntil(client, muted?.until ?? undefined)
  const [order, setOrder] = useState<QuestionOrder>('votes')
  const sortId = useId()
  const send = useCallback<QuestionsSend>((command) => client.send('questions', command), [client])
  const nameOf = useCallback((id: string) => people.get(id)?.displayName ?? t('chat.someone'), [people, t])
  const list = useRef<HTMLDivElement>(null)
  const { questions, earlier, fetching, fetchEarlier } = useQuestions(client, view)
  const held = useCallback(() => list.current?.matches(':hover, :focus-within') === true, [])
  const inView = useMemo(() => new Set(view.questions.map(({ id }) => id)), [view.questions])
  const voted = useMemo(() => new Set(own.voted), [own.voted])
  const mine = useMemo(() => new Set(own.own.map(({ id }) => id)), [own.own])
  const isPinnedHere = useCue(client, view.pinnedAt ?? undefined)
  // After the end nobody looks at anything any more: it stands among the others.
  const pinned = isPinnedHere && activities !== 'read-only' ? view.pinned : null
  // It stands above already.
  const shown = useOrdered(questions, { order, held }).filter(({ id }) => id !== pinned?.id)

  const onTeam = self?.team === true
  const asking = askingOf({ watches, activities, settings: view.settings, self: own, muted, onTeam, now: client.now() })
  const isOpen = activities === 'open' || (activities === 'team' && onTeam)
  const tools = onTeam && (isOpen || activities === 'read-only')
  const mayVote = isOpen && !watches

  const card = (question: Question) => (
    <QuestionCard
      question={question}
      name={question.actorId === null ? undefined : nameOf(question.actorId)}
      isOwn={mine.has(question.id)}
      nameOf={nameOf}
      send={send}
      {...(view.settings.upvotes
        ? { vote: { has: voted.has(question.id), may: mayVote && inView.has(question.id) && question.archived !== true } }
        : {})}
    >
      {tools && <TeamTools question={question} isPinned={view.pinned?.id === question.id} send={send} />}
    </QuestionCard>
  )

  return (
    <section className="questions" aria-label={t('tabs.questions')}>
      {tools && <WaitingQuestions waiting={view.waiting} nameOf={nameOf} send={send} />}
      <div className="unseen" aria-live="polite" aria-atomic="true">
        {pinned !== null && `${t('questions.now')}: ${pinned.text}`}
      </div>
      {pinned !== null && (
        <div className="question-pinned">
          <p className="question-pinned-head">
            <Icon name="pin" size={14} />
            {t('questions.now')}
          </p>
          {card(pinned)}
        </div>
      )}
      <div className="questions-scroll" ref={list}>
        <OwnQuestions client={client} self={own} mayWrite={isOpen} send={send} />
        {shown.length > 1 && (
          <p className="questions-sort">
            <label htmlFor={sortId}>{t('questions.sort')}</label>
            <select id={sortId} value={order} onChange={(event) => setOrder(event.target.value as QuestionOrder)}>
              {questionOrders
                .filter((each) => each !== 'votes' || view.settings.upvotes)
                .map((each) => (
                  <option key={each} value={each}>
                    {t(`questions.order.${each}`)}
                  </option>
                ))}
            </select>
          </p>
        )}
        {shown.length === 0 && own.own.length === 0 && pinned === null && (
          <div className="log-empty">
            <Icon name="question" size={28} />
            <p>{t('questions.empty')}</p>
            <p className="quiet">{asking.may ? t('questions.emptyHint') : t('questions.emptyClosed')}</p>
          </div>
        )}
        <ul className="question-list" aria-label={t('questions.all')}>
          {shown.map((question) => (
            <li key={question.id}>{card(question)}</li>
          ))}
        </ul>
        {earlier && (
          <p className="log-top quiet" aria-live="polite">
            {fetching === 'failed' && <span>{t('questions.earlierFailed')} </span>}
            {fetching === 'busy' ? (
              t('questions.loadingEarlier')
            ) : (
              <button type="button" className="link-button" onClick={fetchEarlier}>
                {fetching === 'failed' ? t('chat.again') : t('questions.earlier')}
              </button>
            )}
          </p>
        )}
      </div>
      {asking.may ? (
        <AskForm client={client} settings={view.settings} self={own} onTeam={onTeam} send={send} />
      ) : (
        <AskClosed asking={asking} />
      )}
    </section>
  )
}

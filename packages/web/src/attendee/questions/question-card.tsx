// Owns: one question on an attendee's page: its words, its votes, what was answered.
import type { Question, QuestionAnswer } from '@voila/protocol'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { clockText } from '../chat/durations.ts'
import { MessageText } from '../chat/message-text.tsx'
import { Icon } from '../icons.tsx'
import type { QuestionsSend } from './questions-port.ts'

type CardProps = {
  question: Question
  /** Of whoever asked; undefined where this reader may not know. */
  name: string | undefined
  isOwn: boolean
  nameOf: (id: string) => string
  /** Absent where there are no votes at this event. */
  vote?: { readonly has: boolean; readonly may: boolean }
  send: QuestionsSend
  children?: ReactNode
}

/** Rendered again only when something of this question changed. */
export const QuestionCard = memo(function QuestionCard({ question, name, isOwn, nameOf, vote, send, children }: CardProps) {
  const { t } = useTranslation()
  const { id, at, text, votes, answer, anonymous, editedAt } = question
  const replies = question.replies?.filter(({ removed }) => removed === undefined) ?? []
  return (
    <article
      className="question"
      data-answered={answer !== undefined}
      aria-label={t('questions.by', { name: name ?? t('questions.nobody') })}
    >
      {vote !== undefined && (
        <Vote votes={votes} {...vote} onVote={() => void send({ type: vote.has ? 'unvote' : 'upvote', question: id })} />
      )}
      <div className="question-body">
        <p className="question-head">
          <bdi>{name ?? t('questions.nobody')}</bdi>
          {isOwn && <span className="badge badge-own">{t('chat.you')}</span>}
          {anonymous === true && name !== undefined && <span className="badge badge-quiet">{t('questions.hidden')}</span>}
          <time dateTime={new Date(at).toISOString()}>{clockText(at)}</time>
        </p>
        <p className="question-text" dir="auto">
          <MessageText text={text} />
          {editedAt !== undefined && <span className="message-edited"> ({t('chat.edited')})</span>}
        </p>
        {answer !== undefined && <Answer answer={answer} />}
        {replies.length > 0 && (
          <ul className="question-replies" aria-label={t('questions.replies')}>
            {replies.map((reply) => (
              <li key={reply.id}>
                <p className="question-head">
                  <bdi>{nameOf(reply.actorId)}</bdi>
                  <span className="badge">{t('chat.team')}</span>
                  <time dateTime={new Date(reply.at).toISOString()}>{clockText(reply.at)}</time>
                </p>
                <p className="question-text" dir="auto">
                  <MessageText text={reply.text} />
                </p>
              </li>
            ))}
          </ul>
        )}
        {children}
      </div>
    </article>
  )
})

function Vote({ votes, has, may, onVote }: { votes: number; has: boolean; may: boolean; onVote: () => void }) {
  const { t } = useTranslation()
  const label = t('questions.votes', { count: votes })
  if (!may) {
    return (
      <span className="vote" data-has={has} title={label}>
        <Icon name="up" size={16} />
        <span aria-hidden="true">{votes}</span>
        <span className="unseen">{label}</span>
      </span>
    )
  }
  return (
    <button
      type="button"
      className="vote"
      aria-pressed={has}
      aria-label={`${t('questions.vote')}, ${label}`}
      title={has ? t('questions.unvote') : t('questions.vote')}
      onClick={onVote}
    >
      <Icon name="up" size={16} />
      {votes}
    </button>
  )
}

function Answer({ answer: { at, live, text } }: { answer: QuestionAnswer }) {
  const { t } = useTranslation()
  return (
    <div className="question-answer">
      <p className="question-answered">
        <Icon name="done" size={14} />
        {live ? t('questions.answeredLive', { when: clockText(at) }) : t('questions.answered', { when: clockText(at) })}
      </p>
      {text !== undefined && (
        <p className="question-text" dir="auto">
          <MessageText text={text} />
        </p>
      )}
    </div>
  )
}

// Owns: what a moderator on the attendee page does with questions: those that wait, and each that is published.
import { limits, type Question, type WaitingQuestion } from '@voila/protocol'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clockText } from '../chat/durations.ts'
import type { QuestionsSend } from './questions-port.ts'
import { TextForm } from './text-form.tsx'

type Command = Parameters<QuestionsSend>[0]

function useAsk(send: QuestionsSend) {
  const { t } = useTranslation()
  const [refused, setRefused] = useState('')
  async function ask(command: Command): Promise<boolean> {
    const ack = await send(command)
    setRefused('refused' in ack ? t(`errors.${ack.refused.code}`) : '')
    return !('refused' in ack)
  }
  return { ask, refused }
}

type WaitingProps = { waiting: readonly WaitingQuestion[]; nameOf: (id: string) => string; send: QuestionsSend }

export function WaitingQuestions({ waiting, nameOf, send }: WaitingProps) {
  const { t } = useTranslation()
  const { ask, refused } = useAsk(send)
  const [dismissed, setDismissed] = useState<number>()
  if (waiting.length === 0 && dismissed === undefined) return null
  return (
    <details className="queue" open>
      <summary>{t('questions.queue', { count: waiting.length })}</summary>
      {dismissed !== undefined && (
        <p className="queue-undo" aria-live="polite">
          {t('questions.dismissed')}{' '}
          <button
            type="button"
            className="link-button"
            onClick={() => void ask({ type: 'restore', question: dismissed }).then(() => setDismissed(undefined))}
          >
            {t('chat.undo')}
          </button>
        </p>
      )}
      <ul>
        {waiting.map(({ id, at, actorId, text }) => (
          <li key={id}>
            <p className="question-head">
              <bdi>{actorId === null ? t('questions.nobody') : nameOf(actorId)}</bdi>
              <time dateTime={new Date(at).toISOString()}>{clockText(at)}</time>
            </p>
            <p className="question-text" dir="auto">
              {text}
            </p>
            <div className="row-ways">
              <button type="button" className="button button-small button-main" onClick={() => void ask({ type: 'approve', question: id })}>
                {t('chat.approve')}
              </button>
              <button
                type="button"
                className="button button-small"
                onClick={() => void ask({ type: 'dismiss', question: id }).then((done) => done && setDismissed(id))}
              >
                {t('chat.dismiss')}
              </button>
            </div>
          </li>
        ))}
      </ul>
      <p className="failed" aria-live="polite">
        {refused}
      </p>
    </details>
  )
}

export function TeamTools({ question, isPinned, send }: { question: Question; isPinned: boolean; send: QuestionsSend }) {
  const { t } = useTranslation()
  const { ask, refused } = useAsk(send)
  const [writes, setWrites] = useState<'answer' | 'reply'>()
  const { id, answer, archived } = question
  const does = (command: Command) => (): void => void ask(command)
  if (writes !== undefined) {
    return (
      <TextForm
        label={t(writes === 'answer' ? 'questions.answerWriting' : 'questions.replyWriting')}
        text={writes === 'answer' ? (answer?.text ?? '') : ''}
        maxUnits={writes === 'answer' ? limits.questionAnswerUnits : limits.questionReplyUnits}
        saves={t('questions.publish')}
        onSave={(text) => ask({ type: writes, question: id, text })}
        onDone={() => setWrites(undefined)}
      />
    )
  }
  const ways: [label: string, onDo: () => void][] =
    archived === true
      ? [[t('chat.restore'), does({ type: 'restore', question: id })]]
      : [
          [t(isPinned ? 'questions.unpin' : 'questions.pin'), does({ type: 'pin', question: isPinned ? null : id })],
          answer?.live === true
            ? [t('questions.unanswer'), does({ type: 'unanswer', question: id })]
            : [t('questions.answerLive'), does({ type: 'answer', question: id })],
          [t('questions.answer'), () => setWrites('answer')],
          [t('chat.reply'), () => setWrites('reply')],
          [t('questions.archive'), does({ type: 'archive', question: id })],
          [t('chat.delete'), does({ type: 'remove', question: id })],
        ]
  return (
    <div className="question-tools" role="toolbar" aria-label={t('chat.actions')}>
      {archived === true && <span className="badge badge-quiet">{t('questions.archived')}</span>}
      {ways.map(([label, onDo]) => (
        <button key={label} type="button" className="link-button" onClick={onDo}>
          {label}
        </button>
      ))}
      <span className="failed" aria-live="polite">
        {refused}
      </span>
    </div>
  )
}

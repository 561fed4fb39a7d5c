// Owns: what somebody has asked himself, and what has become of it.
import { limits, type OwnQuestion, type OwnQuestionState, type QuestionsSelf } from '@voila/protocol'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import { Icon, type IconName } from '../icons.tsx'
import { useSecondsUntil } from '../use-live.ts'
import type { QuestionsSend } from './questions-port.ts'
import { TextForm } from './text-form.tsx'

const icons: Readonly<Record<OwnQuestionState, IconName>> = { waiting: 'clock', published: 'check', answered: 'done', dismissed: 'info' }

type OwnProps = { client: LiveClient; self: QuestionsSelf; mayWrite: boolean; send: QuestionsSend }

export function OwnQuestions({ client, self, mayWrite, send }: OwnProps) {
  const { t } = useTranslation()
  const news = useNews(self)
  const newest = self.own.at(-1)
  // On a phone the others' questions need the room; what has become of the newest is said all the same.
  const [isWide] = useState(() => matchMedia('(min-width: 900px)').matches)
  return (
    <>
      <div className="unseen" aria-live="polite" aria-atomic="true">
        {news !== undefined && `${t(`questions.news.${news.state}`)} ${news.text}`}
      </div>
      {self.own.length > 0 && (
        <details className="own-questions" open={isWide}>
          <summary>
            {t('questions.own', { count: self.own.length })}
            {newest !== undefined && <span className="quiet"> · {t(`questions.short.${newest.state}`)}</span>}
          </summary>
          <ul>
            {self.own.toReversed().map((question) => (
              <Own key={question.id} client={client} question={question} mayWrite={mayWrite} send={send} />
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** The question whose state has changed last while one is here; one's own doing is not among that. */
function useNews({ own }: QuestionsSelf): OwnQuestion | undefined {
  const [news, setNews] = useState<OwnQuestion>()
  const known = useRef(new Map(own.map(({ id, state }) => [id, state])))
  useEffect(() => {
    const changed = own.findLast(({ id, state }) => known.current.has(id) && known.current.get(id) !== state)
    known.current = new Map(own.map(({ id, state }) => [id, state]))
    if (changed !== undefined) setNews(changed)
  }, [own])
  return news
}

function Own({ client, question, mayWrite, send }: { client: LiveClient; question: OwnQuestion; mayWrite: boolean; send: QuestionsSend }) {
  const { t } = useTranslation()
  const [mode, setMode] = useState<'edit' | 'delete'>()
  const [refused, setRefused] = useState('')
  const { id, at, text, state, anonymous, editable } = question
  const left = useSecondsUntil(client, editable && mayWrite ? at + limits.questionEditMs : undefined)

  async function ask(command: Parameters<QuestionsSend>[0]): Promise<boolean> {
    const ack = await send(command)
    setRefused('refused' in ack ? t(`errors.${ack.refused.code}`) : '')
    return !('refused' in ack)
  }
  return (
    <li className="own-question">
      {mode === 'edit' ? (
        <TextForm
          label={t('questions.editing')}
          text={text}
          maxUnits={limits.questionTextUnits}
          saves={t('chat.save')}
          says={left > 0 ? t('chat.editLeft', { count: left }) : t('errors.question_edit_closed')}
          onSave={(edited) => ask({ type: 'edit', question: id, text: edited })}
          onDone={() => setMode(undefined)}
        />
      ) : (
        <p className="question-text" dir="auto">
          {text}
        </p>
      )}
      <p className="own-state" data-state={state}>
        <Icon name={icons[state]} size={14} />
        <span>
          {t(`questions.state.${state}`)}
          {anonymous !== undefined && ` · ${t('questions.withoutName')}`}
        </span>
        {mode === undefined && left > 0 && (
          <button type="button" className="link-button" onClick={() => setMode('edit')}>
            {t('chat.edit')}
          </button>
        )}
        {mode === undefined && mayWrite && (
          <button type="button" className="link-button" onClick={() => setMode('delete')}>
            {t('chat.delete')}
          </button>
        )}
      </p>
      {mode === 'delete' && (
        <div className="confirm">
          <p>{t('questions.deleteAsk')}</p>
          <div className="row-ways">
            <button
              type="button"
              className="button button-small button-danger"
              onClick={() => void ask({ type: 'withdraw', question: id })}
            >
              {t('chat.delete')}
            </button>
            {/* biome-ignore lint/a11y/noAutofocus: what was pressed has gone, and the harmless choice is next */}
            <button type="button" className="button button-small" autoFocus onClick={() => setMode(undefined)}>
              {t('chat.keep')}
            </button>
          </div>
        </div>
      )}
      <p className="failed" aria-live="polite">
        {refused}
      </p>
    </li>
  )
}

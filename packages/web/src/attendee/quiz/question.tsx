// Owns: a question of the quiz: its time, its answers by pointer and by number key, and what was right.
import { type QuizNow, type QuizSelf, type QuizShown, quizEndsAt } from '@voila/protocol'
import { type RefObject, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readerLocale } from '../../i18n/index.ts'
import type { LiveClient } from '../../live/index.ts'
import { Icon } from '../icons.tsx'
import { useTicking } from './shown-quiz.ts'

type QuestionProps = {
  client: LiveClient
  now: QuizNow
  question: QuizShown
  self: QuizSelf
  stands: boolean
  mayAct: boolean
  root: RefObject<HTMLElement | null>
}

/** Where a digit is a letter of what somebody writes. */
const writing = 'input, textarea, select, [contenteditable]'

export function Question({ client, now, question, self, stands, mayAct, root }: QuestionProps) {
  const { t } = useTranslation()
  const isAsked = now.phase === 'question'
  const own = self?.answers.find((answer) => answer.question === now.number)
  const delayMs = self?.delayMs ?? 0
  const time = useTicking(client, isAsked && !stands)
  const left = quizEndsAt(question, delayMs) - (stands ? (question.pausedAt ?? time) + delayMs : time)
  const [chosen, setChosen] = useState<readonly number[]>([])
  const [isSending, setSending] = useState(false)
  const [failed, setFailed] = useState('')
  const canAnswer = isAsked && mayAct && own === undefined && !isSending && !stands && left > 0

  async function answer(options: readonly number[]): Promise<void> {
    if (!canAnswer || options.length === 0) return
    setChosen(options)
    setSending(true)
    const ack = await client.send('quiz', { type: 'answer', quiz: now.id, question: now.number - 1, options })
    setSending(false)
    setFailed('refused' in ack ? t(`errors.${ack.refused.code}`) : '')
    if ('refused' in ack && question.choose === 'one') setChosen([])
  }
  function press(option: number): void {
    if (!canAnswer) return
    if (question.choose === 'one') void answer([option])
    else setChosen(chosen.includes(option) ? chosen.filter((each) => each !== option) : [...chosen, option])
  }

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isElsewhere = root.current === null || root.current.offsetParent === null
      const isWritten = event.target instanceof Element && event.target.matches(writing)
      if (isElsewhere || isWritten || event.ctrlKey || event.metaKey || event.altKey) return
      const option = /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1
      if (question.options[option] === undefined || !canAnswer) return
      event.preventDefault()
      press(option)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })

  const picked = own?.options ?? chosen
  return (
    <div className="quiz-question">
      <p className="quiz-text" dir="auto">
        {question.text}
      </p>
      {isAsked && <Countdown left={left} whole={question.seconds * 1_000} stands={stands} />}
      {isAsked && question.choose === 'all' && <p className="quiet">{t('quiz.chooseAll')}</p>}
      <ul className="quiz-options">
        {question.options.map((option, index) => (
          <li key={option}>
            {isAsked ? (
              <button
                type="button"
                className="quiz-option"
                aria-pressed={picked.includes(index)}
                aria-keyshortcuts={String(index + 1)}
                aria-disabled={!canAnswer}
                onClick={() => press(index)}
              >
                <span className="quiz-key" aria-hidden="true">
                  {index + 1}
                </span>
                <span dir="auto">{option}</span>
                {picked.includes(index) && <Icon name="check" />}
              </button>
            ) : (
              <Result question={question} index={index} isOwn={picked.includes(index)} />
            )}
          </li>
        ))}
      </ul>
      {isAsked && question.choose === 'all' && own === undefined && (
        <button
          type="button"
          className="button button-main"
          aria-disabled={!canAnswer || chosen.length === 0}
          onClick={() => void answer(chosen)}
        >
          {t('quiz.send')}
        </button>
      )}
      <output className="quiz-note">
        {isAsked ? (own !== undefined ? t('quiz.answered') : stands ? t('quiz.paused') : left <= 0 ? t('quiz.over') : '') : resultOf()}
      </output>
      <p className="failed" role="alert">
        {failed}
      </p>
    </div>
  )

  function resultOf(): string {
    if (question.voided) return t('quiz.voided')
    if (own === undefined) return t('quiz.unanswered')
    if (own.right !== true) return t('quiz.wrong')
    const shown = new Intl.NumberFormat(readerLocale()).format(own.points ?? 0)
    return t('quiz.right', { count: own.points ?? 0, shown })
  }
}

function Countdown({ left, whole, stands }: { left: number; whole: number; stands: boolean }) {
  const { t } = useTranslation()
  const seconds = Math.max(0, Math.ceil(left / 1_000))
  const share = Math.min(1, Math.max(0, left / whole))
  return (
    <div className="quiz-time" role="timer" aria-label={t('quiz.left', { count: seconds })} data-short={seconds <= 5} data-stands={stands}>
      <span className="quiz-bar" style={{ transform: `scaleX(${share})` }} />
      <span aria-hidden="true">{seconds}</span>
    </div>
  )
}

function Result({ question, index, isOwn }: { question: QuizShown; index: number; isOwn: boolean }) {
  const { t } = useTranslation()
  const isRight = question.right?.includes(index) === true
  const count = question.counts?.[index] ?? 0
  const most = Math.max(1, ...(question.counts ?? []))
  return (
    <div className="quiz-result" data-right={isRight} data-own={isOwn}>
      <span className="quiz-share" style={{ inlineSize: `${(100 * count) / most}%` }} />
      {isRight ? <Icon name="check" /> : isOwn ? <Icon name="close" /> : <span className="quiz-no-mark" />}
      <span dir="auto">
        {question.options[index]}
        {isRight && <span className="unseen">, {t('quiz.rightAnswer')}</span>}
        {isOwn && <small>{t('quiz.yours')}</small>}
      </span>
      <span className="quiz-count">
        {new Intl.NumberFormat(readerLocale()).format(count)}
        <span className="unseen"> {t('quiz.votes', { count })}</span>
      </span>
    </div>
  )
}

// Owns: choosing a nickname for the quiz, where the program allows it.
import { cleanText, limits, type QuizSelf } from '@voila/protocol'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'

export function Nickname({ client, quiz, self }: { client: LiveClient; quiz: number; self: QuizSelf }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [failed, setFailed] = useState('')
  const nickname = self?.nickname ?? null

  async function send(wanted: string | null): Promise<void> {
    const ack = await client.send('quiz', { type: 'nickname', quiz, nickname: wanted })
    setFailed('refused' in ack ? t(`errors.${ack.refused.code}`) : '')
    if (!('refused' in ack)) setText('')
  }
  function submit(event: FormEvent): void {
    event.preventDefault()
    const cleaned = cleanText(text)
    if (cleaned !== '') void send(cleaned)
  }

  return (
    <form className="quiz-nickname" onSubmit={submit}>
      {nickname === null ? (
        <>
          <label>
            <span>{t('quiz.nickname')}</span>
            <input
              value={text}
              maxLength={limits.quizNicknameUnits}
              autoComplete="off"
              dir="auto"
              onChange={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <button type="submit" className="button">
            {t('quiz.useNickname')}
          </button>
        </>
      ) : (
        <p>
          {t('quiz.playsAs', { nickname })}{' '}
          <button type="button" className="link-button" onClick={() => void send(null)}>
            {t('quiz.useName')}
          </button>
        </p>
      )}
      <p className="failed" role="alert">
        {failed}
      </p>
    </form>
  )
}

// Owns: voting: choosing or writing, sending it, and what stands there when that was refused.
import { cleanText, type ErrorCode, limits, type Poll, type PollVote } from '@voila/protocol'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'

type BallotProps = { client: LiveClient; poll: Poll; before: PollVote | undefined; onDone: () => void }

/** One for each edition of a poll: what was chosen for another counts no more. */
export function Ballot({ client, poll, before, onDone }: BallotProps) {
  const { t } = useTranslation()
  const { form, min, max, options, secret, review } = poll.content
  const [chosen, setChosen] = useState<readonly number[]>(before?.choices ?? [])
  const [texts, setTexts] = useState<readonly string[]>([''])
  const [sending, setSending] = useState(false)
  const [refused, setRefused] = useState<ErrorCode>()
  const hintId = useId()
  const written = texts.map(cleanText).filter((text) => text !== '')
  const isWritten = options.length === 0
  const may = isWritten ? written.length > 0 : chosen.length >= min && chosen.length <= max

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!may || sending) return
    setSending(true)
    const ballot = form === 'text' ? { text: written[0] } : form === 'words' ? { words: written } : { choices: chosen }
    const ack = await client.send('polls', { type: 'vote', poll: poll.id, edition: poll.edition, ...ballot })
    setSending(false)
    setRefused('refused' in ack ? ack.refused.code : undefined)
    if (!('refused' in ack)) onDone()
  }
  const toggle = (index: number): void => {
    const others = chosen.filter((other) => other !== index)
    setChosen(max === 1 ? [index] : others.length < chosen.length ? others : chosen.length < max ? [...chosen, index] : chosen)
  }
  const bounds =
    form !== 'multiple' ? undefined : min === max ? t('polls.exactly', { count: min }) : t('polls.between', { min, max, count: max })
  const hints = [bounds, secret ? t('polls.secret') : undefined, isWritten && review ? t('polls.reviewed') : undefined].filter(Boolean)

  return (
    <form className="poll-ballot" onSubmit={(event) => void send(event)}>
      <fieldset disabled={sending} aria-describedby={hintId}>
        <legend className="unseen">{poll.content.question}</legend>
        {isWritten ? (
          <Writing form={form} max={max} texts={texts} onChange={setTexts} />
        ) : (
          <div className={form === 'rating' ? 'poll-scale' : 'poll-options'}>
            {options.map((option, index) => (
              <label key={option} data-chosen={chosen.includes(index)}>
                <input
                  type={max === 1 ? 'radio' : 'checkbox'}
                  name={`poll-${poll.id}`}
                  checked={chosen.includes(index)}
                  disabled={max > 1 && chosen.length >= max && !chosen.includes(index)}
                  onChange={() => toggle(index)}
                />
                <span dir="auto">{option}</span>
              </label>
            ))}
          </div>
        )}
        {form === 'rating' && (
          <p className="poll-ends" aria-hidden={poll.content.lowest + poll.content.highest === ''}>
            <span dir="auto">{poll.content.lowest}</span>
            <span dir="auto">{poll.content.highest}</span>
          </p>
        )}
      </fieldset>
      <p id={hintId} className="poll-hint">
        {hints.join(' ')}
      </p>
      {refused !== undefined && (
        <p className="failed" role="alert">
          {t(`errors.${refused}`)}
        </p>
      )}
      <button type="submit" className="button button-main" disabled={!may || sending}>
        {sending ? t('polls.sending') : before === undefined ? t(isWritten ? 'polls.send' : 'polls.vote') : t('polls.change')}
      </button>
    </form>
  )
}

type WritingProps = { form: string; max: number; texts: readonly string[]; onChange(texts: readonly string[]): void }

function Writing({ form, max, texts, onChange }: WritingProps) {
  const { t } = useTranslation()
  const change = (index: number, text: string): void => {
    const changed = texts.map((each, at) => (at === index ? text : each))
    // There is always an empty one to go on with, until there are enough.
    onChange(form === 'words' && changed.length < max && changed.at(-1) !== '' ? [...changed, ''] : changed)
  }
  if (form === 'text') {
    return (
      <textarea
        className="field"
        rows={3}
        dir="auto"
        aria-label={t('polls.answer')}
        placeholder={t('polls.answer')}
        maxLength={limits.pollTextUnits}
        value={texts[0]}
        onChange={(event) => change(0, event.currentTarget.value)}
      />
    )
  }
  return (
    <div className="poll-words">
      {texts.map((text, index) => (
        <input
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a field is known by.
          key={index}
          className="field"
          dir="auto"
          aria-label={t('polls.word', { number: index + 1 })}
          placeholder={t('polls.word', { number: index + 1 })}
          maxLength={limits.pollWordUnits}
          value={text}
          onChange={(event) => change(index, event.currentTarget.value)}
        />
      ))}
    </div>
  )
}

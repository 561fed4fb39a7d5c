// Owns: what came of a poll, as bars that are also text, as a table, as a cloud, as a list of what was written.
import type { Poll, PollTally } from '@voila/protocol'
import { useTranslation } from 'react-i18next'

/** Whole percents of those who voted. */
const share = (count: number, voters: number): number => (voters === 0 ? 0 : Math.round((count / voters) * 100))

type ResultsProps = { poll: Poll; tally: PollTally; chosen: readonly number[] }

export function Results({ poll, tally, chosen }: ResultsProps) {
  const { t } = useTranslation()
  const { form } = poll.content
  return (
    <div className="poll-results">
      {form === 'text' ? <Written tally={tally} /> : form === 'words' ? <Cloud tally={tally} /> : <Bars {...{ poll, tally, chosen }} />}
      <p className="poll-voters">{t('polls.voters', { count: tally.voters })}</p>
    </div>
  )
}

/** A table to a screen reader and to the eye alike: option, share, count. */
function Bars({ poll, tally, chosen }: ResultsProps) {
  const { t } = useTranslation()
  const { options, form, lowest, highest } = poll.content
  const sum = tally.counts.reduce((all, count, index) => all + count * (index + 1), 0)
  return (
    <>
      <table className="poll-bars">
        <caption className="unseen">{t('polls.results')}</caption>
        <thead className="unseen">
          <tr>
            <th scope="col">{t('polls.option')}</th>
            <th scope="col">{t('polls.share')}</th>
            <th scope="col">{t('polls.count')}</th>
          </tr>
        </thead>
        <tbody>
          {options.map((option, index) => {
            const count = tally.counts[index] ?? 0
            const percent = share(count, tally.voters)
            return (
              <tr key={option} data-own={chosen.includes(index)}>
                <th scope="row" dir="auto">
                  {option}
                  {chosen.includes(index) && <span className="poll-own">{t('polls.own')}</span>}
                </th>
                <td className="poll-percent">
                  {percent} %
                  <span className="poll-bar" style={{ inlineSize: `${percent}%` }} aria-hidden="true" />
                </td>
                <td className="poll-count">{count}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {form === 'rating' && (
        <p className="poll-ends">
          <span dir="auto">{lowest}</span>
          {tally.voters > 0 && <strong>{t('polls.average', { value: (sum / tally.voters).toFixed(1) })}</strong>}
          <span dir="auto">{highest}</span>
        </p>
      )}
    </>
  )
}

function Cloud({ tally }: { tally: PollTally }) {
  const { t } = useTranslation()
  const most = tally.words[0]?.[1] ?? 1
  if (tally.words.length === 0) return <p className="poll-quiet">{t('polls.nothingYet')}</p>
  return (
    <ul className="poll-cloud" aria-label={t('polls.results')}>
      {tally.words.map(([word, count]) => (
        <li key={word} dir="auto" style={{ fontSize: `${0.875 + 1.25 * Math.sqrt(count / most)}em` }} title={t('polls.times', { count })}>
          {word}
          <span className="unseen">, {t('polls.times', { count })}</span>
        </li>
      ))}
    </ul>
  )
}

function Written({ tally }: { tally: PollTally }) {
  const { t } = useTranslation()
  if (tally.texts.length === 0) return <p className="poll-quiet">{t('polls.nothingYet')}</p>
  return (
    <ul className="poll-texts" aria-label={t('polls.results')}>
      {tally.texts.toReversed().map(({ id, text }) => (
        <li key={id} dir="auto">
          {text}
        </li>
      ))}
    </ul>
  )
}

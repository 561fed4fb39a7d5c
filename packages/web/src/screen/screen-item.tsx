// Owns: how each thing that the team can take looks on a screen: beside the video, in the room, and where the team looks before taking it.
import { openPoll, type Poll, quizEndsAt, type ScreenItem, type Slide } from '@voila/protocol'
import { useInTime } from '../attendee/cue.ts'
import { useShownTally } from '../attendee/polls/shown-tally.ts'
import { useShownQuiz } from '../attendee/quiz/shown-quiz.ts'
import { useLive, useSecondsUntil } from '../attendee/use-live.ts'
import type { LiveClient } from '../live/index.ts'
import { useSlide } from './slides.ts'
import './screen-item.css'

/** The few words that stand on a screen, as the page that shows it says them. */
export type ScreenWords = {
  page(at: { page: number; pages: number }): string
  votes(count: number): string
  points(count: number): string
  left(seconds: number): string
  opens: string
}

type ItemProps = { client: LiveClient; words: ScreenWords }

export function ScreenItemView({ item, ...rest }: ItemProps & { item: ScreenItem }) {
  if (item.kind === 'slide') return <SlideView slide={item} {...rest} />
  if (item.kind === 'link') return <LinkCard url={item.url} title={item.title} words={rest.words} />
  const Shown = { question: PinnedQuestion, poll: LatestPoll, quiz: QuizStep, leaderboard: Leaderboard }[item.kind]
  return <Shown {...rest} />
}

function SlideView({ client, words, slide }: ItemProps & { slide: Slide }) {
  const shown = useSlide(client, slide)
  const { title, page, pages } = shown?.slide ?? slide
  const alt = pages > 1 ? `${title}, ${words.page({ page, pages })}` : title
  if (shown === undefined) return <div className="screen-slide" role="img" aria-label={alt} aria-busy="true" />
  return <img className="screen-slide" src={shown.url} alt={alt} />
}

function LinkCard({ url, title, words }: { url: string; title: string; words: ScreenWords }) {
  return (
    <div className="screen-card">
      <p className="screen-large" dir="auto">
        {title}
      </p>
      <a className="screen-link" href={url} target="_blank" rel="noopener noreferrer" aria-label={`${title}, ${words.opens}`}>
        {url.replace(/^https:\/\//, '')}
      </a>
    </div>
  )
}

/** What is published and pinned; nothing that is not approved is told to this page. */
function PinnedQuestion({ client }: ItemProps) {
  const pinned = useLive(client, (state) => state.activities.questions?.view.pinned ?? null)
  const pinnedAt = useLive(client, (state) => state.activities.questions?.view.pinnedAt ?? undefined)
  const question = useInTime(client, pinned, pinnedAt)
  const people = useLive(client, (state) => state.people)
  if (question === undefined || question === null || question.removed !== undefined) return null
  const asker = question.actorId === null ? undefined : people.get(question.actorId)?.displayName
  return (
    <div className="screen-card">
      <p className="screen-large" dir="auto">
        {question.text}
      </p>
      {asker !== undefined && <p className="screen-quiet">{asker}</p>}
    </div>
  )
}

function LatestPoll({ client, words }: ItemProps) {
  const view = useLive(client, (state) => state.activities.polls?.view)
  const latest = view === undefined ? undefined : (openPoll(view) ?? view.polls.at(-1))
  const poll = useInTime(client, latest, latest?.openedAt)
  const tally = useShownTally(client, poll)
  if (poll === undefined) return null
  return (
    <div className="screen-card">
      <p className="screen-large" dir="auto">
        {poll.content.question}
      </p>
      {poll.content.form === 'text' || poll.content.form === 'words' ? (
        <ul className="screen-words">
          {tally?.words.map(([word, count]) => (
            <li key={word} style={{ fontSize: `${Math.min(2.4, 0.9 + count * 0.15)}em` }} dir="auto">
              {word}
            </li>
          ))}
          {tally?.texts.map(({ id, text }) => (
            <li key={id} className="screen-answer" dir="auto">
              {text}
            </li>
          ))}
        </ul>
      ) : (
        <Bars poll={poll} counts={tally?.counts} voters={tally?.voters ?? 0} />
      )}
      {tally !== undefined && <p className="screen-quiet">{words.votes(tally.voters)}</p>}
    </div>
  )
}

function Bars({ poll, counts, voters }: { poll: Poll; counts: readonly number[] | undefined; voters: number }) {
  const { options, lowest, highest } = poll.content
  const ends: Readonly<Record<number, string>> = { 0: lowest, [options.length - 1]: highest }
  return (
    <ol className="screen-options">
      {options.map((option, index) => {
        const percent = counts === undefined || voters === 0 ? 0 : Math.round(((counts[index] ?? 0) / voters) * 100)
        return (
          <li key={option}>
            <span dir="auto">{[option, ends[index]].filter(Boolean).join(' · ')}</span>
            {counts !== undefined && <span className="screen-percent">{percent} %</span>}
            {counts !== undefined && <span className="screen-bar" style={{ inlineSize: `${percent}%` }} aria-hidden="true" />}
          </li>
        )
      })}
    </ol>
  )
}

function QuizStep(props: ItemProps) {
  // In the time of this page's own picture: the right answer must not be ahead of the speaker.
  const { now: quiz, self, stands } = useShownQuiz(props.client)
  const isAsked = quiz?.phase === 'question' && quiz.question !== null && !stands
  const left = useSecondsUntil(props.client, isAsked ? quizEndsAt(quiz.question, self?.delayMs ?? 0) : undefined)
  if (quiz === null) return null
  if (quiz.phase === 'leaderboard' || quiz.phase === 'podium') return <Leaderboard {...props} />
  const { question } = quiz
  if (quiz.phase === 'lobby' || question === null) {
    return (
      <div className="screen-card">
        <p className="screen-large" dir="auto">
          {quiz.title}
        </p>
      </div>
    )
  }
  return (
    <div className="screen-card">
      <p className="screen-quiet screen-ends">
        <span>
          {quiz.number} / {quiz.of}
        </span>
        {isAsked && <span className="screen-percent">{props.words.left(left)}</span>}
      </p>
      <p className="screen-large" dir="auto">
        {question.text}
      </p>
      <ol className="screen-options">
        {question.options.map((option, index) => (
          <li key={option} data-right={question.right?.includes(index)}>
            <span dir="auto">
              {question.right?.includes(index) === true ? '✓ ' : ''}
              {option}
            </span>
            {question.counts !== null && <span className="screen-percent">{question.counts[index] ?? 0}</span>}
          </li>
        ))}
      </ol>
    </div>
  )
}

function Leaderboard({ client, words }: ItemProps) {
  const { now: quiz } = useShownQuiz(client)
  const people = useLive(client, (state) => state.people)
  if (quiz === null) return null
  return (
    <div className="screen-card">
      <p className="screen-quiet" dir="auto">
        {quiz.title}
      </p>
      <ol className="screen-ranks">
        {quiz.top.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: nobody behind a nickname has a key of his own here.
          <li key={index} value={row.rank}>
            <span className="screen-rank">{row.rank}</span>
            <span className="screen-name" dir="auto">
              {row.nickname ?? (row.actorId === null ? '' : people.get(row.actorId)?.displayName)}
            </span>
            <span className="screen-percent">{words.points(row.points)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}

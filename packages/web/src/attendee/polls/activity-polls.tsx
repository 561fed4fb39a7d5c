// Owns: the polls beside the picture: the one that is open, and what came of those before.
import { openPoll, type Poll, type PollsSelf, type PollsView, type PollVote, type StateRow } from '@voila/protocol'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LiveClient } from '../../live/index.ts'
import type { ActivityPanelProps } from '../activity-panel-props.ts'
import { useCue } from '../cue.ts'
import { useLive, useSecondsUntil } from '../use-live.ts'
import { Ballot } from './ballot.tsx'
import { Results } from './results.tsx'
import { useShownTally } from './shown-tally.ts'
import '../style/polls.css'

export function PollsPanel({ client, activities }: ActivityPanelProps) {
  const { t } = useTranslation()
  const polls = useLive(client, (state) => state.activities.polls)
  if (polls === undefined) {
    return (
      <section className="polls" aria-label={t('tabs.polls')} aria-busy="true">
        <div className="chat-bones" aria-hidden="true">
          {[84, 62, 73].map((width) => (
            <span key={width} className="bone" style={{ width: `${width}%` }} />
          ))}
        </div>
      </section>
    )
  }
  return <Shown client={client} activities={activities} view={polls.view} own={polls.self} />
}

type ShownProps = { client: LiveClient; activities: StateRow['activities']; view: PollsView; own: PollsSelf }

function Shown({ client, activities, view, own }: ShownProps) {
  const { t } = useTranslation()
  const newest = openPoll(view)
  const isHere = useCue(client, newest?.openedAt)
  const watches = useLive(client, (state) => state.self?.guest === true && state.views.program?.guests === 'watch')
  // The picture has yet to come to its opening.
  const shown = newest !== undefined && !isHere ? view.polls.filter(({ id }) => id !== newest.id) : view.polls
  const current = isHere ? newest : undefined
  const before = shown.filter(({ id }) => id !== current?.id).toReversed()
  const card = (poll: Poll) => (
    <PollCard
      key={`${poll.id} ${poll.edition}`}
      {...{ client, poll }}
      vote={own.votes[poll.id]}
      canVote={activities === 'open' && !watches}
      watches={watches}
    />
  )
  return (
    <section className="polls" aria-label={t('tabs.polls')}>
      <div className="polls-scroll">
        {shown.length === 0 && (
          <div className="polls-empty">
            <p>{t('polls.empty')}</p>
            <p className="poll-quiet">{t(activities === 'read-only' ? 'polls.emptyOver' : 'polls.emptyHint')}</p>
          </div>
        )}
        {current !== undefined && card(current)}
        {before.length > 0 && (
          <>
            {current !== undefined && <h3 className="polls-before">{t('polls.before')}</h3>}
            {before.map(card)}
          </>
        )}
      </div>
    </section>
  )
}

type CardProps = {
  client: LiveClient
  poll: Poll
  vote: PollVote | undefined
  canVote: boolean
  watches: boolean
}

function PollCard({ client, poll, vote, canVote, watches }: CardProps) {
  const { t } = useTranslation()
  const titleId = useId()
  const [changing, setChanging] = useState(false)
  const left = useSecondsUntil(client, poll.state === 'open' && poll.closesAt !== null ? poll.closesAt : undefined)
  const { results, changes } = poll.content
  const tally = useShownTally(client, poll)
  const isOver = poll.state === 'closed' || (poll.closesAt !== null && left === 0)
  const votes = canVote && !isOver && (vote === undefined || changing)
  useEffect(() => {
    if (isOver) setChanging(false)
  }, [isOver])

  return (
    <article className="poll" data-open={!isOver} aria-labelledby={titleId}>
      <p className="poll-state">
        {isOver ? t('polls.closed') : t('polls.open')}
        {!isOver && left !== undefined && left > 0 && <span className="poll-left">{t('polls.left', { count: left })}</span>}
      </p>
      <h2 id={titleId} dir="auto">
        {poll.content.question}
      </h2>
      {votes && <Ballot client={client} poll={poll} before={vote} onDone={() => setChanging(false)} />}
      {!isOver && watches && <p className="poll-quiet">{t('polls.watching')}</p>}
      <div aria-live="polite">{vote !== undefined && !changing && <Voted vote={vote} isWritten={poll.content.options.length === 0} />}</div>
      {vote !== undefined && !changing && canVote && !isOver && changes && (
        <button type="button" className="link-button" onClick={() => setChanging(true)}>
          {t('polls.changeMine')}
        </button>
      )}
      {tally !== undefined && (!votes || results === 'always') && (
        <Results poll={poll} tally={tally} chosen={votes ? [] : (vote?.choices ?? [])} />
      )}
      {!votes && tally === undefined && vote !== undefined && !isOver && results === 'after-close' && (
        <p className="poll-quiet">{t('polls.later')}</p>
      )}
      {poll.state === 'closed' && results === 'never' && <p className="poll-quiet">{t('polls.notShown')}</p>}
    </article>
  )
}

function Voted({ vote, isWritten }: { vote: PollVote; isWritten: boolean }) {
  const { t } = useTranslation()
  if (!isWritten || vote.texts === undefined) return <p className="poll-voted">{t(isWritten ? 'polls.sent' : 'polls.voted')}</p>
  return (
    <ul className="poll-mine">
      {vote.texts.map(({ text, state }) => (
        <li key={text}>
          <span dir="auto">{text}</span>
          <span className="poll-quiet">{t(`polls.state.${state}`)}</span>
        </li>
      ))}
    </ul>
  )
}

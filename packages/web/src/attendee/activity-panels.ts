// Owns: the table of what stands beside the picture. An activity that attendees take part in has a row here.
import type { ActivityName } from '@voila/protocol'
import { type ComponentType, lazy } from 'react'
import type { Words } from '../i18n/en.ts'
import type { LiveState } from '../live/index.ts'
import type { ActivityPanelProps } from './activity-panel-props.ts'
import { ChatPanel } from './chat/chat-panel.tsx'
import type { IconName } from './icons.tsx'

export type ActivityPanel = {
  readonly activity: ActivityName & keyof Words['tabs']
  readonly icon: IconName
  /** `lazy`, in a chunk whose name begins with `activity-`: it comes when its tab is opened. */
  readonly Panel: ComponentType<ActivityPanelProps>
  /** Stays mounted behind the other tabs, with what is written and scrolled in it. */
  readonly stays?: true
  readonly isThere: (state: LiveState) => boolean
  /** Grows with whatever somebody who looks elsewhere should know of. */
  readonly unread: (state: LiveState) => number
  /** When the team launched what is on now (`at` of its entry): the tab comes to the front when the picture has come to that moment. */
  readonly launched: (state: LiveState) => number | undefined
}

/** In the order of the tabs. */
export const activityPanels: readonly ActivityPanel[] = [
  {
    activity: 'chat',
    icon: 'message',
    Panel: ChatPanel,
    stays: true,
    isThere: (state) => state.activities.chat?.view.settings.on !== false,
    unread: (state) => state.activities.chat?.view.messages.at(-1)?.order ?? 0,
    launched: () => undefined,
  },
  {
    activity: 'questions',
    icon: 'question',
    Panel: lazy(async () => ({ default: (await import('./questions/activity-questions.tsx')).QuestionsPanel })),
    isThere: (state) => state.activities.questions?.view.settings.on === true,
    unread: (state) => state.activities.questions?.view.questions.at(-1)?.order ?? 0,
    launched: (state) => state.activities.questions?.view.pinnedAt ?? undefined,
  },
  {
    activity: 'polls',
    icon: 'poll',
    Panel: lazy(async () => ({ default: (await import('./polls/activity-polls.tsx')).PollsPanel })),
    isThere: (state) => state.activities.polls?.view.settings.on === true,
    unread: (state) => state.activities.polls?.view.polls.at(-1)?.openedAt ?? 0,
    launched: (state) => state.activities.polls?.view.polls.findLast(({ state: is }) => is === 'open')?.openedAt,
  },
  {
    activity: 'quiz',
    icon: 'trophy',
    Panel: lazy(async () => ({ default: (await import('./quiz/activity-quiz.tsx')).QuizPanel })),
    // Behind other tabs too it tells how late the picture is.
    stays: true,
    isThere: (state) => state.activities.quiz?.view.settings.on === true && state.activities.quiz.view.current !== null,
    unread: () => 0,
    launched(state) {
      const current = state.activities.quiz?.view.current
      const follows = current?.phase === 'reveal' || current?.phase === 'leaderboard'
      return (follows ? current.question?.openedAt : current?.at) ?? undefined
    },
  },
]

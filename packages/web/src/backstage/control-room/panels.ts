// Owns: the table of the control room's panels. An activity that the team runs live is a row here.
import {
  IconChartBar,
  IconChecklist,
  IconHelpCircle,
  IconMessage,
  IconMessages,
  IconMoodSmile,
  IconPresentation,
  IconSpeakerphone,
  IconTrophy,
  type TablerIcon,
} from '@tabler/icons-react'
import type { ActivityName } from '@voila/protocol'
import type { ComponentType } from 'react'
import type { LiveState } from '../../live/index.ts'
import { AnnouncementsPanel } from './announcements-panel.tsx'
import { BackchannelPanel } from './backchannel-panel.tsx'
import { ChatPanel } from './chat-panel.tsx'
import { ModerationPanel } from './moderation-panel.tsx'
import { moderationRows } from './moderation-rows.ts'
import type { PanelProps } from './panel-props.ts'
import { PollsPanel } from './polls-panel.tsx'
import { QuestionsPanel } from './questions-panel.tsx'
import { QuizPanel } from './quiz-panel.tsx'
import { ReactionsPanel } from './reactions-panel.tsx'
import { ScreenPanel } from './screen-panel.tsx'

type PanelRow = {
  readonly activity: ActivityName
  readonly title: string
  /** Where there is little room. */
  readonly short: string
  readonly icon: TablerIcon
  /** main: the column that most of the work happens in, one at a time, with tabs; side: one below the other beside it. */
  readonly place: 'main' | 'side'
  readonly Panel: ComponentType<PanelProps>
  /** What waits for the team, as a number beside the title. */
  waiting(state: LiveState): number
  /** Grows with what arrives, so that a panel that is not looked at can say that there is something new; 0 where nothing has. */
  newest(state: LiveState): number
}

export const panels: readonly PanelRow[] = [
  {
    activity: 'chat',
    title: 'Chat',
    short: 'Chat',
    icon: IconMessage,
    place: 'main',
    Panel: ChatPanel,
    // In the queue.
    waiting: () => 0,
    newest: (state) => state.activities.chat?.view.messages.at(-1)?.order ?? 0,
  },
  {
    activity: 'questions',
    title: 'Questions',
    short: 'Q&A',
    icon: IconHelpCircle,
    place: 'main',
    Panel: QuestionsPanel,
    // In the queue.
    waiting: () => 0,
    newest: (state) => state.activities.questions?.view.questions.at(-1)?.order ?? 0,
  },
  {
    activity: 'moderation',
    title: 'Waits for you',
    short: 'Queue',
    icon: IconChecklist,
    place: 'side',
    Panel: ModerationPanel,
    waiting: (state) => moderationRows.reduce((sum, row) => sum + row.waiting(state).length, 0),
    newest: () => 0,
  },
  {
    activity: 'polls',
    title: 'Polls',
    short: 'Polls',
    icon: IconChartBar,
    place: 'main',
    Panel: PollsPanel,
    waiting: (state) => state.activities.polls?.view.waiting.length ?? 0,
    newest: (state) => state.activities.polls?.view.polls.at(-1)?.openedAt ?? 0,
  },
  {
    activity: 'quiz',
    title: 'Quiz',
    short: 'Quiz',
    icon: IconTrophy,
    place: 'main',
    Panel: QuizPanel,
    waiting: () => 0,
    newest: () => 0,
  },
  {
    activity: 'reactions',
    title: 'Reactions',
    short: 'React',
    icon: IconMoodSmile,
    place: 'main',
    Panel: ReactionsPanel,
    waiting: () => 0,
    newest: () => 0,
  },
  {
    activity: 'screen',
    title: 'Screen',
    short: 'Screen',
    icon: IconPresentation,
    place: 'main',
    Panel: ScreenPanel,
    waiting: () => 0,
    newest: () => 0,
  },
  {
    activity: 'announcements',
    title: 'Announcements',
    short: 'Announce',
    icon: IconSpeakerphone,
    place: 'side',
    Panel: AnnouncementsPanel,
    waiting: () => 0,
    newest: (state) => state.activities.announcements?.view.past[0]?.id ?? 0,
  },
  {
    activity: 'backchannel',
    title: 'Backchannel',
    short: 'Team',
    icon: IconMessages,
    place: 'side',
    Panel: BackchannelPanel,
    waiting: () => 0,
    newest: (state) => state.activities.backchannel?.view.messages.at(-1)?.id ?? 0,
  },
]

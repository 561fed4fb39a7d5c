// Owns: the table of what clients hold of each activity. A row here and one in `index.ts` for each: the compiler compares them.
import { announcementsView } from './announcements-view.ts'
import { backchannelView } from './backchannel-view.ts'
import { chatView } from './chat-view.ts'
import { moderationView } from './moderation-view.ts'
import { pollsView } from './polls-view.ts'
import { questionsView } from './questions-view.ts'
import { quizView } from './quiz-view.ts'
import { reactionsView } from './reactions-view.ts'
import { screenView } from './screen-view.ts'

export const activityViews = {
  chat: chatView,
  announcements: announcementsView,
  backchannel: backchannelView,
  questions: questionsView,
  quiz: quizView,
  reactions: reactionsView,
  polls: pollsView,
  moderation: moderationView,
  screen: screenView,
} as const
export type ActivityName = keyof typeof activityViews

export function isActivityName(text: string): text is ActivityName {
  return Object.hasOwn(activityViews, text)
}

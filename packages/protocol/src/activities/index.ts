// Owns: the table of activities. A new one is a row here, its rules, what a client holds of it (`views.ts`), and a panel on each page.
import { announcements } from './announcements.ts'
import { backchannel } from './backchannel.ts'
import { chat } from './chat.ts'
import { moderation } from './moderation.ts'
import { polls } from './polls.ts'
import { questions } from './questions.ts'
import { quiz } from './quiz.ts'
import { reactions } from './reactions.ts'
import { screen } from './screen.ts'
import type { ActivityName, activityViews } from './views.ts'

export const activities = { chat, announcements, backchannel, questions, quiz, reactions, polls, moderation, screen } as const satisfies {
  [Name in ActivityName]: { snapshot(...state: never): Parameters<(typeof activityViews)[Name]['reduce']>[0] }
}

/** What is told of each activity to everybody, and to one alone. Of those that are not for him, a client holds nothing. */
export type ActivityStates = {
  readonly [Name in ActivityName]: {
    readonly view: ReturnType<(typeof activities)[Name]['snapshot']>
    readonly self: ReturnType<(typeof activities)[Name]['self']>
  }
}

// Owns: which entries are the team's doings, as the log of them shows, and the words for each.

/** `of`: where the body names what it was done to. `unless`: in the body of an entry that is not the team's. */
type TeamActionRow = { readonly says: string; readonly of?: string; readonly unless?: Readonly<Record<string, unknown>> }

/** An activity whose items the team approves, dismisses or changes has rows here. By the type of the entry. */
export const teamActions = {
  'chat.approved': { says: 'Approved a message', of: 'message' },
  'chat.dismissed': { says: 'Dismissed a message', of: 'message' },
  'chat.removed': { says: 'Deleted a message', of: 'message', unless: { by: 'author' } },
  'chat.restored': { says: 'Brought back what was taken away in the chat', of: 'message' },
  'chat.pinned': { says: 'Changed the pinned message', of: 'message' },
  'chat.muted': { says: 'Muted somebody', of: 'attendee' },
  'chat.unmuted': { says: 'Unmuted somebody', of: 'attendee' },
  'chat.cleared': { says: 'Cleared the chat' },
  'chat.configured': { says: 'Changed the settings of the chat' },
  'questions.approved': { says: 'Approved a question', of: 'question' },
  'questions.dismissed': { says: 'Dismissed a question', of: 'question' },
  'questions.restored': { says: 'Brought back a question', of: 'question' },
  'questions.removed': { says: 'Deleted a question', of: 'question' },
  'questions.archived': { says: 'Archived a question', of: 'question' },
  'questions.answered': { says: 'Answered a question', of: 'question' },
  'questions.unanswered': { says: 'Took back the answer to a question', of: 'question' },
  'questions.replied': { says: 'Replied to a question', of: 'question' },
  'questions.unreplied': { says: 'Deleted a reply to a question', of: 'question' },
  'questions.labelled': { says: 'Changed the labels of a question', of: 'question' },
  'questions.assigned': { says: 'Changed for whom a question is', of: 'question' },
  'questions.pinned': { says: 'Changed the question that everybody looks at', of: 'question' },
  'questions.configured': { says: 'Changed the settings of the questions' },
  'polls.approved': { says: 'Approved an answer to a poll', of: 'answer' },
  'polls.dismissed': { says: 'Dismissed an answer to a poll', of: 'answer' },
  'polls.restored': { says: 'Brought back an answer to a poll', of: 'answer' },
  'polls.configured': { says: 'Changed the settings of the polls' },
  'quiz.configured': { says: 'Changed the settings of the quiz' },
  'reactions.configured': { says: 'Changed the settings of the reactions' },
  'screen.taken': { says: 'Put something on the screen' },
  'screen.cleared': { says: 'Cleared the screen' },
  'screen.configured': { says: 'Changed the settings of the screen' },
  'announcements.made': { says: 'Made an announcement' },
  'announcements.withdrawn': { says: 'Withdrew an announcement', of: 'announcement' },
  'moderation.claimed': { says: 'Took on something that waits', of: 'item' },
  'moderation.released': { says: 'Gave back something that waits', of: 'item' },
} as const satisfies Record<string, TeamActionRow>

export type TeamActionType = keyof typeof teamActions
export const teamActionTypes = Object.keys(teamActions) as TeamActionType[]

/** The row of an entry's type, if its body says that the team did it. */
export function teamActionOf(type: string, body: unknown): TeamActionRow | undefined {
  if (!Object.hasOwn(teamActions, type)) return undefined
  const row: TeamActionRow = teamActions[type as TeamActionType]
  const held = (body ?? {}) as Readonly<Record<string, unknown>>
  return Object.entries(row.unless ?? {}).some(([key, value]) => held[key] === value) ? undefined : row
}

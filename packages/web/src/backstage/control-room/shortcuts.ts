// Owns: the keys of the control room: what each does, and which press is meant for it.
import type { KeyPress } from '../../attendee/player/shortcuts.ts'

type ShortcutRow = {
  readonly key: string
  readonly group: 'Show' | 'Write' | 'Queue' | 'Messages' | 'Chat' | 'Polls' | 'Questions' | 'Quiz'
  readonly says: string
}

/** Single keys, as in other rooms where hands stay on the keyboard. In the order in which the list of them shows them. */
export const shortcuts = {
  help: { key: '?', group: 'Show', says: 'Show or hide this list' },
  step: { key: 'g', group: 'Show', says: 'Go live, or end the show; it asks first' },
  sound: { key: 'v', group: 'Show', says: 'Sound of the preview on or off' },
  screen: { key: '0', group: 'Show', says: 'Go to the slides: arrows turn them, Enter takes' },
  write: { key: 'c', group: 'Write', says: 'Write in the chat' },
  announce: { key: 'a', group: 'Write', says: 'Write an announcement' },
  team: { key: 'b', group: 'Write', says: 'Write in the backchannel' },
  queue: { key: 'f', group: 'Queue', says: 'Go to what waits' },
  approve: { key: 'y', group: 'Queue', says: 'Approve what has the focus, or the first that waits' },
  dismiss: { key: 'n', group: 'Queue', says: 'Dismiss it' },
  edit: { key: 'e', group: 'Queue', says: 'Edit it, then approve' },
  assign: { key: 'i', group: 'Queue', says: 'Assign it to yourself, or give it back' },
  undoQueue: { key: 'd', group: 'Queue', says: 'Undo what was done last in the queue' },
  next: { key: 'j', group: 'Messages', says: 'Next message' },
  previous: { key: 'k', group: 'Messages', says: 'Message before' },
  reply: { key: 'r', group: 'Messages', says: 'Reply to the message' },
  pin: { key: 'p', group: 'Messages', says: 'Pin or unpin the message' },
  remove: { key: 'x', group: 'Messages', says: 'Delete the message' },
  mute: { key: 'm', group: 'Messages', says: 'Mute its author for 10 minutes' },
  undo: { key: 'u', group: 'Chat', says: 'Undo what was done last in the chat' },
  review: { key: 'h', group: 'Chat', says: 'Hold messages for review, or stop holding them' },
  slow: { key: 's', group: 'Chat', says: 'Slow mode on or off' },
  questions: { key: 'q', group: 'Questions', says: 'Go to the questions, then to the next' },
  showQuestion: { key: 'o', group: 'Questions', says: 'Show the question to everybody, or stop showing it' },
  answeredLive: { key: 'l', group: 'Questions', says: 'The question is answered live' },
  answerQuestion: { key: 'w', group: 'Questions', says: 'Answer the question in writing' },
  archiveQuestion: { key: 'z', group: 'Questions', says: 'Archive the question' },
  launchPoll: { key: 't', group: 'Polls', says: 'Launch the next prepared poll' },
  closePoll: { key: '.', group: 'Polls', says: 'Close the poll that is open' },
  newPoll: { key: '+', group: 'Polls', says: 'Ask something now' },
  quizStep: { key: ',', group: 'Quiz', says: 'The next step of the quiz' },
} as const satisfies Record<string, ShortcutRow>

export type ShortcutName = keyof typeof shortcuts

export const shortcutNames = Object.keys(shortcuts) as ShortcutName[]

/** The shortcut that a press is meant for; none while somebody types, or holds Ctrl, Alt or ⌘. */
export function roomShortcutOf({ key, modified, focus }: KeyPress): ShortcutName | undefined {
  if (modified || focus === 'typing') return undefined
  return shortcutNames.find((name) => shortcuts[name].key === key.toLowerCase())
}

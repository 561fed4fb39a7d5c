// Owns: the table of what waits for the team. An activity whose items the team approves or dismisses has a row here.
import type { ActivityName, Claim, Waiting } from '@voila/protocol'
import { claimKey } from '@voila/protocol'
import type { LiveState } from '../../live/index.ts'
import type { Send } from './undo.ts'

type Command = Parameters<Send>[0]

type ModerationRow = {
  readonly activity: ActivityName
  /** As the filter calls it, and as a single item is called. */
  readonly title: string
  readonly item: string
  /** The same array while nothing of it changed. */
  waiting(state: LiveState): readonly Waiting[]
  approve(id: number, text?: string): Command
  dismiss(id: number): Command
  /** Takes an approval back. */
  unapprove(id: number): Command
  /** Takes a dismissal back. */
  restore(id: number): Command
}

const none: readonly Waiting[] = []

export const moderationRows: readonly ModerationRow[] = [
  {
    activity: 'chat',
    title: 'Chat',
    item: 'message',
    waiting: (state) => state.activities.chat?.view.waiting ?? none,
    approve: (message, text) => ({ type: 'approve', message, ...(text === undefined ? {} : { text }) }),
    dismiss: (message) => ({ type: 'dismiss', message }),
    unapprove: (message) => ({ type: 'remove', message }),
    restore: (message) => ({ type: 'restore', message }),
  },
  {
    activity: 'questions',
    title: 'Questions',
    item: 'question',
    waiting: (state) => state.activities.questions?.view.waiting ?? none,
    approve: (question, text) => ({ type: 'approve', question, ...(text === undefined ? {} : { text }) }),
    dismiss: (question) => ({ type: 'dismiss', question }),
    unapprove: (question) => ({ type: 'remove', question }),
    restore: (question) => ({ type: 'restore', question }),
  },
  {
    activity: 'polls',
    title: 'Polls',
    item: 'answer',
    waiting: (state) => state.activities.polls?.view.waiting ?? none,
    approve: (answer, text) => ({ type: 'approve', answer, ...(text === undefined ? {} : { text }) }),
    dismiss: (answer) => ({ type: 'dismiss', answer }),
    unapprove: (answer) => ({ type: 'dismiss', answer }),
    restore: (answer) => ({ type: 'restore', answer }),
  },
]

export type Item = { readonly row: ModerationRow; readonly waiting: Waiting; readonly key: string }

export type Whose = 'all' | 'mine' | 'unassigned'
export type QueueFilter = { readonly activity: ActivityName | 'all'; readonly whose: Whose }

/** What waits anywhere, the oldest first. `queues`: of each row, in the table's order. */
export function queueOf(queues: readonly (readonly Waiting[])[]): Item[] {
  return moderationRows
    .flatMap((row, at) => (queues[at] ?? none).map((waiting) => ({ row, waiting, key: claimKey(row.activity, waiting.id) })))
    .sort((a, b) => a.waiting.at - b.waiting.at || a.waiting.id - b.waiting.id)
}

export function filtered(
  items: readonly Item[],
  { activity, whose }: QueueFilter,
  { claims, selfId }: { claims: Readonly<Record<string, Claim>>; selfId: string | undefined },
): Item[] {
  return items.filter(({ row, key }) => {
    const holder = claims[key]?.actorId
    const isHis = whose === 'all' || (whose === 'mine' ? holder !== undefined && holder === selfId : holder === undefined)
    return isHis && (activity === 'all' || row.activity === activity)
  })
}

// Owns: the tables of questions that the organizer takes away.
import type { Cell, Sheet } from '../activity.ts'
import type { Asked, QuestionsState } from './questions-state.ts'

function stateOf(state: QuestionsState, { id, removed, archived, answer }: Asked): string {
  if (state.held.has(id)) return 'waiting'
  if (state.dismissed.has(id)) return 'dismissed'
  if (removed !== undefined) return removed === 'author' ? 'withdrawn' : 'removed'
  if (archived === true) return 'archived'
  return answer === undefined ? 'published' : 'answered'
}

/** Who asked stays empty where nobody may know. */
const personOf = ({ anonymous, actorId }: Asked): Cell => (anonymous === 'fully' ? null : { person: actorId })

/** Every question that was asked, whatever became of it; nothing of those that were withdrawn before the team read them, or erased. */
export function questionsSheets(state: QuestionsState): Sheet[] {
  const all = [...state.published.values(), ...state.held.values(), ...state.dismissed.values()]
    .filter(({ removed }) => removed !== 'erased')
    .sort((a, b) => a.id - b.id)
  return [
    {
      name: 'Questions',
      columns: [
        'Number',
        'Time',
        { person: 'Asked by' },
        'Anonymous',
        'Question',
        'Votes',
        'State',
        'Labels',
        'For',
        'Answered at',
        'Answered live',
        'Answer',
      ],
      rows: all.map((question) => [
        question.id,
        { time: question.at },
        personOf(question),
        question.anonymous !== 'no',
        question.text,
        question.votes.size,
        stateOf(state, question),
        question.labels.join(', '),
        question.speaker ?? null,
        question.answer === undefined ? null : { time: question.answer.at },
        question.answer?.live ?? false,
        question.answer?.text ?? null,
      ]),
    },
    {
      name: 'Replies',
      columns: ['Question', 'Time', { person: 'Written by' }, 'Reply'],
      rows: all.flatMap(({ id, replies }) =>
        replies
          .filter(({ removed }) => removed === undefined)
          .map(({ at, actorId, text }) => [id, { time: at }, { person: actorId }, text]),
      ),
    },
  ]
}

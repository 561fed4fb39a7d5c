// Owns: what can be taken away of a quiz.
import type { Sheet } from '../activity.ts'
import type { Quiz, QuizState } from './quiz-state.ts'

const seconds = (ms: number): number => Math.round(ms) / 1_000

function resultsOf({ id, title, standings, nicknames, asked }: Quiz): Sheet['rows'] {
  const counted = [...asked.values()].filter(({ state, voided }) => state === 'revealed' && !voided)
  return standings.map(({ actorId, points, rank }) => {
    const answers = counted.flatMap((question) => question.answers.get(actorId) ?? [])
    const right = answers.filter((answer) => answer.right).length
    return [id, title, rank, { person: actorId }, nicknames.get(actorId) ?? null, points, answers.length, right]
  })
}

function questionsOf({ id, title, questions, asked }: Quiz): Sheet['rows'] {
  return questions.map(({ text, options, right, points, seconds }, index) => {
    const now = asked.get(index)
    const answers = [...(now?.answers.values() ?? [])]
    return [
      id,
      title,
      index + 1,
      text,
      right.map((option) => options[option]).join(' | '),
      points,
      seconds,
      now?.voided === true ? 'void' : (now?.state ?? 'not asked'),
      now?.openedAt === undefined ? null : { time: now.openedAt },
      answers.length,
      answers.filter((answer) => answer.right).length,
    ]
  })
}

function answersOf({ id, title, questions, asked }: Quiz): Sheet['rows'] {
  return [...asked].flatMap(([index, { state, voided, answers }]) =>
    [...answers].map(([actorId, { at, options, t, right, points }]) => {
      const isOver = state === 'revealed'
      const chosen = options.map((option) => questions[index]?.options[option] ?? '').join(' | ')
      return [id, title, index + 1, { person: actorId }, { time: at }, chosen, right, seconds(t), isOver ? (voided ? 0 : points) : null]
    }),
  )
}

/** Every quiz of the run, the one that is on included. */
export function quizSheets({ past, current }: QuizState): Sheet[] {
  const all = [...past, ...(current === undefined ? [] : [current])]
  return [
    {
      name: 'Results',
      columns: ['Quiz number', 'Quiz', 'Rank', { person: 'Player' }, 'Nickname', 'Points', 'Answers', 'Right answers'],
      rows: all.flatMap(resultsOf),
    },
    {
      name: 'Questions',
      columns: [
        'Quiz number',
        'Quiz',
        'Question number',
        'Question',
        'Right answer',
        'Points',
        'Seconds',
        'State',
        'Asked at',
        'Answers',
        'Right answers',
      ],
      rows: all.flatMap(questionsOf),
    },
    {
      name: 'Answers',
      columns: ['Quiz number', 'Quiz', 'Question number', { person: 'Player' }, 'Time', 'Answer', 'Right', 'Seconds taken', 'Points'],
      rows: all.flatMap(answersOf),
    },
  ]
}

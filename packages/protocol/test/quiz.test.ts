// Owns: the proof of the quiz: that time is fair, that points are right, and that no right answer is told before its time.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Actor, limits, QuizContent, type QuizView, quiz, quizView } from '../src/index.ts'
import { ada, bo, type CommandsOf, heldAfter, oneByOneTo, type Played, runOf, start, team } from './folding.ts'

type Command = CommandsOf<typeof quiz.decide>
type State = ReturnType<typeof quiz.initial>
const played = quiz as unknown as Played<Command, State, QuizView>
const cy: Actor = { id: 'cy', moderates: false }

const content = (questions: object[] = [{}, {}, {}]) =>
  QuizContent.parse({
    questions: questions.map((more, index) => ({
      text: `Question ${index + 1}?`,
      options: ['north', 'east', 'south', 'west'],
      right: [1],
      seconds: 10,
      ...more,
    })),
  })

function begun(questions?: object[]) {
  const it = runOf(played)
  const id = it.do(team, { type: 'start', title: 'How well do you know us?', content: content(questions) })
  const act = {
    open: (question = 0) => it.do(team, { type: 'open', quiz: id, question }),
    answer: (who: Actor, options: number[], question = 0) => it.do(who, { type: 'answer', quiz: id, question, options }),
    late: (who: Actor, delayMs: number) => it.do(who, { type: 'report-delay', quiz: id, delayMs }),
    reveal: (question = 0) => it.do(team, { type: 'reveal', quiz: id, question }),
    refusedAnswer: (who: Actor, options: number[] = [1], question = 0) => it.refusal(who, { type: 'answer', quiz: id, question, options }),
    refusedReveal: (question = 0) => it.decide(team, { type: 'reveal', quiz: id, question }),
  }
  return { ...it, ...act, id, of: (who: Actor) => quiz.self(it.state, who.id), told: () => quiz.snapshot(it.state, 'attendees').current }
}

describe('points', () => {
  test.each([
    [0, 1_000],
    [1, 1_000],
    [2_500, 875],
    [5_000, 750],
    [10_000, 500],
  ])('after %i ms of ten seconds a right answer to 1,000 is worth %i', (t, points) => {
    const it = begun()
    it.open()
    it.wait(t)
    it.answer(ada, [1])
    it.answer(bo, [2])
    it.wait(10_001)
    it.reveal()
    expect(it.of(ada)).toMatchObject({ points, rank: 1, answers: [{ question: 1, t, right: true, points }] })
    expect(it.of(bo)).toMatchObject({ points: 0, rank: 2, answers: [{ right: false, points: 0 }] })
  })

  test.each([
    ['one of two right ones', 'one', [2], true],
    ['a wrong one', 'one', [0], false],
    ['both right ones', 'all', [2, 1], true],
    ['one of both', 'all', [1], false],
    ['both, and a wrong one', 'all', [0, 1, 2], false],
  ])('where %s was chosen of "%s", that is right: %#', (_what, choose, options, right) => {
    const it = begun([{ right: [1, 2], choose }])
    it.open()
    it.answer(ada, options)
    it.wait(10_000)
    it.reveal()
    expect(it.of(ada)?.answers).toMatchObject([{ right }])
  })

  test('those with as many share a rank, and the next one leaves it out', () => {
    const it = begun()
    it.open()
    for (const who of [bo, ada]) it.answer(who, [1])
    it.wait(1_000)
    it.answer(cy, [1])
    it.wait(9_000)
    it.reveal()
    it.do(team, { type: 'leaderboard', quiz: it.id })
    expect(it.told()?.top).toEqual([
      { actorId: 'ada', points: 1_000, rank: 1 },
      { actorId: 'bo', points: 1_000, rank: 1 },
      { actorId: 'cy', points: 950, rank: 3 },
    ])
  })

  test('of a question that is void are nobody’s, until it counts again', () => {
    const it = begun()
    it.open()
    it.answer(ada, [1])
    it.wait(10_000)
    it.reveal()
    it.do(team, { type: 'void', quiz: it.id, question: 0, voided: true })
    expect(it.of(ada)).toMatchObject({ points: 0, answers: [{ right: true, points: 0, voided: true }] })
    expect(it.told()?.question?.voided).toBe(true)
    it.do(team, { type: 'void', quiz: it.id, question: 0, voided: false })
    expect(it.of(ada)).toMatchObject({ points: 1_000 })
  })
})

describe('time', () => {
  test('is counted from when somebody’s own picture shows the question', () => {
    const it = begun()
    it.late(ada, 6_000)
    it.open()
    it.wait(6_500)
    it.answer(ada, [1])
    it.answer(bo, [1])
    expect([it.of(ada)?.answers[0]?.t, it.of(bo)?.answers[0]?.t]).toEqual([500, 6_500])
  })

  test('is never less than none', () => {
    const it = begun()
    it.late(ada, 6_000)
    it.open()
    it.wait(2_000)
    it.answer(ada, [1])
    expect(it.of(ada)?.answers[0]?.t).toBe(0)
  })

  test('is up for each when it is in his own picture', () => {
    const it = begun()
    it.late(ada, 6_000)
    it.open()
    it.wait(10_001)
    expect(it.refusedAnswer(bo)).toBe('quiz_time_over')
    it.wait(5_999)
    it.answer(ada, [1])
    expect(it.of(ada)?.answers[0]?.t).toBe(10_000)
  })

  test.each([
    ['the first showing on any device counts', [6_000, 2_000], 2_000],
    ['in whatever order they tell of it', [2_000, 6_000], 2_000],
    ['and no picture is later than fifteen seconds', [40_000], limits.quizDelayMs],
  ])('%s', (_what, delays, counts) => {
    const it = begun()
    for (const delay of delays) it.late(ada, delay)
    expect(it.of(ada)?.delayMs).toBe(counts)
  })

  test('a device that shows it sooner may say so while it is asked, a later one may not, nor whoever told of none', () => {
    const it = begun()
    it.late(ada, 6_000)
    it.open()
    it.late(ada, 9_000)
    it.late(bo, 9_000)
    it.wait(1)
    it.answer(bo, [1])
    expect([it.of(ada)?.delayMs, it.of(bo)?.answers[0]?.t]).toEqual([6_000, 1])
    it.late(ada, 3_000)
    expect(it.of(ada)?.delayMs).toBe(3_000)
  })

  test('a picture that is later than before the last question is believed', () => {
    const it = begun()
    it.late(ada, 2_000)
    it.open()
    it.wait(12_000)
    it.reveal()
    it.late(ada, 5_000)
    expect(it.of(ada)?.delayMs).toBe(5_000)
  })

  test('can be told of only so often before one question', () => {
    const it = begun()
    for (let n = 0; n < limits.quizReports; n++) it.late(ada, 5_000 - n)
    expect(it.refusal(ada, { type: 'report-delay', quiz: it.id, delayMs: 1 })).toBe('rate_limited')
  })

  test('stands still in a pause, in each picture where the pause is', () => {
    const it = begun()
    it.late(ada, 4_000)
    it.open()
    it.wait(3_000)
    it.do(team, { type: 'pause', quiz: it.id, question: 0 })
    it.wait(2_000)
    expect(it.refusedAnswer(bo)).toBe('quiz_paused')
    it.answer(ada, [1])
    expect(it.of(ada)?.answers[0]?.t).toBe(1_000)
    it.wait(8_000)
    it.do(team, { type: 'resume', quiz: it.id, question: 0 })
    it.wait(1_000)
    it.answer(bo, [1])
    expect(it.of(bo)?.answers[0]?.t).toBe(4_000)
    expect(it.told()?.question).toMatchObject({ pausedAt: null, pausedMs: 10_000 })
    expect(it.refusedReveal()).toEqual({ refused: 'quiz_too_early', retryAfterMs: 10_000 })
  })
})

describe('the reveal', () => {
  test.each([
    [[], 10_000],
    [[2_000, 7_000], 17_000],
    [[60_000], 10_000 + limits.quizDelayMs],
  ])('with delays of %j is refused until %i ms after the question was opened', (delays, from) => {
    const it = begun()
    for (const [index, delay] of delays.entries()) it.late({ id: `a${index}`, moderates: false }, delay)
    it.open()
    expect(it.refusedReveal()).toEqual({ refused: 'quiz_too_early', retryAfterMs: from })
    it.wait(from - 1)
    expect(it.refusedReveal()).toEqual({ refused: 'quiz_too_early', retryAfterMs: 1_000 })
    it.wait(1)
    it.reveal()
    expect(it.told()).toMatchObject({ phase: 'reveal', question: { right: [1], counts: [0, 0, 0, 0] } })
  })

  test('is refused while the question stands still', () => {
    const it = begun()
    it.open()
    it.do(team, { type: 'pause', quiz: it.id, question: 0 })
    it.wait(60_000)
    expect(it.refusedReveal()).toEqual({ refused: 'quiz_too_early', retryAfterMs: 10_000 })
  })

  test('ends answering', () => {
    const it = begun()
    it.open()
    it.wait(10_000)
    it.reveal()
    expect(it.refusedAnswer(ada)).toBe('quiz_step')
  })
})

describe('an answer', () => {
  test('is one each, and stays', () => {
    const it = begun()
    it.open()
    it.answer(ada, [0])
    expect(it.refusedAnswer(ada, [1])).toBe('quiz_answered')
    expect(it.of(ada)?.answers).toEqual([{ question: 1, options: [0], t: 0 }])
  })

  test.each([
    ['to a question that is not asked', { question: 1 }, 'quiz_step'],
    ['to another quiz', { quiz: 99 }, 'quiz_step'],
    ['that is none of the answers', { options: [4] }, 'invalid_request'],
    ['of two where one is asked for', { options: [0, 1] }, 'invalid_request'],
  ])('%s is refused', (_what, wrong, code) => {
    const it = begun()
    it.open()
    expect(it.refusal(ada, { type: 'answer', quiz: it.id, question: 0, options: [1], ...wrong })).toBe(code)
  })

  test('of somebody of the team, who sees the right one, is refused; and of anybody while the quiz is off', () => {
    const it = begun()
    it.open()
    expect(it.refusedAnswer(team)).toBe('not_allowed')
    it.do(team, { type: 'configure', on: false })
    expect(it.refusedAnswer(ada)).toBe('activity_off')
  })
})

describe('the way through', () => {
  test('goes from the lobby over each question to the podium, and leaves nothing behind', () => {
    const it = begun([{}, {}])
    const phases = [it.told()?.phase]
    for (const question of [0, 1]) {
      it.open(question)
      phases.push(it.told()?.phase)
      it.wait(10_000)
      it.reveal(question)
      phases.push(it.told()?.phase)
      it.do(team, { type: 'leaderboard', quiz: it.id })
      phases.push(it.told()?.phase)
    }
    it.do(team, { type: 'finish', quiz: it.id })
    expect([...phases, it.told()?.phase]).toEqual([
      'lobby',
      'question',
      'reveal',
      'leaderboard',
      'question',
      'reveal',
      'leaderboard',
      'podium',
    ])
    it.do(team, { type: 'close', quiz: it.id })
    expect(it.told()).toBeNull()
    expect(quiz.sheets(it.state).map(({ name, rows }) => [name, rows.length])).toEqual([
      ['Results', 0],
      ['Questions', 2],
      ['Answers', 0],
    ])
  })

  test.each([
    ['opening one that was open', ['open 0', 'wait', 'reveal 0'], 'open 0', 'quiz_step'],
    ['opening the next while one is asked', ['open 0'], 'open 1', 'quiz_step'],
    ['opening one that there is not', [], 'open 3', 'quiz_step'],
    ['revealing another than is asked', ['open 0', 'wait'], 'reveal 1', 'quiz_step'],
    ['voiding what is not revealed', ['open 0'], 'void 0', 'quiz_step'],
    ['a leaderboard before any result', [], 'leaderboard', 'quiz_step'],
    ['ending before any result', [], 'finish', 'quiz_step'],
    ['skipping what is over', ['open 0', 'wait', 'reveal 0'], 'skip 0', 'quiz_step'],
    ['pausing what is not asked', [], 'pause 0', 'quiz_step'],
    ['another quiz meanwhile', [], 'start', 'quiz_running'],
  ])('does not allow %s', (_what, steps, last, code) => {
    const it = begun()
    const commandOf = (text: string): Command => {
      const [type, question] = text.split(' ')
      if (type === 'start') return { type, title: 'Another', content: content() }
      return { type, quiz: it.id, ...(question && { question: Number(question) }), ...(type === 'void' && { voided: true }) } as Command
    }
    for (const step of steps) step === 'wait' ? it.wait(10_000) : it.do(team, commandOf(step))
    expect(it.refusal(team, commandOf(last))).toBe(code)
  })

  test('skips a question that nobody saw, which can be asked later, and one that is asked, which counts for nobody', () => {
    const it = begun()
    it.do(team, { type: 'skip', quiz: it.id, question: 0 })
    it.open(1)
    it.answer(ada, [1], 1)
    it.do(team, { type: 'skip', quiz: it.id, question: 1 })
    expect(it.told()).toMatchObject({ phase: 'lobby', question: null })
    expect(it.of(ada)).toMatchObject({ points: 0, rank: null, answers: [] })
    it.open(0)
    expect(it.told()).toMatchObject({ phase: 'question', number: 1 })
  })

  test.each([
    'start',
    'open',
    'pause',
    'resume',
    'reveal',
    'skip',
    'void',
    'leaderboard',
    'finish',
    'close',
    'remove-nickname',
    'configure',
  ])('%s is the team’s alone', (type) => {
    expect(begun().refusal(ada, { type } as Command)).toBe('not_allowed')
  })
})

describe('a nickname', () => {
  const called = (it: ReturnType<typeof begun>, nickname: string | null): Command => ({
    type: 'nickname',
    quiz: it.id,
    nickname,
  })

  test('hides who plays from all but the team, which may take it away', () => {
    const it = begun()
    it.do(team, { type: 'configure', nicknames: true })
    it.do(ada, called(it, 'The Fox'))
    it.open()
    it.answer(ada, [1])
    it.wait(10_000)
    it.reveal()
    it.do(team, { type: 'leaderboard', quiz: it.id })
    expect(it.told()?.top).toEqual([{ actorId: null, nickname: 'The Fox', points: 1_000, rank: 1 }])
    expect(quiz.snapshot(it.state, 'team').current?.top[0]).toMatchObject({ actorId: 'ada', nickname: 'The Fox' })
    it.do(team, { type: 'remove-nickname', quiz: it.id, attendee: 'ada' })
    expect(it.told()?.top).toEqual([{ actorId: 'ada', points: 1_000, rank: 1 }])
  })

  test('is refused where the program has none, with a blocked word, twice, to the muted, and once it has begun', () => {
    const it = begun()
    expect(it.refusal(ada, called(it, 'The Fox'))).toBe('quiz_nickname')
    it.do(team, { type: 'configure', nicknames: true, blockedWords: ['villain'] })
    expect(it.refusal(ada, called(it, 'The Villain'))).toBe('quiz_nickname')
    it.do(ada, called(it, 'The Fox'))
    expect(it.refusal(bo, called(it, 'the FOX'))).toBe('quiz_nickname_taken')
    expect(it.refusal({ ...bo, mutedUntil: null }, called(it, 'Bo'))).toBe('chat_muted')
    it.open()
    expect(it.refusal(bo, called(it, 'Bo'))).toBe('quiz_step')
  })

  test('with a blocked word is never told, nor the list of them', () => {
    const it = begun()
    it.do(team, { type: 'configure', blockedWords: ['villain'] })
    expect(JSON.stringify([quiz.snapshot(it.state, 'attendees'), quiz.publish(it.log[1] as never, it.state, 'screen')])).not.toContain(
      'villain',
    )
    expect(quiz.snapshot(it.state, 'team').settings.blockedWords).toEqual(['villain'])
  })
})

test.each([
  ['no right answer', { right: [] }],
  ['a right answer that is none', { right: [4] }],
  ['one answer', { options: ['north'], right: [0] }],
  ['two answers alike', { options: ['north', 'north'] }],
  ['too little time', { seconds: 1 }],
  ['points beneath zero', { points: -1 }],
  ['more than it may have', { picture: 'x' }],
])('a question with %s is none', (_what, wrong) => {
  expect(() => content([wrong])).toThrow()
})

test('apply accepts tombstones, null bodies and unknown types at any step', () => {
  const it = begun()
  it.open()
  it.answer(ada, [1])
  const types = [...Object.keys(quiz.commands), 'opened', 'answered', 'revealed', 'delay-reported', 'started', 'whatever']
  for (const [seq, type] of types.flatMap((type) => [type, type]).entries()) {
    const body = seq % 2 === 0 ? { erased: true } : null
    const entry = { seq: 100 + seq, at: start, activity: 'quiz', type: `quiz.${type}`, actorId: 'ada', body }
    quiz.concerns(it.state, entry)
    quiz.apply(it.state, entry)
    quiz.publish(entry, it.state, 'attendees')
  }
  expect(it.told()).toMatchObject({ phase: 'question', answered: 1 })
})

// Random shows.

const people = [ada, bo, cy]
const wish = fc.record({ kind: fc.nat(15), who: fc.nat(2), question: fc.nat(2), option: fc.nat(3), ms: fc.nat(30_000) })
type Wish = { kind: number; who: number; question: number; option: number; ms: number }

function commandOf({ kind, who, question, option, ms }: Wish, id: number): [Actor, Command] | number {
  const actor = people[who] ?? ada
  const steps: ([Actor, Command] | number)[] = [
    [team, { type: 'open', quiz: id, question }],
    [team, { type: 'open', quiz: id, question }],
    [actor, { type: 'answer', quiz: id, question, options: [option] }],
    [actor, { type: 'answer', quiz: id, question, options: [option] }],
    [actor, { type: 'answer', quiz: id, question, options: [option] }],
    [actor, { type: 'report-delay', quiz: id, delayMs: ms }],
    [team, { type: 'reveal', quiz: id, question }],
    [team, { type: 'reveal', quiz: id, question }],
    [team, { type: 'pause', quiz: id, question }],
    [team, { type: 'resume', quiz: id, question }],
    [team, { type: 'skip', quiz: id, question }],
    [team, { type: 'void', quiz: id, question, voided: option < 2 }],
    [team, { type: 'leaderboard', quiz: id }],
    [actor, { type: 'nickname', quiz: id, nickname: `n${option}` }],
    [team, { type: 'configure', nicknames: option < 3 }],
    ms,
  ]
  return steps[kind] ?? ms
}

function play(wishes: readonly Wish[], questions: object[], watch?: (it: ReturnType<typeof begun>, ack: unknown) => void) {
  const it = begun(questions)
  for (const each of wishes) {
    const next = commandOf(each, it.id)
    if (typeof next === 'number') it.wait(next)
    else {
      const decision = it.decide(...next)
      if (!('refused' in decision)) it.do(...next)
      watch?.(it, 'refused' in decision ? decision : 'accepted')
    }
  }
  return it
}

describe('[5] reducing what was told equals a fresh snapshot', () => {
  test.each(['attendees', 'team', 'screen'] as const)('for %s, however the log is cut', (audience) => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60, size: 'max' }), fc.array(fc.nat(60), { maxLength: 6 }), (wishes, cuts) => {
        const it = play(wishes, [{}, { seconds: 5 }, { right: [0, 2], choose: 'all' }])
        const fresh = quiz.snapshot(it.state, audience)
        const ranges = [cuts.filter((cut) => cut <= it.log.length).sort((a, b) => a - b), oneByOneTo(it.log.length)]
        for (const ends of ranges) expect(heldAfter(played, quizView, { log: it.log, ends, audience })).toEqual(fresh)
      }),
      { numRuns: 150, seed: 20260601 },
    )
  })
})

describe('[5] whoever is not concerned by an entry is told by `self` what he was told before', () => {
  test('for every attendee after every entry', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60, size: 'max' }), (wishes) => {
        const { log } = play(wishes, [{}, {}, {}])
        const state = quiz.initial()
        for (const entry of log) {
          const concerned = quiz.concerns(state, entry)
          const others = people.filter(({ id }) => !concerned.includes(id))
          const before = others.map(({ id }) => JSON.stringify(quiz.self(state, id)))
          quiz.apply(state, entry)
          expect(others.map(({ id }) => JSON.stringify(quiz.self(state, id)))).toEqual(before)
        }
      }),
      { numRuns: 150, seed: 20260602 },
    )
  })
})

describe('nothing tells a right answer before its reveal', () => {
  /** Every byte that attendees, those with ROLE_MODERATOR, the screen and each person alone may be sent at a state, resumes included. */
  function bytesOf({ log, state }: ReturnType<typeof begun>): string {
    return JSON.stringify([
      (['attendees', 'screen'] as const).map((audience) => [
        quiz.snapshot(state, audience),
        log.map((entry) => quiz.publish(entry, state, audience)),
        quiz.page(state, audience, { limit: 5 }),
      ]),
      quiz.views(state, 'attendees'),
      people.map(({ id }) => quiz.self(state, id)),
    ])
  }

  test('two quizzes that differ only in the right answers send the same bytes and decide alike until one of those is revealed', () => {
    const questions = [{}, { options: ['a', 'b', 'c', 'd'] }, {}]
    const others = [{ right: [0] }, { options: ['a', 'b', 'c', 'd'], right: [2, 3] }, { right: [3] }]
    let compared = 0
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60, size: 'max' }), (wishes) => {
        const record = (right: object[]): string[] => {
          const told: string[] = []
          let isOver = false
          play(wishes, right, (it, ack) => {
            isOver ||= it.log.some(({ type }) => type === 'quiz.revealed')
            if (!isOver) told.push(bytesOf(it), JSON.stringify(ack))
          })
          return told
        }
        const [one, other] = [record(questions), record(others)]
        compared += one.length
        expect(other).toEqual(one)
      }),
      { numRuns: 150, seed: 20260603 },
    )
    expect(compared).toBeGreaterThan(2_000)
  })

  test('after the first reveal the answers of those to come are as secret', () => {
    const after = (right: number[]) => {
      const it = begun([{}, { right }, { right }])
      it.open()
      it.answer(ada, [1])
      it.wait(10_000)
      it.reveal()
      it.do(team, { type: 'leaderboard', quiz: it.id })
      it.open(1)
      it.answer(ada, [1], 1)
      it.answer(bo, [2], 1)
      return bytesOf(it)
    }
    expect(after([1])).toBe(after([2, 3]))
  })

  test('nor is a question told before it is asked', () => {
    const it = begun([{}, { text: 'Which river is it?' }])
    it.open()
    expect(bytesOf(it)).not.toContain('Which river')
    expect(JSON.stringify(quiz.snapshot(it.state, 'team'))).toContain('Which river')
  })
})

test('nobody has more than one answer to a question, and no points but those of what is revealed', () => {
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 60, size: 'max' }), (wishes) => {
      const it = play(wishes, [{}, {}, {}])
      const answered = it.log
        .filter(({ type }) => type === 'quiz.answered')
        .map(({ actorId, body }) => `${actorId} ${(body as { question: number }).question}`)
      expect(new Set(answered).size).toBe(answered.length)
      for (const { t } of people.flatMap(({ id }) => quiz.self(it.state, id)?.answers ?? [])) expect(t).toBeLessThanOrEqual(10_000)
      const revealed = it.log.filter(({ type }) => type === 'quiz.revealed').length
      for (const { id } of people) expect(quiz.self(it.state, id)?.points ?? 0).toBeLessThanOrEqual(1_000 * revealed)
    }),
    { numRuns: 100, seed: 20260604 },
  )
})

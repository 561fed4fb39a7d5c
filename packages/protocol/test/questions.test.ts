import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Actor,
  type Audience,
  audiences,
  limits,
  nextAskAt,
  type QuestionsState,
  type QuestionsView,
  questions,
  questionsView,
} from '../src/index.ts'
import { ada, bo, type CommandsOf, heldAfter, oneByOneTo, type Played, runOf, start, team } from './folding.ts'

type Command = CommandsOf<typeof questions.decide>
const played = questions as unknown as Played<Command, QuestionsState, QuestionsView>
const run = () => runOf(played)
type Run = ReturnType<typeof run>

const ask = (text: string, anonymous?: true): Command => ({ type: 'ask', text, ...(anonymous && { anonymous }) })
const on = (
  type: 'withdraw' | 'upvote' | 'unvote' | 'dismiss' | 'remove' | 'archive' | 'unanswer' | 'approve',
  question: number,
): Command => ({
  type,
  question,
})
const seen = ({ state }: Run, audience: Audience = 'attendees') => questions.snapshot(state, audience)
const texts = (it: Run, audience: Audience = 'attendees') =>
  seen(it, audience)
    .questions.filter(({ removed }) => removed === undefined)
    .map(({ text }) => text)
const ownOf = ({ state }: Run, { id }: Actor) => questions.self(state, id).own.map(({ id: question, state: stage }) => [question, stage])
const told = ({ state, log }: Run, audience: Audience) =>
  JSON.stringify([
    log.map((entry) => questions.publish(entry, state, audience)),
    questions.snapshot(state, audience),
    questions.page(state, audience, { limit: 50 }),
    questions.views(state, 'attendees'),
  ])

describe('asking', () => {
  test('a question is told to everybody with who asked it and its text, and to the big screen only once it is pinned', () => {
    const it = run()
    const id = it.do(ada, ask('When is lunch?'))
    expect(seen(it).questions).toEqual([{ id, order: id, at: start, actorId: 'ada', text: 'When is lunch?', votes: 0 }])
    expect(told(it, 'screen')).not.toContain('lunch')
    it.wait(5_000)
    it.do(team, { type: 'pin', question: id })
    for (const audience of audiences) expect(seen(it, audience)).toMatchObject({ pinned: { id }, pinnedAt: start + 5_000 })
    expect(seen(it, 'screen').questions).toEqual([])
  })

  test('more than the burst within its time is refused and says how long to wait, and the team is not held to it', () => {
    const it = run()
    for (let n = 0; n < limits.questionBurst; n++) it.do(ada, ask(`${n}`))
    it.wait(20_000)
    expect(it.decide(ada, ask('more'))).toEqual({ refused: 'questions_too_fast', retryAfterMs: limits.questionBurstMs - 20_000 })
    expect(nextAskAt(questions.self(it.state, 'ada').asks)).toBe(start + limits.questionBurstMs)
    for (let n = 0; n < limits.questionBurst + 2; n++) it.do(team, ask(`${n}`))
    it.wait(limits.questionBurstMs - 20_000)
    it.do(ada, ask('more'))
  })

  test('one attendee has so many at one program, and may ask again for one that he deletes', () => {
    const it = run()
    for (let n = 0; n < limits.questionsPerAttendee; n++) {
      it.wait(limits.questionBurstMs)
      it.do(ada, ask(`${n}`))
    }
    it.wait(limits.questionBurstMs)
    expect(it.refusal(ada, ask('more'))).toBe('questions_full')
    it.do(ada, on('withdraw', 1))
    it.do(ada, ask('more'))
  })

  test.each<[string, Partial<Extract<Command, { type: 'configure' }>>, Actor, Command, string]>([
    ['a question while none is taken', { open: false }, ada, ask('Now?'), 'questions_closed'],
    ['the team while none is taken', { open: false }, team, ask('From the phone'), 'accepted'],
    ['anything while they are off', { on: false }, ada, ask('Now?'), 'activity_off'],
    ['a vote while they are off', { on: false }, bo, on('upvote', 1), 'activity_off'],
    ['a vote where there is none', { upvotes: false }, bo, on('upvote', 1), 'questions_no_votes'],
    ['a hidden name where names are wanted', {}, ada, ask('Now?', true), 'questions_named'],
    ['somebody muted', {}, { ...ada, mutedUntil: null }, ask('Now?'), 'chat_muted'],
    ['somebody muted until a while ago', {}, { ...ada, mutedUntil: start - 1 }, ask('Now?'), 'accepted'],
    ['the edit of somebody muted', {}, { ...ada, mutedUntil: start + 1 }, { type: 'edit', question: 1, text: 'New' }, 'chat_muted'],
    ['an attendee who does what the team does', {}, ada, { type: 'pin', question: 1 }, 'not_allowed'],
  ])('%s', (_what, options, actor, command, outcome) => {
    const it = run()
    it.do(ada, ask('First'))
    it.do(team, { type: 'configure', ...options })
    expect(it.refusal(actor, command)).toBe(outcome)
  })

  test.each(['', '  ', 'x'.repeat(limits.questionTextUnits + 1)])('the text %j is not a question', (text) => {
    expect(questions.commands.ask.safeParse({ type: 'ask', text }).success).toBe(false)
  })
})

describe('who asked', () => {
  const hidden = (anonymous: 'to-attendees' | 'fully') => {
    const it = run()
    it.do(team, { type: 'configure', anonymous })
    const id = it.do(ada, ask('May I say this?', true))
    it.do(ada, { type: 'edit', question: id, text: 'May I ask this?' })
    it.do(team, { type: 'pin', question: id })
    const other = it.do(ada, ask('This too?', true))
    it.do(ada, on('withdraw', other))
    return { it, id }
  }

  test('is told to nobody but the team where the author hides it from the others, in the tables too', () => {
    const { it, id } = hidden('to-attendees')
    expect(told(it, 'attendees')).not.toContain('ada')
    expect(told(it, 'screen')).not.toContain('ada')
    expect(seen(it, 'team').questions[0]).toMatchObject({ id, actorId: 'ada', anonymous: true })
    expect(questions.sheets(it.state)[0]?.rows[0]?.slice(2, 4)).toEqual([{ person: 'ada' }, true])
  })

  test.each([
    ['held for review', true],
    ['published at once', false],
  ])('is told to nobody at all where that is the rule, %s', (_how, review) => {
    const { it, id } = hidden('fully')
    it.do(team, { type: 'configure', review })
    it.wait(limits.questionBurstMs)
    it.do(ada, ask('And this?', true))
    for (const audience of audiences) expect(told(it, audience)).not.toContain('ada')
    expect(JSON.stringify(questions.sheets(it.state))).not.toContain('ada')
    expect(it.log.map(({ body }) => JSON.stringify(body)).join()).not.toContain('ada')
    expect(ownOf(it, ada)[0]).toEqual([id, 'published'])
  })

  test('stays as it was when he asked, whatever the program says later', () => {
    const { it, id } = hidden('fully')
    it.do(team, { type: 'configure', anonymous: 'no' })
    expect(seen(it, 'team').questions.find((question) => question.id === id)?.actorId).toBeNull()
  })

  test('is not told of an entry whose body was erased, which no longer says what was wanted', () => {
    const { it } = hidden('to-attendees')
    const state = questions.initial()
    const log = it.log.map((entry) => (entry.actorId === 'ada' ? { ...entry, body: { erased: true } } : entry))
    for (const entry of log) questions.apply(state, entry)
    expect(told({ ...it, state, log }, 'attendees')).not.toContain('ada')
  })

  test('is by the entry to be kept from whoever may not know, and from nobody else', () => {
    const { it } = hidden('to-attendees')
    const actors = (audience: Audience) => it.log.map((entry) => questions.publish(entry, it.state, audience)?.actorId)
    expect(actors('attendees')).toEqual([undefined, null, null, undefined, null, null])
    expect(actors('team')).toEqual(Array(6).fill(undefined))
  })
})

describe('what is held', () => {
  test.each<[string, Command, string]>([
    ['while all are read first', { type: 'configure', review: true }, 'May I?'],
    ['for a blocked word', { type: 'configure', blockedWords: ['darn'] }, 'Why the DÁRN wait?'],
  ])('%s is seen by its author and the team alone until it is approved', (_why, options, text) => {
    const it = run()
    it.do(team, options)
    const id = it.do(ada, ask(text))
    it.do(team, ask('The team is not held'))
    expect(told(it, 'attendees')).not.toContain(text)
    expect(seen(it, 'team').waiting).toEqual([{ id, at: start, actorId: 'ada', text }])
    expect([ownOf(it, ada), ownOf(it, bo)]).toEqual([[[id, 'waiting']], []])
    expect(it.refusal(bo, on('upvote', id))).toBe('question_gone')
    it.do(team, on('approve', id))
    expect(texts(it)).toEqual(['The team is not held', text])
    expect(ownOf(it, ada)).toEqual([[id, 'published']])
    expect(it.refusal(ada, { type: 'edit', question: id, text: 'Something else' })).toBe('question_edit_closed')
    expect(it.refusal(team, on('approve', id))).toBe('question_gone')
  })

  test('is published as the team has edited it', () => {
    const it = run()
    it.do(team, { type: 'configure', review: true })
    const id = it.do(ada, ask('wen lunch'))
    it.do(team, { type: 'approve', question: id, text: 'When is lunch?' })
    expect(texts(it)).toEqual(['When is lunch?'])
    expect(questions.self(it.state, 'ada').own[0]?.text).toBe('When is lunch?')
    expect(told(it, 'attendees')).not.toContain('wen lunch')
  })

  test('is told to its author as not taken up when it is dismissed, and waits again when that is undone', () => {
    const it = run()
    it.do(team, { type: 'configure', review: true })
    const id = it.do(ada, ask('Off topic'))
    it.do(team, on('dismiss', id))
    expect([ownOf(it, ada), seen(it, 'team').waiting]).toEqual([[[id, 'dismissed']], []])
    expect(told(it, 'attendees')).not.toContain('Off topic')
    it.do(team, { type: 'restore', question: id })
    expect([ownOf(it, ada), seen(it, 'team').waiting.length]).toEqual([[[id, 'waiting']], 1])
  })

  test('is also what a blocked word was edited into', () => {
    const it = run()
    it.do(team, { type: 'configure', blockedWords: ['darn'], anonymous: 'fully' })
    const id = it.do(ada, ask('Why the wait?', true))
    it.do(ada, { type: 'edit', question: id, text: 'Why the darn wait?' })
    expect(told(it, 'attendees')).not.toContain('darn')
    expect(seen(it, 'team').waiting).toMatchObject([{ actorId: null, text: 'Why the darn wait?' }])
    expect(ownOf(it, ada)).toEqual([[it.log.length, 'waiting']])
  })
})

describe('one’s own question', () => {
  test('can be edited within a minute, by nobody else, not after, and not once it is answered', () => {
    const it = run()
    const id = it.do(ada, ask('Wen?'))
    expect(it.refusal(bo, { type: 'edit', question: id, text: 'mine' })).toBe('question_gone')
    it.wait(limits.questionEditMs)
    it.do(ada, { type: 'edit', question: id, text: 'When?' })
    expect(seen(it).questions[0]).toMatchObject({ text: 'When?', editedAt: start + limits.questionEditMs })
    it.wait(1)
    expect(it.refusal(ada, { type: 'edit', question: id, text: 'Where?' })).toBe('question_edit_closed')
    const other = it.do(ada, ask('Who?'))
    it.do(team, { type: 'answer', question: other })
    expect(it.refusal(ada, { type: 'edit', question: other, text: 'Why?' })).toBe('question_edit_closed')
  })

  test.each<[string, (it: Run, id: number) => void]>([
    ['published', () => {}],
    ['removed', (it, id) => it.do(team, on('remove', id))],
    ['archived', (it, id) => it.do(team, on('archive', id))],
  ])('that is %s is taken back by its author, by nobody else, and the team can’t bring it back', (_where, put) => {
    const it = run()
    const id = it.do(ada, ask('A secret'))
    put(it, id)
    expect(it.refusal(bo, on('withdraw', id))).toBe('question_gone')
    it.do(ada, on('withdraw', id))
    expect(ownOf(it, ada)).toEqual([])
    for (const audience of audiences) expect(told(it, audience)).not.toContain('A secret')
    expect(it.refusal(team, { type: 'restore', question: id })).toBe('nothing_to_undo')
    expect(it.refusal(ada, on('withdraw', id))).toBe('question_gone')
  })
})

describe('votes', () => {
  test('count once for each person, can be taken back, and are told as a count alone', () => {
    const it = run()
    const id = it.do(ada, ask('Why?'))
    for (const actor of [ada, bo, bo]) it.do(actor, on('upvote', id))
    expect(questions.views(it.state, 'attendees')).toEqual({ 'questions.votes': { [id]: 2 } })
    expect(questions.self(it.state, 'bo').voted).toEqual([id])
    expect(it.log.slice(1).map((entry) => questions.publish(entry, it.state, 'team'))).toEqual([undefined, undefined])
    it.do(bo, on('unvote', id))
    expect(questions.views(it.state, 'attendees')).toEqual({ 'questions.votes': { [id]: 1 } })
  })
})

describe('the team', () => {
  test('answers in the picture, which marks the moment, and in writing on top; each can be taken back', () => {
    const it = run()
    const id = it.do(ada, ask('Why?'))
    const answer = () => seen(it).questions[0]?.answer
    it.wait(60_000)
    it.do(team, { type: 'answer', question: id })
    it.wait(60_000)
    it.do(team, { type: 'answer', question: id, text: 'Because.' })
    expect(answer()).toEqual({ at: start + 60_000, live: true, text: 'Because.' })
    expect(ownOf(it, ada)).toEqual([[id, 'answered']])
    it.do(team, { type: 'answer', question: id, text: null })
    expect(answer()).toEqual({ at: start + 60_000, live: true })
    it.do(team, on('unanswer', id))
    expect(answer()).toBeUndefined()
    it.do(team, { type: 'answer', question: id, text: 'Because.' })
    expect(answer()).toEqual({ at: start + 120_000, live: false, text: 'Because.' })
    it.do(team, { type: 'answer', question: id, text: null })
    expect(answer()).toBeUndefined()
  })

  test('replies below a question, takes a reply back and brings it back', () => {
    const it = run()
    const id = it.do(ada, ask('Why?'))
    const reply = it.do(team, { type: 'reply', question: id, text: 'We look into it' })
    it.do(team, { type: 'unreply', question: id, reply })
    expect(seen(it).questions[0]?.replies).toEqual([{ id: reply, at: start, actorId: 'team', text: '', removed: true }])
    it.do(team, { type: 'restore', question: id, reply })
    expect(seen(it).questions[0]?.replies).toMatchObject([{ text: 'We look into it' }])
    expect(it.refusal(team, { type: 'restore', question: id, reply })).toBe('nothing_to_undo')
  })

  test('labels a question and assigns it to a speaker, for itself alone', () => {
    const it = run()
    const id = it.do(ada, ask('Why?'))
    it.do(team, { type: 'label', question: id, labels: ['budget'] })
    it.do(team, { type: 'assign', question: id, speaker: 'Maria' })
    expect(seen(it, 'team').questions[0]).toMatchObject({ labels: ['budget'], speaker: 'Maria' })
    for (const word of ['budget', 'Maria']) expect(told(it, 'attendees')).not.toContain(word)
    it.do(team, { type: 'assign', question: id, speaker: null })
    expect(seen(it, 'team').questions[0]?.speaker).toBeUndefined()
  })

  test('archives a question, which goes for attendees and the screen, and restores it with its votes and its pin', () => {
    const it = run()
    const id = it.do(ada, ask('Old news'))
    it.do(bo, on('upvote', id))
    it.do(team, { type: 'pin', question: id })
    const before = seen(it)
    it.do(team, on('archive', id))
    for (const audience of ['attendees', 'screen'] as const) expect(told(it, audience)).not.toContain('Old news')
    expect(seen(it, 'team').questions[0]).toMatchObject({ text: 'Old news', archived: true, votes: 1 })
    it.do(team, { type: 'restore', question: id })
    expect(seen(it)).toEqual(before)
  })

  test('pins what is published alone, and nothing stays pinned while questions are off', () => {
    const it = run()
    it.do(team, { type: 'configure', review: true })
    const held = it.do(ada, ask('Held'))
    expect(it.refusal(team, { type: 'pin', question: held })).toBe('question_gone')
    it.do(team, on('approve', held))
    it.do(team, { type: 'pin', question: held })
    it.do(team, { type: 'configure', on: false })
    expect(seen(it, 'screen').pinned).toBeNull()
    it.do(team, { type: 'configure', on: true })
    expect(seen(it, 'screen').pinned?.id).toBe(held)
  })

  test('still answers when the show is over, and blocked words are told to the team alone', () => {
    expect(questions.openToTeam).toContain('read-only')
    const it = run()
    it.do(team, { type: 'configure', blockedWords: ['darn'] })
    expect(seen(it, 'team').settings.blockedWords).toEqual(['darn'])
    expect(told(it, 'attendees')).not.toContain('darn')
  })
})

test('every question is met once in its pages, and its author in the tables', () => {
  const it = run()
  for (let n = 1; n <= 120; n++) it.do(team, ask(`${n}`))
  const met: number[] = []
  let before: number | undefined
  for (;;) {
    const page = questions.page(it.state, 'attendees', { limit: 50, ...(before === undefined ? {} : { before }) })
    met.unshift(...page.items.map(({ id }) => id))
    if (page.nextCursor === null) break
    before = Number(page.nextCursor)
  }
  expect(met).toEqual(Array.from({ length: 120 }, (_, n) => n + 1))
  expect(questions.sheets(it.state)[0]?.rows).toHaveLength(120)
  expect(questions.page(it.state, 'screen', { limit: 50 }).items).toEqual([])
})

const kinds = [
  'asked',
  'edited',
  'withdrawn',
  'approved',
  'dismissed',
  'removed',
  'archived',
  'restored',
  'upvoted',
  'unvoted',
  'answered',
  'unanswered',
  'replied',
  'unreplied',
  'labelled',
  'assigned',
  'pinned',
  'configured',
  'whatever',
]
test.each(kinds)('apply accepts a tombstone and a null body for questions.%s', (kind) => {
  const { state } = run()
  for (const [at, body] of [{ erased: true }, null, { question: 1 }].entries()) {
    const entry = { seq: at + 1, at: start, activity: 'questions', type: `questions.${kind}`, actorId: 'ada', body }
    questions.concerns(state, entry)
    questions.apply(state, entry)
    for (const audience of audiences) questions.publish(entry, state, audience)
  }
  expect(questions.snapshot(state, 'team').questions.every(({ text }) => text === '')).toBe(true)
})

describe('[5] reducing what was told equals a fresh snapshot', () => {
  const actors = [ada, bo, team]
  const step = fc.record({
    actor: fc.constantFrom(0, 1, 2, 2),
    kind: fc.nat(21),
    target: fc.nat(30),
    wait: fc.constantFrom(0, 500, 30_000),
  })
  type Step = { actor: number; kind: number; target: number; wait: number }

  function play(steps: readonly Step[]) {
    const it = run()
    for (const { actor: index, kind, target, wait } of steps) {
      it.wait(wait)
      const actor = actors[index] ?? ada
      const asked = it.log.filter(({ type }) => type === 'questions.asked')
      const question = asked.at(-1 - (target % 6))?.seq ?? 1
      const reply = it.log.findLast(({ type }) => type === 'questions.replied')?.seq ?? 1
      const wishes: Command[] = [
        ask(`text ${kind}`),
        ask(`by nobody ${target}`, true),
        ask(target % 2 === 0 ? 'a darn one' : 'a fine one'),
        { type: 'edit', question, text: target % 3 === 0 ? 'a darn edit' : `edited ${target}` },
        on('withdraw', question),
        on('upvote', question),
        on('unvote', question),
        on('approve', question),
        { type: 'approve', question, text: 'as edited' },
        on('dismiss', question),
        on('remove', question),
        on('archive', question),
        { type: 'restore', question },
        { type: 'restore', question, reply },
        { type: 'answer', question, ...[{}, { text: 'so' }, { text: null }, { live: false }][target % 4] },
        on('unanswer', question),
        { type: 'reply', question, text: 'hm' },
        { type: 'unreply', question, reply },
        { type: 'label', question, labels: target % 2 === 0 ? ['a'] : [] },
        { type: 'assign', question, speaker: target % 2 === 0 ? 'Maria' : null },
        { type: 'pin', question: target % 3 === 0 ? null : question },
        {
          type: 'configure',
          review: target % 2 === 0,
          anonymous: (['no', 'to-attendees', 'fully'] as const)[target % 3],
          blockedWords: target % 4 === 0 ? [] : ['darn'],
          on: target % 11 !== 0,
        },
      ]
      const command = wishes[kind] ?? ask('d')
      if (!('refused' in it.decide(actor, command))) it.do(actor, command)
    }
    return it
  }

  test.each(audiences)('for %s, however the log is cut', (audience) => {
    const count = { pinned: 0, waiting: 0 }
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }), fc.array(fc.nat(80), { maxLength: 8 }), (steps, cuts) => {
        const it = play(steps)
        const fresh = seen(it, audience)
        count.pinned += fresh.pinned === null ? 0 : 1
        count.waiting += it.state.held.size
        const ranges = [cuts.filter((cut) => cut <= it.log.length).sort((a, b) => a - b), oneByOneTo(it.log.length)]
        for (const ends of ranges) expect(heldAfter(played, questionsView, { log: it.log, ends, audience })).toEqual(fresh)
      }),
      { numRuns: 150, seed: 20260201 },
    )
    // The random runs must come where it is hard.
    expect(count.pinned).toBeGreaterThan(10)
    expect(count.waiting).toBeGreaterThan(50)
  })

  test('nothing held or taken away, and nobody who hides, is in what attendees and the screen are told', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }), (steps) => {
        const it = play(steps)
        const { state } = it
        const secret = [
          ...state.held.values(),
          ...state.dismissed.values(),
          ...[...state.published.values()].filter(({ removed, archived }) => removed !== undefined || archived),
        ]
        for (const question of secret) question.text = 'not to be told'
        const hiders = [...state.published.values()].filter(({ anonymous }) => anonymous !== 'no')
        for (const audience of ['attendees', 'screen'] as const) {
          expect(told(it, audience)).not.toContain('not to be told')
          for (const entry of it.log) {
            const item = questions.publish(entry, state, audience)
            const about = hiders.find(({ id }) => id === (entry.body as { question?: number }).question || id === entry.seq)
            if (item === undefined || about === undefined || entry.actorId === 'team') continue
            expect([item.actorId, JSON.stringify(item.question ?? item.pinned ?? null)]).toEqual([
              null,
              expect.not.stringContaining(`"${about.actorId}"`),
            ])
          }
        }
      }),
      { numRuns: 150, seed: 20260202 },
    )
  })

  test('beyond the window, with changes to questions that have left it', () => {
    const it = run()
    for (let n = 1; n <= limits.questionWindow + 30; n++) it.do(team, ask(`${n}`))
    it.do(team, on('archive', 3))
    it.do(team, { type: 'restore', question: 3 })
    it.do(team, { type: 'answer', question: 100 })
    it.do(team, on('remove', limits.questionWindow))
    for (const cut of [0, 1, 199, 200, 201, 229, 230, 231, 232, 233]) {
      expect(heldAfter(played, questionsView, { log: it.log, ends: oneByOneTo(cut), audience: 'attendees' })).toEqual(seen(it))
    }
  })
})

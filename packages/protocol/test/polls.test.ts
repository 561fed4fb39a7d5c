// Owns: the proof of what a poll counts, whom it tells what came of it, and that what a client holds is what a fresh one would.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Actor, PollContent, type PollsState, type PollsView, polls, pollsView, systemActorId } from '../src/index.ts'
import { ada, bo, type CommandsOf, heldAfter, oneByOneTo, type Played, runOf, start, team } from './folding.ts'

type Command = CommandsOf<typeof polls.decide>
const played = polls as unknown as Played<Command, PollsState, PollsView>
const run = () => runOf(played)
const system: Actor = { id: systemActorId, moderates: true, member: true }

const choice = { question: 'Where next?', form: 'single', options: ['Oslo', 'Riga', 'Turin'] }
const content = (more: object = {}) => PollContent.parse({ ...choice, ...more })
const open = (more: object = {}): Command => ({ type: 'open', content: content(more) })
const textPoll = (more: object = {}) => open({ form: 'text', options: [], ...more })
const choose = (edition: number, ...choices: number[]): Command => ({ type: 'vote', poll: 1, edition, choices })
const say = (edition: number, text: string): Command => ({ type: 'vote', poll: 1, edition, text })
const tallyAs = (it: ReturnType<typeof run>, audience: 'attendees' | 'team' | 'screen', poll = 1) =>
  polls.snapshot(it.state, audience).tallies[poll]

describe('what a poll may ask', () => {
  test.each([
    ['a single choice', choice],
    ['several, within bounds', { ...choice, form: 'multiple', min: 2, max: 3 }],
    ['a scale', { ...choice, form: 'rating', options: ['1', '2', '3'], lowest: 'No', highest: 'Yes' }],
    ['an answer', { question: 'Why?', form: 'text' }],
    ['a cloud', { question: 'One word?', form: 'words', max: 2 }],
  ])('%s, and what is kept of it is taken again', (_what, given) => {
    const kept = PollContent.parse(given)
    expect(PollContent.parse(kept)).toEqual(kept)
  })

  test.each([
    ['one option', { options: ['Oslo'] }],
    ['two that are the same', { options: ['Oslo', 'OSLO'] }],
    ['options where people write', { form: 'text' }],
    ['more choices than options', { form: 'multiple', max: 4 }],
    ['fewer at most than at least', { form: 'multiple', min: 3, max: 2 }],
    ['a limit of nothing', { seconds: 0 }],
  ])('not %s', (_what, wrong) => {
    expect(PollContent.safeParse({ ...choice, ...wrong }).success).toBe(false)
  })

  test('a choice of a secret poll, and what was written, never changes', () => {
    expect([content({ secret: true, changes: true }).changes, content({ changes: true }).changes]).toEqual([false, true])
    expect(PollContent.parse({ question: 'Why?', form: 'text', changes: true }).changes).toBe(false)
  })
})

describe('a vote', () => {
  test('counts once; again only where it may change, and then the last counts', () => {
    const it = run()
    const first = it.do(team, open())
    it.do(ada, choose(first, 1))
    expect(it.refusal(ada, choose(first, 2))).toBe('poll_voted')
    expect(tallyAs(it, 'team')).toMatchObject({ voters: 1, counts: [0, 1, 0] })
    const changing = run()
    changing.do(team, open({ changes: true }))
    changing.do(ada, choose(1, 1))
    changing.do(ada, choose(1, 2))
    expect(tallyAs(changing, 'team')).toMatchObject({ voters: 1, counts: [0, 0, 1] })
  })

  test.each([
    ['of an option that there is not', [3]],
    ['of two where one is chosen', [0, 1]],
  ])('%s is none', (_what, choices) => {
    const it = run()
    it.do(team, open())
    expect(it.refusal(ada, choose(1, ...choices))).toBe('invalid_request')
  })

  test('is refused after the close, after the time, for another edition, while polls are off, and of who is muted where he writes', () => {
    const it = run()
    it.do(team, open({ seconds: 30 }))
    it.wait(29_999)
    it.do(ada, choose(1, 0))
    it.wait(1)
    expect(it.refusal(bo, choose(1, 0))).toBe('poll_closed')
    expect(it.refusal(team, { type: 'close', poll: 1, byClock: true })).toBe('poll_closed')
    it.do(system, { type: 'close', poll: 1, byClock: true })
    expect(it.refusal(bo, choose(1, 0))).toBe('poll_closed')
    it.do(team, { type: 'reopen', poll: 1 })
    expect(it.refusal(ada, choose(1, 1))).toBe('poll_voted')
    const edition = it.do(team, { type: 'reset', poll: 1 })
    expect(it.refusal(ada, choose(1, 1))).toBe('poll_changed')
    it.do(ada, choose(edition, 1))
    it.do(team, { type: 'configure', on: false })
    expect(it.refusal(bo, choose(edition, 1))).toBe('activity_off')
    const writing = run()
    writing.do(team, textPoll())
    expect(writing.refusal({ ...ada, mutedUntil: null }, say(1, 'Hello'))).toBe('chat_muted')
  })

  test('locks what is asked until a reset', () => {
    const it = run()
    it.do(team, open())
    it.do(team, { type: 'edit', poll: 1, content: content({ options: ['Bern', 'Graz'] }) })
    const edition = polls.snapshot(it.state, 'team').polls[0]?.edition ?? 0
    it.do(ada, choose(edition, 1))
    expect(it.refusal(team, { type: 'edit', poll: 1, content: content() })).toBe('poll_locked')
    it.do(team, { type: 'reset', poll: 1 })
    it.do(team, { type: 'edit', poll: 1, content: content() })
    expect(polls.self(it.state, 'ada').votes).toEqual({})
  })

  test('opening a poll closes the one before', () => {
    const it = run()
    it.do(team, open())
    it.do(team, open())
    expect(polls.snapshot(it.state, 'attendees').polls.map(({ state }) => state)).toEqual(['closed', 'open'])
  })
})

describe('what came of it', () => {
  test.each([
    ['always', [true, true, true], [true, true, true]],
    ['after-voting', [true, true, false], [true, true, true]],
    ['after-close', [true, false, false], [true, true, true]],
    ['never', [true, false, false], [true, false, false]],
  ])('%s: to team, attendees and screen while it is open, and after', (results, whileOpen, after) => {
    const it = run()
    it.do(team, open({ results }))
    it.do(ada, choose(1, 0))
    const seen = () => (['team', 'attendees', 'screen'] as const).map((audience) => tallyAs(it, audience) !== undefined)
    expect(seen()).toEqual(whileOpen)
    it.do(team, { type: 'close', poll: 1 })
    expect(seen()).toEqual(after)
    it.do(team, { type: 'reopen', poll: 1 })
    expect(seen()).toEqual(whileOpen)
  })

  test('is told as a value, never as an item a vote', () => {
    const it = run()
    it.do(team, open({ results: 'always' }))
    it.do(ada, choose(1, 0))
    for (const audience of ['attendees', 'team', 'screen'] as const) {
      expect(it.log.slice(1).map((entry) => polls.publish(entry, it.state, audience))).toEqual([undefined])
      expect(
        pollsView.merge(polls.snapshot(it.state, audience), 'polls.tallies', polls.views(it.state, audience)['polls.tallies']).tallies[1]
          ?.counts,
      ).toEqual([1, 0, 0])
    }
  })

  test('of words is a cloud of those that the team let through, whatever their case', () => {
    const it = run()
    it.do(team, open({ form: 'words', options: [], review: false, results: 'always', max: 2 }))
    it.do(ada, { type: 'vote', poll: 1, edition: 1, words: ['Bold', 'bold', 'calm'] })
    it.do(bo, { type: 'vote', poll: 1, edition: 1, words: ['BOLD'] })
    expect(tallyAs(it, 'attendees')?.words).toEqual([
      ['bold', 2],
      ['calm', 1],
    ])
  })
})

describe('what is written', () => {
  test('waits for the team, is told to nobody else meanwhile, and can be edited, dismissed and brought back', () => {
    const it = run()
    it.do(team, textPoll({ results: 'always' }))
    it.do(ada, say(1, 'A secret plan'))
    const [{ id = 0 } = {}] = polls.snapshot(it.state, 'team').waiting
    for (const audience of ['attendees', 'screen'] as const) {
      const told = [
        polls.snapshot(it.state, audience),
        polls.views(it.state, audience),
        it.log.map((entry) => polls.publish(entry, it.state, audience)),
      ]
      expect(JSON.stringify(told)).not.toContain('secret plan')
    }
    expect(JSON.stringify(polls.self(it.state, 'bo'))).not.toContain('secret plan')
    expect(polls.self(it.state, 'ada').votes[1]?.texts).toEqual([{ text: 'A secret plan', state: 'waiting' }])
    it.do(team, { type: 'dismiss', answer: id })
    expect(it.refusal(team, { type: 'approve', answer: id })).toBe('poll_gone')
    it.do(team, { type: 'restore', answer: id })
    expect(it.refusal(team, { type: 'restore', answer: id })).toBe('nothing_to_undo')
    it.do(team, { type: 'approve', answer: id, text: 'A plan' })
    expect(tallyAs(it, 'attendees')?.texts).toEqual([{ id, text: 'A plan' }])
    expect(polls.snapshot(it.state, 'team').waiting).toEqual([])
  })

  test('is held for a blocked word where nothing else is', () => {
    const it = run()
    it.do(team, { type: 'configure', blockedWords: ['darn'] })
    it.do(team, textPoll({ review: false }))
    it.do(ada, { type: 'vote', poll: 2, edition: 2, text: 'Fine' })
    it.do(bo, { type: 'vote', poll: 2, edition: 2, text: 'Darn it' })
    expect(polls.snapshot(it.state, 'team').waiting.map(({ text }) => text)).toEqual(['Darn it'])
    expect(JSON.stringify(polls.snapshot(it.state, 'attendees'))).not.toMatch(/darn/i)
  })
})

describe('a secret poll', () => {
  const voters = Array.from({ length: 12 }, (_, index): Actor => ({ id: `voter-${index}`, moderates: false }))
  const tally = (said: { voters: number; counts?: number[]; texts?: string[] }): Command => ({
    ...{ type: 'tally', poll: 1, edition: 1, counts: [], texts: [] },
    ...said,
  })

  test('the log says that somebody voted, never what; the counters have it without him', () => {
    const it = run()
    it.do(team, open({ secret: true }))
    const decision = it.decide(ada, choose(1, 2))
    expect(decision).toEqual({
      entries: [{ type: 'polls.voted', body: { poll: 1, edition: 1 } }],
      counters: [
        { key: 'polls/1/1/voters', add: 1 },
        { key: 'polls/1/1/2', add: 1 },
      ],
    })
    it.do(ada, choose(1, 2))
    expect(polls.self(it.state, 'ada').votes).toEqual({ 1: {} })
    expect(it.refusal(ada, choose(1, 1))).toBe('poll_voted')
    expect(tallyAs(it, 'team')).toMatchObject({ voters: 1, counts: [0, 0, 0] })
  })

  test('a tally is the platform’s alone, of five new votes or of the close, and never older than the one before', () => {
    const it = run()
    it.do(team, open({ secret: true }))
    for (const voter of voters.slice(0, 7)) it.do(voter, choose(1, 0))
    expect(it.refusal(team, tally({ voters: 5, counts: [5, 0, 0] }))).toBe('not_allowed')
    expect(it.refusal(system, tally({ voters: 4, counts: [4, 0, 0] }))).toBe('conflict')
    expect(it.refusal(system, tally({ voters: 8, counts: [8, 0, 0] }))).toBe('conflict')
    it.do(system, tally({ voters: 5, counts: [5, 0, 0] }))
    expect(it.refusal(system, tally({ voters: 5, counts: [5, 0, 0] }))).toBe('conflict')
    expect(it.refusal(system, tally({ voters: 7, counts: [7, 0, 0] }))).toBe('conflict')
    it.do(team, { type: 'close', poll: 1 })
    it.do(system, tally({ voters: 7, counts: [7, 0, 0] }))
    expect(tallyAs(it, 'team')?.counts).toEqual([7, 0, 0])
  })

  test('its texts are published once each, with nobody’s name and no time of their own', () => {
    const it = run()
    it.do(team, textPoll({ secret: true, review: false, results: 'always' }))
    for (const voter of voters) it.do(voter, say(1, 'x'))
    it.do(system, tally({ voters: 5, texts: ['b', 'a', 'a', 'd', 'c'] }))
    it.do(system, tally({ voters: 10, texts: ['e', 'a', 'd', 'b', 'a', 'c', 'a', 'f', 'g', 'h'] }))
    const texts = tallyAs(it, 'attendees')?.texts.map(({ text }) => text) ?? []
    expect(texts.toSorted()).toEqual(['a', 'a', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
    const [, votes, answers] = polls.sheets(it.state)
    expect(answers?.rows.every(([, , at, author]) => at === null && author === null)).toBe(true)
    expect(votes?.rows.every(([, , , chosen]) => chosen === null)).toBe(true)
  })
})

test('apply accepts tombstones, null bodies and unknown types', () => {
  const state = polls.initial()
  const types = [
    'opened',
    'closed',
    'reopened',
    'reset',
    'edited',
    'voted',
    'tallied',
    'approved',
    'dismissed',
    'restored',
    'configured',
    'x',
  ]
  for (const [index, type] of types.flatMap((each) => [each, each]).entries()) {
    const entry = {
      seq: index + 1,
      at: start,
      activity: 'polls',
      type: `polls.${type}`,
      actorId: 'ada',
      body: index % 2 === 0 ? { erased: true } : null,
    }
    polls.concerns(state, entry)
    polls.apply(state, entry)
    for (const audience of ['attendees', 'team', 'screen'] as const) polls.publish(entry, state, audience)
  }
  expect(polls.snapshot(state, 'team')).toMatchObject({ polls: [], tallies: {}, waiting: [] })
})

const forms = ['single', 'multiple', 'rating', 'text', 'words'] as const
type Wish = Record<'kind' | 'who' | 'form' | 'pick' | 'results' | 'wait', number> & Record<'secret' | 'review' | 'changes', boolean>
const wish: fc.Arbitrary<Wish> = fc.record({
  kind: fc.nat(12),
  who: fc.nat(6),
  form: fc.nat(4),
  pick: fc.nat(5),
  results: fc.nat(3),
  secret: fc.boolean(),
  review: fc.boolean(),
  changes: fc.boolean(),
  wait: fc.nat(9_000),
})

/** A run made of wishes, those that are refused left out. */
function wished(wishes: readonly Wish[]) {
  const it = run()
  for (const { kind, who, form: f, pick, results, secret, review, changes, wait } of wishes) {
    it.wait(wait)
    const form = forms[f] ?? 'single'
    const written = form === 'text' || form === 'words'
    const asked = PollContent.parse({
      question: 'Now?',
      form,
      options: written ? [] : ['A', 'B', 'C'],
      results: ['always', 'after-voting', 'after-close', 'never'][results],
      seconds: pick === 5 ? 20 : null,
      secret,
      review,
      changes,
    })
    const all = [...it.state.polls.values()]
    const poll = all[all.length - 1 - (pick % 2)] ?? all[0]
    const id = poll?.id ?? 1
    const edition = poll?.edition ?? 1
    const answers = [...(poll?.texts.keys() ?? [])]
    const answer = answers[pick % Math.max(1, answers.length)] ?? 1
    const actor: Actor = { id: `p${who}`, moderates: false }
    const ballot =
      poll?.content.form === 'text'
        ? { text: `text ${pick}` }
        : poll?.content.form === 'words'
          ? { words: [`w${pick}`] }
          : { choices: [pick % 3] }
    const steps: [Actor, Command][] = [
      [team, { type: 'open', content: asked }],
      [team, { type: 'close', poll: id }],
      [team, { type: 'reopen', poll: id }],
      [team, pick === 0 ? { type: 'reset', poll: id } : { type: 'close', poll: id }],
      [team, { type: 'edit', poll: id, content: asked }],
      [team, { type: 'approve', answer, ...(pick === 2 ? { text: 'edited' } : {}) }],
      [team, { type: 'dismiss', answer }],
      [team, { type: 'restore', answer }],
      [
        system,
        { type: 'tally', poll: id, edition, voters: poll?.votes.size ?? 0, counts: poll?.content.options.map(() => 1) ?? [], texts: ['s'] },
      ],
      [team, { type: 'configure', blockedWords: pick === 1 ? ['text'] : [] }],
    ]
    const [by, command] = steps[kind] ?? [actor, { type: 'vote', poll: id, edition, ...ballot } as Command]
    if (!('refused' in it.decide(by, command))) it.do(by, command)
  }
  return it
}

describe('whatever happens in whatever order', () => {
  const wishes = fc.array(wish, { maxLength: 80, size: 'max' })

  test('votes never exceed voters, and no one counts twice', () => {
    fc.assert(
      fc.property(wishes, (given) => {
        const { state, log } = wished(given)
        for (const poll of state.polls.values()) {
          const sum = poll.counts.reduce((all, count) => all + count, 0)
          const voted = new Set(
            log
              .filter(
                ({ type, body }) =>
                  type === 'polls.voted' &&
                  (body as { edition: number }).edition === poll.edition &&
                  (body as { poll: number }).poll === poll.id,
              )
              .map(({ actorId }) => actorId),
          )
          expect(poll.votes.size).toBe(voted.size)
          expect(poll.told.voters).toBeLessThanOrEqual(poll.votes.size)
          expect(Math.min(0, ...poll.counts)).toBe(0)
          if (!poll.content.secret) expect(sum).toBeLessThanOrEqual(poll.votes.size * poll.content.max)
        }
      }),
      { numRuns: 200, seed: 20260104 },
    )
  })

  test.each([
    'attendees',
    'team',
    'screen',
  ] as const)('[5] what %s were told equals a fresh snapshot, however the log is cut', (audience) => {
    fc.assert(
      fc.property(wishes, fc.array(fc.nat(80), { maxLength: 8 }), (given, cuts) => {
        const it = wished(given)
        const fresh = JSON.parse(JSON.stringify(polls.snapshot(it.state, audience))) as unknown
        const ranges = [cuts.filter((cut) => cut <= it.log.length).sort((a, b) => a - b), oneByOneTo(it.log.length)]
        for (const ends of ranges) expect(heldAfter(played, pollsView, { log: it.log, ends, audience })).toEqual(fresh)
      }),
      { numRuns: 150, seed: 20260105 },
    )
  })

  test('concerns names all whose own view an entry changes, and nobody is told what another wrote before it is let through', () => {
    fc.assert(
      fc.property(wishes, (given) => {
        const { log } = wished(given)
        const state = polls.initial()
        const people = Array.from({ length: 7 }, (_, index) => `p${index}`)
        const ownOf = () => new Map(people.map((id) => [id, JSON.stringify(polls.self(state, id))]))
        let before = ownOf()
        for (const entry of log) {
          const named = polls.concerns(state, entry)
          polls.apply(state, entry)
          const after = ownOf()
          // A poll that leaves the window takes what one voted with it; nobody is told of that.
          if (entry.type !== 'polls.opened') for (const id of people) if (before.get(id) !== after.get(id)) expect(named).toContain(id)
          before = after
          const waiting = [...state.waiting.values()].map(({ id }) => id)
          const told = polls.snapshot(state, 'attendees')
          for (const { texts } of Object.values(told.tallies)) for (const { id } of texts) expect(waiting).not.toContain(id)
        }
      }),
      { numRuns: 100, seed: 20260106 },
    )
  })
})

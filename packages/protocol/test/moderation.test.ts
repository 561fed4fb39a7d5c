// Owns: the proof that an item is in the hands of one at a time, and that the log of the team's doings knows every type it names.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  activities,
  claimKey,
  limits,
  type ModerationView,
  moderation,
  moderationView,
  teamActionOf,
  teamActionTypes,
} from '../src/index.ts'
import { ada, type CommandsOf, heldAfter, oneByOneTo, type Played, runOf, start, team } from './folding.ts'

type Command = CommandsOf<typeof moderation.decide>
const played = moderation as unknown as Played<Command, ReturnType<typeof moderation.initial>, ModerationView>
const run = () => runOf(played)
const eli = { ...team, id: 'eli' }

describe('a claim', () => {
  test('is of one at a time: another is refused, and may take it over', () => {
    const it = run()
    it.do(team, { type: 'claim', activity: 'chat', item: 7 })
    expect(it.refusal(eli, { type: 'claim', activity: 'chat', item: 7 })).toBe('moderation_claimed')
    expect(it.refusal(eli, { type: 'claim', activity: 'questions', item: 7 })).toBe('accepted')
    it.do(eli, { type: 'claim', activity: 'chat', item: 7, over: true })
    expect(moderation.snapshot(it.state, 'team').claims).toEqual({ [claimKey('chat', 7)]: { actorId: 'eli', at: start } })
  })

  test('is given back by whoever has it, and by nobody else', () => {
    const it = run()
    it.do(team, { type: 'claim', activity: 'chat', item: 7 })
    it.do(eli, { type: 'release', activity: 'chat', item: 7 })
    expect(Object.keys(moderation.snapshot(it.state, 'team').claims)).toHaveLength(1)
    it.do(team, { type: 'release', activity: 'chat', item: 7 })
    expect(moderation.snapshot(it.state, 'team').claims).toEqual({})
  })

  test('is the team’s, and nobody else is told that there is one', () => {
    const it = run()
    expect(it.refusal(ada, { type: 'claim', activity: 'chat', item: 7 })).toBe('not_allowed')
    it.do(team, { type: 'claim', activity: 'chat', item: 7 })
    for (const audience of ['attendees', 'screen'] as const) {
      expect(moderation.snapshot(it.state, audience).claims).toEqual({})
      expect(it.log.map((entry) => moderation.publish(entry, it.state, audience))).toEqual([undefined])
    }
  })

  test('is forgotten when there are too many, the oldest first', () => {
    const it = run()
    for (let item = 1; item <= limits.moderationClaims + 1; item++) it.do(team, { type: 'claim', activity: 'chat', item })
    const { claims } = moderation.snapshot(it.state, 'team')
    expect(Object.keys(claims)).toHaveLength(limits.moderationClaims)
    expect(claims[claimKey('chat', 1)]).toBeUndefined()
  })

  test('whatever happens, a client that was cut off holds what a fresh one is told', () => {
    const step = fc.record({
      by: fc.constantFrom(team, eli),
      command: fc.oneof(
        fc.record({
          type: fc.constant('claim' as const),
          activity: fc.constantFrom('chat', 'polls'),
          item: fc.integer({ min: 1, max: 3 }),
          over: fc.boolean(),
        }),
        fc.record({
          type: fc.constant('release' as const),
          activity: fc.constantFrom('chat', 'polls'),
          item: fc.integer({ min: 1, max: 3 }),
        }),
      ),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.nat(20), (steps, cut) => {
        const it = run()
        for (const { by, command } of steps) if (!('refused' in it.decide(by, command))) it.do(by, command)
        const held = heldAfter(played, moderationView, { log: it.log, ends: oneByOneTo(Math.min(cut, it.log.length)), audience: 'team' })
        expect(held).toEqual(moderation.snapshot(it.state, 'team'))
      }),
    )
  })

  test('takes an entry that was erased, and one that it does not know', () => {
    const state = moderation.initial()
    for (const entry of [
      { type: 'moderation.claimed', body: { erased: true } },
      { type: 'moderation.danced', body: null },
    ]) {
      moderation.apply(state, { seq: 1, at: start, activity: 'moderation', actorId: 'team', ...entry })
    }
    expect(moderation.snapshot(state, 'team').claims).toEqual({})
  })
})

describe('the log of the team’s doings', () => {
  test.each(teamActionTypes)('%s is of an activity that there is', (type) => {
    expect(Object.keys(activities)).toContain(type.split('.')[0])
  })

  test('has what the team deleted and not what its author did', () => {
    expect(teamActionOf('chat.removed', { message: 1, by: 'team' })).toMatchObject({ of: 'message' })
    expect(teamActionOf('chat.removed', { message: 1, by: 'author' })).toBeUndefined()
    expect(teamActionOf('chat.posted', { text: 'Hello' })).toBeUndefined()
    expect(teamActionOf('toString', {})).toBeUndefined()
  })
})

// Owns: the proof that reactions are counted, bounded, and told as sums.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits, type ReactionsView, reactions, reactionsView } from '../src/index.ts'
import { ada, bo, type CommandsOf, heldAfter, oneByOneTo, type Played, runOf, start, team } from './folding.ts'

type Command = CommandsOf<typeof reactions.decide>
type State = ReturnType<typeof reactions.initial>
const played = reactions as unknown as Played<Command, State, ReactionsView>
const run = () => runOf(played)
const react = (counts: Record<string, number>): Command => ({ type: 'react', counts }) as Command
const shown = (state: State) => reactions.snapshot(state, 'attendees')

describe('reactions', () => {
  test('add up, whoever they are from, and are told to nobody one by one', () => {
    const it = run()
    it.do(ada, react({ clap: 3, heart: 1 }))
    it.do(bo, react({ clap: 2 }))
    expect(shown(it.state).totals).toEqual({ clap: 5, heart: 1 })
    for (const audience of ['attendees', 'screen'] as const) {
      expect(it.log.map((entry) => reactions.publish(entry, it.state, audience))).toEqual([undefined, undefined])
    }
  })

  test('come once a second from each', () => {
    const it = run()
    it.do(ada, react({ clap: 1 }))
    it.wait(limits.reactionsMs - 400)
    expect(it.decide(ada, react({ clap: 1 }))).toEqual({ refused: 'reactions_too_fast', retryAfterMs: 400 })
    it.do(bo, react({ clap: 1 }))
    it.wait(400)
    it.do(ada, react({ clap: 1 }))
    expect(shown(it.state).totals).toEqual({ clap: 3 })
  })

  test('are bounded in one command, and none of another kind is one', () => {
    const { react: schema } = reactions.commands
    expect(schema.parse({ type: 'react', counts: { clap: 5_000 } }).counts).toEqual({ clap: limits.reactionsAtOnce })
    for (const counts of [{}, { clap: 0 }, { clap: -1 }, { clap: 1.5 }, { dance: 1 }]) {
      expect(schema.safeParse({ type: 'react', counts }).success).toBe(false)
    }
  })

  test('that the program does not offer are left out, and all of them where it has them off', () => {
    const it = run()
    it.do(team, { type: 'configure', set: ['fire'] })
    it.do(ada, react({ fire: 2, clap: 4 }))
    it.do(bo, react({ clap: 4 }))
    expect([shown(it.state).totals, it.log.length]).toEqual([{ fire: 2 }, 2])
    it.do(team, { type: 'configure', on: false })
    expect(it.refusal(bo, react({ fire: 1 }))).toBe('activity_off')
    expect(it.refusal(ada, { type: 'configure', on: true })).toBe('not_allowed')
  })

  test('make a curve of minutes for the team alone', () => {
    const it = run()
    it.do(ada, react({ clap: 3 }))
    it.wait(60_000)
    it.do(ada, react({ clap: 2 }))
    it.do(bo, react({ heart: 2 }))
    const at = start - (start % 60_000)
    expect(reactions.snapshot(it.state, 'team')).toMatchObject({
      minutes: [{ at, count: 3 }],
      minute: { at: at + 60_000, count: 4 },
    })
    expect(shown(it.state).minutes).toEqual([])
    expect(reactions.sheets(it.state)[1]?.rows).toEqual([
      [{ time: at }, 3],
      [{ time: at + 60_000 }, 4],
    ])
  })
})

test('apply accepts tombstones, null bodies and unknown types', () => {
  const state = reactions.initial()
  for (const [seq, type] of ['sent', 'sent', 'configured', 'configured', 'whatever', 'whatever'].entries()) {
    const body = seq % 2 === 0 ? { erased: true } : null
    const entry = { seq: seq + 1, at: start, activity: 'reactions', type: `reactions.${type}`, actorId: 'ada', body }
    reactions.apply(state, entry)
    reactions.publish(entry, state, 'team')
  }
  expect(shown(state).totals).toEqual({})
})

describe('[5] reducing what was told equals a fresh snapshot', () => {
  const steps = fc.array(fc.record({ kind: fc.nat(4), who: fc.nat(1), ms: fc.nat(90_000) }), { maxLength: 60, size: 'max' })
  test.each(['attendees', 'team', 'screen'] as const)('for %s, however the log is cut', (audience) => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(60), { maxLength: 8 }), (wishes, cuts) => {
        const it = run()
        for (const { kind, who, ms } of wishes) {
          const command: Command = kind === 0 ? { type: 'configure', on: ms > 20_000 } : react({ clap: kind, heart: 1 })
          const actor = kind === 0 ? team : ([ada, bo][who] ?? ada)
          it.wait(ms)
          if (!('refused' in it.decide(actor, command))) it.do(actor, command)
        }
        const fresh = reactions.snapshot(it.state, audience)
        const ranges = [cuts.filter((cut) => cut <= it.log.length).sort((a, b) => a - b), oneByOneTo(it.log.length)]
        for (const ends of ranges) expect(heldAfter(played, reactionsView, { log: it.log, ends, audience })).toEqual(fresh)
      }),
      { numRuns: 200, seed: 20260605 },
    )
  })
})

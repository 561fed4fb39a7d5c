// Owns: the proof that the team can talk among itself, and that nobody else hears a word.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Actor, type BackchannelView, backchannel, backchannelView, limits } from '../src/index.ts'
import { ada, type CommandsOf, heldAfter, oneByOneTo, type Played, runOf, start, team } from './folding.ts'

type Command = CommandsOf<typeof backchannel.decide>
type State = ReturnType<typeof backchannel.initial>
const played = backchannel as unknown as Played<Command, State, BackchannelView>
const run = () => runOf(played)

const dana: Actor = { id: 'dana', moderates: true, member: true }
const post = (text: string): Command => ({ type: 'post', text })
const remove = (message: number): Command => ({ type: 'remove', message })

describe('the backchannel', () => {
  test('is heard by the team and by nobody else, whoever asks and however', () => {
    const it = run()
    it.do(dana, post('camera two is off'))
    expect(backchannel.snapshot(it.state, 'team').messages).toEqual([{ id: 1, at: start, actorId: 'dana', text: 'camera two is off' }])
    for (const audience of ['attendees', 'screen'] as const) {
      const told = it.log.map((entry) => backchannel.publish(entry, it.state, audience))
      expect(told).toEqual([undefined])
      expect(backchannel.snapshot(it.state, audience)).toEqual({ messages: [], earlier: false })
      expect(backchannel.page(it.state, audience, { limit: 5 }).items).toEqual([])
    }
    expect(backchannel.audiences).toEqual(['team'])
    expect([backchannel.self(it.state, 'dana'), backchannel.views(it.state, 'attendees')]).toEqual([null, {}])
    expect(it.refusal(ada, post('may I?'))).toBe('not_allowed')
  })

  test('a message is taken back by whoever wrote it, by nobody else, and once', () => {
    const it = run()
    const id = it.do(dana, post('oops'))
    expect(it.refusal(team, remove(id))).toBe('not_allowed')
    it.do(dana, remove(id))
    expect(backchannel.snapshot(it.state, 'team').messages).toMatchObject([{ text: '', removed: true }])
    expect(it.refusal(dana, remove(id))).toBe('chat_message_gone')
    expect(it.refusal(dana, remove(99))).toBe('chat_message_gone')
    expect(JSON.stringify(it.log.map((entry) => backchannel.publish(entry, it.state, 'team')))).not.toContain('oops')
  })

  test.each(['', ' \n', 'x'.repeat(limits.backchannelUnits + 1)])('%j is no message', (text) => {
    expect(backchannel.commands.post.safeParse({ type: 'post', text }).success).toBe(false)
  })

  test('is paged, every message met once', () => {
    const it = run()
    for (let n = 1; n <= 12; n++) it.do(dana, post(`${n}`))
    const newest = backchannel.page(it.state, 'team', { limit: 5 })
    const older = backchannel.page(it.state, 'team', { before: Number(newest.nextCursor), limit: 50 })
    expect([...older.items, ...newest.items].map(({ text }) => Number(text))).toEqual(Array.from({ length: 12 }, (_, n) => n + 1))
    expect(older.nextCursor).toBeNull()
  })
})

test('apply accepts a tombstone, a null body and an unknown type', () => {
  const state = backchannel.initial()
  for (const [seq, type] of ['posted', 'removed', 'whatever'].flatMap((type) => [type, type]).entries()) {
    const body = seq % 2 === 0 ? { erased: true } : null
    const entry = { seq: seq + 1, at: start, activity: 'backchannel', type: `backchannel.${type}`, actorId: 'dana', body }
    backchannel.apply(state, entry)
    backchannel.publish(entry, state, 'team')
  }
  expect(backchannel.snapshot(state, 'team').messages).toMatchObject([
    { text: '', removed: true },
    { text: '', removed: true },
  ])
})

test('[5] reducing what was told equals a fresh snapshot, however the log is cut', () => {
  const step = fc.record({ who: fc.constantFrom(dana, team), back: fc.nat(150), removes: fc.constantFrom(true, false, false) })
  const steps = fc.array(step, { maxLength: 2 * limits.chatWindow, size: 'max' })
  fc.assert(
    fc.property(steps, fc.array(fc.nat(200), { maxLength: 8 }), (wishes, cuts) => {
      const it = run()
      for (const { who, back, removes } of wishes) {
        const command = removes ? remove(Math.max(1, it.log.length - back)) : post(`text ${back}`)
        if (!('refused' in it.decide(who, command))) it.do(who, command)
      }
      const ranges = [cuts.filter((cut) => cut <= it.log.length).sort((a, b) => a - b), oneByOneTo(it.log.length)]
      for (const audience of ['team', 'attendees'] as const) {
        const fresh = backchannel.snapshot(it.state, audience)
        for (const ends of ranges) expect(heldAfter(played, backchannelView, { log: it.log, ends, audience })).toEqual(fresh)
      }
    }),
    { numRuns: 150, seed: 20260104 },
  )
})

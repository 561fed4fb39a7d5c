// Owns: the proof of what the team puts onto the screen, and of what everybody then holds.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ScreenItem, type ScreenView, screen, screenView } from '../src/index.ts'
import { ada, type CommandsOf, heldAfter, oneByOneTo, type Played, runOf, start, team } from './folding.ts'

type Command = CommandsOf<typeof screen.decide>
type State = ReturnType<typeof screen.initial>
const played = screen as unknown as Played<Command, State, ScreenView>
const run = () => runOf(played)

const slide = (page: number): ScreenItem => ({
  ...{ kind: 'slide', imageId: `${page}`.padStart(22, 'A'), title: 'Results', page, pages: 9, deckId: null },
})
const take = (item: ScreenItem): Command => ({ type: 'take', item })
const link = { kind: 'link', url: 'https://aldermoor.example/report', title: 'The report' } as const

describe('the screen', () => {
  test('shows what was taken last, and keeps what was there before for pictures that are late', () => {
    const it = run()
    it.do(team, take(slide(1)))
    it.wait(5_000)
    const id = it.do(team, take(link))
    expect(screen.snapshot(it.state, 'attendees')).toEqual({
      settings: { on: true },
      current: { id, at: start + 5_000, item: link },
      previous: { id: 1, at: start, item: slide(1) },
    })
    it.do(team, { type: 'clear' })
    expect(screen.snapshot(it.state, 'screen')).toMatchObject({ current: { item: null }, previous: { item: link } })
  })

  test('stays as it is when what is up is taken again, or nothing is cleared', () => {
    const it = run()
    expect(it.decide(team, { type: 'clear' })).toEqual({ entries: [] })
    it.do(team, take(slide(2)))
    expect(it.decide(team, take(slide(2)))).toEqual({ entries: [] })
  })

  test('is the team’s alone, and can be switched off', () => {
    const it = run()
    expect(it.refusal(ada, take(link))).toBe('not_allowed')
    it.do(team, { type: 'configure', on: false })
    expect(it.refusal(team, take(link))).toBe('activity_off')
  })

  test.each([
    ['a link without TLS', { ...link, url: 'http://aldermoor.example' }],
    ['a link to a script', { ...link, url: 'javascript:alert(1)' }],
    ['a link without a title', { ...link, title: '' }],
    ['a page behind the last', { ...slide(1), page: 10 }],
    ['a picture of somewhere else', { ...slide(1), imageId: '../../etc/passwd' }],
    ['something unheard of', { kind: 'chat' }],
  ])('takes no %s', (_what, item) => {
    expect(screen.commands.take.safeParse({ type: 'take', item }).success).toBe(false)
  })
})

test('apply accepts a tombstone, a null body and an unknown type, and shows nothing in its place', () => {
  const state = screen.initial()
  for (const [index, type] of ['taken', 'cleared', 'configured', 'whatever'].flatMap((type) => [type, type]).entries()) {
    const entry = {
      seq: index + 1,
      at: start,
      activity: 'screen',
      type: `screen.${type}`,
      actorId: 'team',
      body: index % 2 ? null : { erased: true },
    }
    screen.apply(state, entry)
    screen.publish(entry, state, 'screen')
  }
  expect(screen.snapshot(state, 'attendees').current?.item).toBeNull()
})

describe('[5] reducing what was told equals a fresh snapshot', () => {
  test.each(['attendees', 'team', 'screen'] as const)('for %s, however the log is cut', (audience) => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 8 }), (wishes, cuts) => {
        const it = run()
        const commands: Command[] = [take(slide(1)), take(slide(2)), take(link), take({ kind: 'poll' }), { type: 'clear' }]
        for (const wish of wishes) {
          const command = commands[wish] ?? { type: 'configure', on: wish === 5 }
          if (!('refused' in it.decide(team, command))) it.do(team, command)
        }
        const fresh = screen.snapshot(it.state, audience)
        const ranges = [cuts.filter((cut) => cut <= it.log.length).sort((a, b) => a - b), oneByOneTo(it.log.length)]
        for (const ends of ranges) expect(heldAfter(played, screenView, { log: it.log, ends, audience })).toEqual(fresh)
      }),
      { numRuns: 200, seed: 20260106 },
    )
  })
})

// Owns: the proof of what the team can say to everybody, and of what everybody then holds.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Announcement, type AnnouncementsView, announcements, announcementsView, limits } from '../src/index.ts'
import { ada, type CommandsOf, heldAfter, oneByOneTo, type Played, runOf, start, team } from './folding.ts'

type Command = CommandsOf<typeof announcements.decide>
type State = ReturnType<typeof announcements.initial>
const played = announcements as unknown as Played<Command, State, AnnouncementsView>
const run = () => runOf(played)

const announce = (text: string, more: Partial<Announcement> = {}): Command => ({ type: 'announce', text, style: 'info', ...more })
const withdraw = (announcement: number): Command => ({ type: 'withdraw', announcement })
const currentOf = (state: State) => announcements.snapshot(state, 'attendees').current

describe('an announcement', () => {
  test('is shown to everybody with its style and its link, until the next or until it is withdrawn', () => {
    const it = run()
    const link = { url: 'https://aldermoor.example/slides', text: 'Slides' }
    const first = it.do(team, announce('The slides are there', { style: 'highlight', link }))
    expect(currentOf(it.state)).toEqual({
      id: first,
      at: start,
      actorId: 'team',
      text: 'The slides are there',
      style: 'highlight',
      link,
    })
    const second = it.do(team, announce('We begin again in five minutes', { style: 'warning' }))
    expect(currentOf(it.state)?.id).toBe(second)
    expect(it.refusal(team, withdraw(first))).toBe('announcement_gone')
    it.do(team, withdraw(second))
    expect(currentOf(it.state)).toBeNull()
    expect(it.refusal(team, withdraw(second))).toBe('announcement_gone')
  })

  test('is the team’s alone to make, and what was made is told to the team alone', () => {
    const it = run()
    expect(it.refusal(ada, announce('I am the team'))).toBe('not_allowed')
    for (const text of ['one', 'two']) it.do(team, announce(text))
    expect(announcements.snapshot(it.state, 'team').past.map(({ text }) => text)).toEqual(['two', 'one'])
    expect(announcements.snapshot(it.state, 'attendees').past).toEqual([])
    expect(announcements.page(it.state, 'attendees', { limit: 5 })).toEqual({ items: [], nextCursor: null })
    expect(JSON.stringify(it.log.map((entry) => announcements.publish(entry, it.state, 'attendees')))).not.toContain('one')
  })

  test.each([
    ['nothing', { text: ' ' }],
    ['too long', { text: 'x'.repeat(limits.announcementUnits + 1) }],
    ['of another style', { style: 'danger' }],
    ['linked to an address without TLS', { link: { url: 'http://aldermoor.example', text: 'Slides' } }],
    ['linked to a script', { link: { url: 'javascript:alert(1)', text: 'Slides' } }],
    ['linked without words', { link: { url: 'https://aldermoor.example', text: '' } }],
    ['linked with a wordy link', { link: { url: 'https://aldermoor.example', text: 'x'.repeat(limits.announcementLinkTextUnits + 1) } }],
    ['more than it may be', { pinned: true }],
  ])('that is %s is none', (_what, wrong) => {
    expect(announcements.commands.announce.safeParse({ ...announce('Fine'), ...wrong }).success).toBe(false)
  })

  test('is paged for the team, each met once', () => {
    const it = run()
    for (let n = 1; n <= limits.announcementWindow + 7; n++) it.do(team, announce(`${n}`))
    const { past, earlier } = announcements.snapshot(it.state, 'team')
    expect([past.length, earlier]).toEqual([limits.announcementWindow, true])
    const page = announcements.page(it.state, 'team', { before: past.at(-1)?.id ?? 0, limit: 5 })
    expect(page.items.map(({ text }) => text)).toEqual(['3', '4', '5', '6', '7'])
    const last = announcements.page(it.state, 'team', { before: Number(page.nextCursor), limit: 5 })
    expect(last).toMatchObject({ items: [{ text: '1' }, { text: '2' }], nextCursor: null })
  })
})

test('apply accepts a tombstone, a null body and an unknown type, and shows nothing in its place', () => {
  const state = announcements.initial()
  for (const [seq, type] of ['made', 'withdrawn', 'whatever'].flatMap((type) => [type, type]).entries()) {
    const body = seq % 2 === 0 ? { erased: true } : null
    const entry = { seq: seq + 1, at: start, activity: 'announcements', type: `announcements.${type}`, actorId: 'team', body }
    announcements.apply(state, entry)
    announcements.publish(entry, state, 'team')
  }
  expect(announcements.snapshot(state, 'team')).toEqual({ current: null, past: [], earlier: false })
})

describe('[5] reducing what was told equals a fresh snapshot', () => {
  const steps = fc.array(fc.record({ kind: fc.nat(2), back: fc.nat(2) }), { maxLength: 2 * limits.announcementWindow, size: 'max' })
  test.each(['attendees', 'team', 'screen'] as const)('for %s, however the log is cut', (audience) => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(100), { maxLength: 8 }), (wishes, cuts) => {
        const it = run()
        for (const { kind, back } of wishes) {
          const command = kind === 0 ? withdraw(Math.max(1, it.log.length - back)) : announce(`text ${kind}`)
          if (!('refused' in it.decide(team, command))) it.do(team, command)
        }
        const fresh = announcements.snapshot(it.state, audience)
        const ranges = [cuts.filter((cut) => cut <= it.log.length).sort((a, b) => a - b), oneByOneTo(it.log.length)]
        for (const ends of ranges) expect(heldAfter(played, announcementsView, { log: it.log, ends, audience })).toEqual(fresh)
      }),
      { numRuns: 200, seed: 20260103 },
    )
  })
})

// Owns: what is tested of the takes that an attendee page shows: each in its turn, when the picture has come to it.
import type { ScreenTake } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { createCue, createStillness, type Picture } from '../src/attendee/cue.ts'
import { type Held, withReached, withTake } from '../src/attendee/screen/shown-take.ts'

const take = (id: number, at: number): ScreenTake => ({ id, at, item: { kind: 'link', url: 'https://example.org', title: String(id) } })
const [first, second, third] = [take(3, 1000), take(5, 4000), take(9, 6000)]
const none: Held = { shown: null, coming: [] }

/** Looks every 200 ms until `until`, as the page does; says when which take came to be shown. */
function watch(told: readonly ScreenTake[], pictureAt: (now: number) => Picture, until: number): [id: number | undefined, now: number][] {
  const standsStill = createStillness()
  let held = withTake(none, told)
  let cue: { of: ScreenTake; reached(picture: Picture, now: number): boolean } | undefined
  const seen: [number | undefined, number][] = []
  for (let now = 1000; now <= until; now += 200) {
    const [next] = held.coming
    if (next === undefined) break
    if (cue?.of !== next) cue = { of: next, ...createCue(next.at, standsStill) }
    if (!cue.reached(pictureAt(now), now)) continue
    held = withReached(held, next)
    seen.push([held.shown?.id, now])
  }
  return seen
}

describe('takes that are told', () => {
  test.each<[string, Held, readonly ScreenTake[], Held]>([
    ['nothing was ever taken', { shown: first, coming: [second] }, [], none],
    ['somebody comes late', none, [first, second], { shown: null, coming: [first, second] }],
    ['one more is taken', { shown: first, coming: [] }, [first, second], { shown: first, coming: [second] }],
    [
      'two more are taken before the picture comes',
      { shown: first, coming: [second] },
      [second, third],
      { shown: first, coming: [second, third] },
    ],
    ['one was missed while away', { shown: first, coming: [] }, [second, third], { shown: first, coming: [second, third] }],
    ['another run begins with lower numbers', { shown: third, coming: [] }, [first], { shown: null, coming: [first] }],
    ['the same number stands for another moment', { shown: first, coming: [] }, [take(3, 7000)], { shown: null, coming: [take(3, 7000)] }],
  ])('%s', (_, held, told, expected) => expect(withTake(held, told)).toEqual(expected))

  test('what is told again changes nothing', () => {
    const held: Held = { shown: first, coming: [second] }
    expect(withTake(held, [first, second])).toBe(held)
  })
})

describe('the picture decides when a take is shown', () => {
  test.each<[string, (now: number) => Picture, [number | undefined, number][]]>([
    [
      'three seconds late: each in its turn, three seconds late',
      (now) => ({ shows: now - 3000 }),
      [
        [3, 4000],
        [5, 7000],
        [9, 9000],
      ],
    ],
    [
      'no picture: the newest at once',
      () => undefined,
      [
        [3, 1000],
        [5, 1200],
        [9, 1400],
      ],
    ],
    [
      'a picture that stands still: all of them after fifteen seconds',
      () => ({ shows: 0 }),
      [
        [3, 16_000],
        [5, 16_200],
        [9, 16_400],
      ],
    ],
  ])('%s', (_, pictureAt, expected) => expect(watch([first, second, third], pictureAt, 60_000)).toEqual(expected))
})

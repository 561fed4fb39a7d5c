// Owns: the proof that nobody is shown something before his picture has come to it, nor much later.
import { describe, expect, test } from 'vitest'
import { createCue, type Picture } from '../src/attendee/cue.ts'
import { pictureOn } from '../src/attendee/player/playback.ts'

const at = 1_800_000_000_000

/** Looks every 200 ms from the launch on, at a picture that is `behindMs` late; answers after how long the cue was reached. */
function reachedAfter(pictureAt: (ms: number) => Picture): number | undefined {
  const cue = createCue(at)
  for (let ms = 0; ms <= 120_000; ms += 200) if (cue.reached(pictureAt(ms), at + ms)) return ms
  return undefined
}
const late =
  (behindMs: number) =>
  (ms: number): Picture => ({ shows: at + ms - behindMs })

describe('a cue', () => {
  test.each([0, 2_000, 8_000, 30_000])('is reached when a picture that is %i ms late has come to it', (behindMs) => {
    expect(reachedAfter(late(behindMs))).toBe(behindMs)
  })

  test('is reached at once where no picture plays', () => {
    expect(reachedAfter(() => undefined)).toBe(0)
  })

  test('is reached at once when the picture goes', () => {
    expect(reachedAfter((ms) => (ms < 3_000 ? late(8_000)(ms) : undefined))).toBe(3_000)
  })

  test('is reached after 15 seconds of a picture that stands still, or never comes', () => {
    expect(reachedAfter(() => ({ shows: at - 4_000 }))).toBe(15_000)
    expect(reachedAfter(() => 'awaited')).toBe(15_000)
    expect(reachedAfter((ms) => (ms < 2_000 ? late(8_000)(ms) : { shows: at - 6_000 }))).toBe(17_000)
  })

  test('waits anew for a picture that stood still and moves again', () => {
    const stutters = (ms: number): Picture => late(10_000)(ms < 9_000 ? 0 : ms - 9_000)
    expect(reachedAfter(stutters)).toBe(19_000)
  })

  test('is reached after a minute in any case: a clock may be wrong', () => {
    expect(reachedAfter(late(3_600_000))).toBe(60_200)
  })
})

describe('the picture of a page', () => {
  const playing = { paused: false, readyState: 4 }
  test.each([
    ['plays', playing, { feed: true, shows: at }, { shows: at }],
    ['plays out what it has, with no feed any more', playing, { feed: false, shows: at }, { shows: at }],
    ['stands, and more is awaited', { paused: false, readyState: 2 }, { feed: true, shows: at }, { shows: at }],
    ['is being loaded', { paused: true, readyState: 0 }, { feed: true, shows: undefined }, 'awaited'],
    ['plays in a browser that does not say its time', playing, { feed: true, shows: Number.NaN }, undefined],
    ['is paused, or may not play', { paused: true, readyState: 4 }, { feed: true, shows: at }, undefined],
    ['has no feed', { paused: true, readyState: 0 }, { feed: false, shows: undefined }, undefined],
    ['has lost its feed and stands', { paused: false, readyState: 2 }, { feed: false, shows: at }, undefined],
  ])('that %s', (_how, video, facts, picture) => {
    expect(pictureOn(video, facts)).toEqual(picture)
  })
})

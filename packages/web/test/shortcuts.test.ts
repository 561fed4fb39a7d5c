// Owns: the proof that keys reach the player only when they are meant for it.
import { describe, expect, test } from 'vitest'
import { type KeyPress, shortcutOf } from '../src/attendee/player/shortcuts.ts'
import { supportOf } from '../src/attendee/player/support.ts'

const press = (key: string, focus: KeyPress['focus'] = 'elsewhere', modified = false) => shortcutOf({ key, focus, modified })

describe('a key', () => {
  test.each([
    [' ', 'toggle-play'],
    ['k', 'toggle-play'],
    ['K', 'toggle-play'],
    ['m', 'toggle-mute'],
    ['f', 'toggle-fullscreen'],
    ['i', 'toggle-pip'],
    ['ArrowUp', 'louder'],
    ['ArrowDown', 'quieter'],
    ['x', undefined],
    ['Enter', undefined],
  ])('%j elsewhere', (key, expected) => {
    expect(press(key)).toBe(expected)
  })

  test.each([' ', 'k', 'm', 'f', 'i', 'ArrowUp', 'ArrowDown'])('%j while typing is text', (key) => {
    expect(press(key, 'typing')).toBeUndefined()
  })

  test.each([' ', 'ArrowUp', 'ArrowDown'])('%j on a control or in a list belongs to that', (key) => {
    expect([press(key, 'control'), press(key, 'list')]).toEqual([undefined, undefined])
  })

  test('a letter works on a control, but never with a modifier', () => {
    expect([press('m', 'control'), press('m', 'elsewhere', true), press('f', 'control', true)]).toEqual([
      'toggle-mute',
      undefined,
      undefined,
    ])
  })
})

describe('what the browser can play', () => {
  const source = (supported: boolean) => ({ isTypeSupported: () => supported })
  const video = (answer: CanPlayTypeResult) => ({ canPlayType: () => answer })

  test.each([
    ['Media Source with H.264', { MediaSource: source(true) }, '', 'hls'],
    ['Managed Media Source with H.264', { ManagedMediaSource: source(true) }, 'maybe', 'hls'],
    ['no Media Source, own HLS', {}, 'maybe', 'native'],
    ['Media Source without H.264, own HLS', { MediaSource: source(false) }, 'probably', 'native'],
    ['Media Source without H.264', { MediaSource: source(false) }, '', 'none'],
    ['nothing', {}, '', 'none'],
  ] as const)('%s', (_name, scope, answer, expected) => {
    expect(supportOf(scope, video(answer))).toBe(expected)
  })
})

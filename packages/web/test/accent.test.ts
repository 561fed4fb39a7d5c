import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accentTones, contrast, readable, type Scheme } from '../src/look/accent.ts'

const schemes: readonly Scheme[] = ['light', 'dark']
const css = readFileSync(new URL('../src/attendee/style/base.css', import.meta.url), 'utf8')
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)')
const groundsOf = (part: string): string[] => [...part.matchAll(/--(?:bg|panel|sunk): (#[0-9a-f]{6})/g)].map(([, color]) => color ?? '')
const grounds: Record<Scheme, string[]> = { light: groundsOf(light), dark: groundsOf(dark) }

test('contrast is as WCAG counts it', () => {
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  expect(contrast('#3d54d6', '#3d54d6')).toBe(1)
})

describe.each(schemes)('in the %s scheme', (scheme) => {
  test('words in any accent, and on it, can be read on every ground that the page has', () => {
    expect(grounds[scheme].length).toBeGreaterThanOrEqual(3)
    const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)
    fc.assert(
      fc.property(hex, (accent) => {
        const { text, fill, onFill, soft } = accentTones(accent, scheme)
        for (const ground of [...grounds[scheme], soft]) expect(contrast(text, ground)).toBeGreaterThanOrEqual(readable)
        expect(contrast(onFill, fill)).toBeGreaterThanOrEqual(readable)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(['#000000', '#ffffff', '#ff0000', '#00ff00', '#ffff00', '#808080'])('even in %s', (accent) => {
    const { text, fill, onFill, soft } = accentTones(accent, scheme)
    for (const ground of [...grounds[scheme], soft]) expect(contrast(text, ground)).toBeGreaterThanOrEqual(readable)
    expect(contrast(onFill, fill)).toBeGreaterThanOrEqual(readable)
  })
})

test('a colour that reads already is not touched', () => {
  expect(accentTones('#3d54d6', 'light')).toMatchObject({ text: '#3d54d6', fill: '#3d54d6', onFill: '#ffffff' })
  expect(accentTones('#ffd400', 'dark')).toMatchObject({ text: '#ffd400', fill: '#ffd400', onFill: '#15171c' })
})

// Owns: the proof that both languages say everything that a page can be asked to say.
import { type ErrorCode, errorRow, errors } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { splitSentences } from '../src/attendee/refusal-text.ts'
import { en } from '../src/i18n/en.ts'
import { fr } from '../src/i18n/fr.ts'

type Tree = { readonly [key: string]: string | Tree }

function flat(tree: Tree, path = ''): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as const] : [...flat(value, `${path}${key}.`)],
  )
  return new Map(entries)
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort()
const english = flat(en)
const french = flat(fr)

describe('the words', () => {
  test('both languages have the same keys', () => {
    expect([...french.keys()].sort()).toEqual([...english.keys()].sort())
  })

  test('both languages fill in the same values', () => {
    const different = [...english].filter(([key, text]) => placeholders(text).join() !== placeholders(french.get(key) ?? '').join())
    expect(different).toEqual([])
  })

  test('no text is empty, and none has the wrong apostrophe or an exclamation mark', () => {
    for (const [key, text] of [...english, ...french]) expect(text.trim() !== '' && !/['!]/.test(text), `${key}: ${text}`).toBe(true)
  })

  test('every plural has one and other', () => {
    const singular = [...english.keys()].filter((key) => key.endsWith('_one')).map((key) => key.slice(0, -4))
    expect(singular.length).toBeGreaterThan(5)
    for (const key of singular) expect(english.has(`${key}_other`)).toBe(true)
  })

  test.each(Object.keys(errors) as ErrorCode[])('%s has an English and a French text', (code) => {
    expect(en.errors[code]).toBe(errorRow(code).says)
    expect(fr.errors[code]).toMatch(/[.?]$/)
    expect(fr.errors[code]).not.toBe(en.errors[code])
  })
})

describe('a refusal on a page', () => {
  test.each([
    ['This link has expired. Open the event again.', { what: 'This link has expired.', todo: 'Open the event again.' }],
    ['Cette adresse est abîmée. Écrivez-nous.', { what: 'Cette adresse est abîmée.', todo: 'Écrivez-nous.' }],
    ['You opened this event somewhere else.', { what: 'You opened this event somewhere else.', todo: '' }],
  ])('%s', (text, expected) => {
    expect(splitSentences(text)).toEqual(expected)
  })
})

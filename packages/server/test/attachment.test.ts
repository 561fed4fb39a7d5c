// Owns: the names under which files are taken away.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attachment, fileNameOf } from '../src/http/attachment.ts'

const named = (words: string) => fileNameOf(words, { fallback: 'show', extension: 'csv' })

describe('a file is named', () => {
  test.each([
    ['Town hall', 'Town hall.csv'],
    ['Été “2030”', 'Été “2030”.csv'],
    ['会議 2030', '会議 2030.csv'],
    ['../../etc/passwd', 'etc passwd.csv'],
    ['C:\\Users\\x', 'C Users x.csv'],
    ['a\r\nSet-Cookie: x=1', 'a Set-Cookie x=1.csv'],
    ['.hidden.', 'hidden.csv'],
    ['???', 'show.csv'],
    ['\u202egnp.exe', 'gnp.exe.csv'],
  ])('%j: %s', (words, name) => {
    expect(named(words)).toBe(name)
  })

  test('whatever somebody calls his program, the header holds one line of ASCII, and the name comes back from it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (words) => {
        const name = named(words)
        const header = attachment(name)
        expect(header).toMatch(/^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]+"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+$/)
        expect(decodeURIComponent(header.split("UTF-8''")[1] ?? '')).toBe(name)
        expect(name).not.toMatch(/[/\\\r\n]/)
      }),
      { seed: 20_260_103, numRuns: 2_000 },
    )
  })
})

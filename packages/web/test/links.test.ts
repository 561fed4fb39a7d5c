// Owns: the proof that http(s) addresses alone become links, and that nothing of a text is lost.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitLinks } from '../src/attendee/chat/links.ts'

const hrefs = (text: string): (string | undefined)[] => splitLinks(text).flatMap(({ href }) => (href === undefined ? [] : [href]))

describe('links in a message', () => {
  test.each([
    ['see https://a.example/x now', ['https://a.example/x']],
    ['http://a.example', ['http://a.example/']],
    ['HTTPS://A.EXAMPLE/Path', ['https://a.example/Path']],
    ['two: https://a.example/1, https://b.example/2.', ['https://a.example/1', 'https://b.example/2']],
    ['(https://a.example/x)', ['https://a.example/x']],
    ['https://a.example/wiki/Voila_(show)', ['https://a.example/wiki/Voila_(show)']],
    ['« https://a.example/x » !', ['https://a.example/x']],
    ['https://a.example/?q=1&r=%20#s!', ['https://a.example/?q=1&r=%20#s']],
    ['"https://a.example/x"', ['https://a.example/x']],
  ])('%s', (text, expected) => {
    expect(hrefs(text)).toEqual(expected)
  })

  test.each([
    'javascript:alert(1)',
    'data:text/html,https',
    'ftp://a.example/x',
    'www.a.example',
    'mailto:a@b.example',
    'https://',
    'https://bank.example@evil.example/',
    'https://user:secret@evil.example/',
    'jAvAsCrIpT:alert(1)//',
  ])('%s is not a link', (text) => {
    expect(hrefs(text)).toEqual([])
  })

  test('the parts joined are the text, and every address is http(s)', () => {
    const piece = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom('https://', 'http://a', ' ', '(', ')', '.', '@', 'javascript:'))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('')
        const parts = splitLinks(text)
        expect(parts.map((part) => part.text).join('')).toBe(text)
        for (const { href } of parts) if (href !== undefined) expect(new URL(href).protocol).toMatch(/^https?:$/)
      }),
      { numRuns: 50 },
    )
  })
})

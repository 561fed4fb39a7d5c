// Owns: that both decoders of base64url decode alike, and only what is canonical.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64, portableDecoder } from '../src/base64.ts'
import { nodeDecoder } from '../src/base64-node.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const bytesOf = (bytes: Uint8Array | undefined): number[] | undefined => bytes && [...bytes]

describe('base64url', () => {
  test('decodes what Buffer encodes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64url')
        expect(bytesOf(portableDecoder.bytes(text))).toEqual([...bytes])
        expect(bytesOf(nodeDecoder.bytes(text))).toEqual([...bytes])
        const padded = Buffer.from(bytes).toString('base64')
        expect(bytesOf(decodeBase64(padded))).toEqual([...bytes])
      }),
      { seed: 31, numRuns: 1000 },
    )
  })
  test('both decoders agree on any text', () => {
    const nearly = fc.string({
      unit: fc.constantFrom(...alphabet, ...alphabet, '=', '+', '/', ' ', '\n', 'é', '\u0141', '\0'),
      maxLength: 12,
    })
    const seen = { canonical: 0, other: 0 }
    fc.assert(
      fc.property(
        fc.oneof(
          nearly,
          fc.string({ unit: 'binary' }),
          fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text).toString('base64url')),
        ),
        (text) => {
          const bytes = bytesOf(nodeDecoder.bytes(text))
          seen[bytes === undefined ? 'other' : 'canonical']++
          expect(bytesOf(portableDecoder.bytes(text))).toEqual(bytes)
          expect(portableDecoder.text(text)).toBe(nodeDecoder.text(text))
        },
      ),
      { seed: 32, numRuns: 5000 },
    )
    expect(Math.min(seen.canonical, seen.other)).toBeGreaterThan(500)
  })
  test('of all texts of two and three letters, one decodes to each value', () => {
    const letters = [...alphabet]
    const two = letters.flatMap((first) => letters.map((second) => first + second))
    for (const decoder of [portableDecoder, nodeDecoder]) {
      expect(two.filter((text) => decoder.bytes(text) !== undefined)).toHaveLength(256)
      expect(two.map((text) => `A${text}`).filter((text) => decoder.bytes(text) !== undefined)).toHaveLength(1024)
    }
  })
  test.each<[string, number[]]>([
    ['a byte order mark stays', [0xef, 0xbb, 0xbf, 0x7b]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['cut short', [0xe2, 0x82]],
    ['the last character of all', [0xf4, 0x8f, 0xbf, 0xbf]],
  ])('UTF-8: %s', (_, bytes) => {
    const text = Buffer.from(bytes).toString('base64url')
    const valid = !Buffer.from(bytes).toString('utf8').includes('\uFFFD')
    expect(portableDecoder.text(text)).toBe(valid ? Buffer.from(bytes).toString('utf8') : null)
    expect(nodeDecoder.text(text)).toBe(portableDecoder.text(text))
  })
})

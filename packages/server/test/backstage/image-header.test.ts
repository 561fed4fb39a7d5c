// Owns: which files count as pictures, and what is read of them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readImageHeader } from '../../src/backstage/image-header.ts'
import { jpeg, png, webp } from '../pictures.ts'

describe('a picture is known by its bytes', () => {
  test.each([
    ['a PNG', png(1_920, 1_080), { type: 'image/png', width: 1_920, height: 1_080 }],
    ['a progressive JPEG, whatever its EXIF holds', jpeg(4_000, 3_000), { type: 'image/jpeg', width: 4_000, height: 3_000 }],
    ['a baseline JPEG', jpeg(640, 480, 0xc0), { type: 'image/jpeg', width: 640, height: 480 }],
    ['a lossy WebP', webp.lossy(800, 600), { type: 'image/webp', width: 800, height: 600 }],
    ['a lossless WebP', webp.lossless(16_384, 300), { type: 'image/webp', width: 16_384, height: 300 }],
    ['an extended WebP', webp.extended(70_000, 2), { type: 'image/webp', width: 70_000, height: 2 }],
  ])('%s', (_what, bytes, header) => {
    expect(readImageHeader(bytes)).toEqual(header)
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a GIF', Buffer.from('GIF89a\x10\x00\x10\x00'.padEnd(64, '\0'), 'latin1')],
    ['a PNG of no size', png(0, 100)],
    ['a PNG without its header', png(1, 1).subarray(0, 20)],
    ['a JPEG without a frame', Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')],
    ['a JPEG of tables alone', jpeg(1, 1, 0xc4)],
    ['a JPEG whose segment is shorter than its length', Buffer.from('ffd8ffe0000100000000000000000000', 'hex')],
    ['a RIFF that is a sound', Buffer.from(`RIFF\x24\0\0\0WAVEfmt ${'\0'.repeat(32)}`, 'latin1')],
    ['a WebP of an unknown kind', Buffer.from(`RIFF\x24\0\0\0WEBPVP9 ${'\0'.repeat(32)}`, 'latin1')],
  ])('%s is none', (_what, bytes) => {
    expect(readImageHeader(bytes)).toBeUndefined()
  })

  test('no bytes, and no cut or change of a good file, make it throw or take for ever', () => {
    const good = [png(10, 10), jpeg(10, 10), webp.lossy(9, 9), webp.lossless(9, 9), webp.extended(9, 9)]
    const changed = fc.tuple(fc.constantFrom(...good), fc.nat(80), fc.nat(255), fc.nat(80)).map(([bytes, at, value, length]) => {
      const copy = Buffer.from(bytes.subarray(0, length))
      if (at < copy.length) copy[at] = value
      return copy
    })
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.concat([Buffer.from([0xff, 0xd8]), bytes]))
    fc.assert(
      fc.property(fc.oneof(changed, any), (bytes) => {
        const header = readImageHeader(bytes)
        return header === undefined || (header.width > 0 && header.height > 0)
      }),
      { seed: 20_260_103, numRuns: 3_000 },
    )
  })
})

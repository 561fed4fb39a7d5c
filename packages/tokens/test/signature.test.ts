// Owns: the signature cases: which 64 bytes are a signature, and which are refused without harm.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { claims, encode, header, key, outcome, pair, token, verify } from './handmade.ts'

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const field = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const signingInput = `${encode(header)}.${encode(claims)}`

function bytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
}
function integer(from: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(from).toString('hex')}`)
}
function make(): { r: bigint; s: bigint; raw: Buffer } {
  const raw = sign('sha256', Buffer.from(signingInput), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })
  return { r: integer(raw.subarray(0, 32)), s: integer(raw.subarray(32)), raw }
}
function judged(signature: Uint8Array): string {
  return outcome(() => verify(`${signingInput}.${encode(Buffer.from(signature))}`))
}

/** A signature whose values satisfy a wish; each try has even odds or so. */
function makeUntil(wish: (made: { r: bigint; s: bigint }) => boolean): { r: bigint; s: bigint; raw: Buffer } {
  for (;;) {
    const made = make()
    if (wish(made)) return made
  }
}

describe('[4] r and s', () => {
  const { r, s, raw } = make()
  test('a signature as made', () => expect(judged(raw)).toBe('accept'))
  test('s above half the order is valid, and so is its counterpart', () => {
    const low = makeUntil((made) => made.s < order / 2n)
    expect(judged(Buffer.concat([bytes(low.r), bytes(order - low.s)]))).toBe('accept')
    expect(judged(low.raw)).toBe('accept')
  })
  test('r and s with leading zeros keep their 32 bytes', () => {
    expect(judged(makeUntil((made) => made.r < 1n << 248n).raw)).toBe('accept')
  })

  const edges = { '0': 0n, '1': 1n, 'n-1': order - 1n, n: order, 'n+1': order + 1n, p: field, '2^256-1': (1n << 256n) - 1n }
  const values = Object.entries(edges)
  test.each(
    values.flatMap(([rName, rValue]) => values.map(([sName, sValue]) => [rName, sName, rValue, sValue] as const)),
  )('r = %s, s = %s is refused', (_rName, _sName, rValue, sValue) => {
    expect(judged(Buffer.concat([bytes(rValue), bytes(sValue)]))).toBe('signature')
  })
  test.each(values)('a good r with s = %s, and a good s with r = it', (_, value) => {
    expect(judged(Buffer.concat([bytes(r), bytes(value)]))).toBe('signature')
    expect(judged(Buffer.concat([bytes(value), bytes(s)]))).toBe('signature')
  })

  const cases: [string, bigint, bigint][] = [
    ['swapped', s, r],
    ['r replaced by n - r', order - r, s],
    ['both negated', order - r, order - s],
    ['r + 1', r + 1n, s],
    ['s + 1', r, s + 1n],
    ['s inverted bit by bit', r, s ^ ((1n << 256n) - 1n)],
  ]
  test.each(cases)('%s', (_, first, second) => {
    expect(judged(Buffer.concat([bytes(first), bytes(second)]))).toBe('signature')
  })
  test('r + n and s + n where they fit in 32 bytes', () => {
    // Only values below 2^256 - n leave room; the chance of one is 2^-32, so the encoding is what is tested: 33 bytes each.
    expect(judged(Buffer.from((r + order).toString(16).padStart(66, '0') + s.toString(16).padStart(66, '0'), 'hex'))).toBe(
      'signature_length',
    )
    expect(judged(Buffer.from(r.toString(16).padStart(64, '0') + (s + order).toString(16).padStart(66, '0'), 'hex'))).toBe(
      'signature_length',
    )
    expect(judged(Buffer.concat([bytes(r), bytes((s + order) % (1n << 256n))]))).toBe('signature')
  })
})

describe('[4] length and form', () => {
  const { r, s, raw } = make()
  test.each([1, 31, 32, 63, 65, 66, 96, 128, 132, 256, 512])('%i bytes', (length) => {
    expect(judged(Buffer.alloc(length, raw))).toBe('signature_length')
  })
  test('a zero byte before or after', () => {
    expect(judged(Buffer.concat([Buffer.alloc(1), raw]))).toBe('signature_length')
    expect(judged(Buffer.concat([raw, Buffer.alloc(1)]))).toBe('signature_length')
  })
  test('DER', () => {
    expect(judged(sign('sha256', Buffer.from(signingInput), pair.privateKey))).toBe('signature_length')
  })
  test('DER of exactly 64 bytes', () => {
    const part = (value: bigint): Buffer => Buffer.concat([Buffer.from([0x02, 29]), bytes(value).subarray(3)])
    const der = Buffer.concat([Buffer.from([0x30, 62]), part(r), part(s)])
    expect(der).toHaveLength(64)
    expect(judged(der)).toBe('signature')
  })
  test('P1363 of other curves', () => {
    for (const [namedCurve, code] of [
      ['P-384', 'signature_length'],
      ['P-521', 'signature_length'],
      ['secp256k1', 'signature'],
    ] as const) {
      const other = generateKeyPairSync('ec', { namedCurve })
      expect(judged(sign('sha256', Buffer.from(signingInput), { key: other.privateKey, dsaEncoding: 'ieee-p1363' }))).toBe(code)
    }
  })
  test('an Ed25519 signature, which also has 64 bytes', () => {
    expect(judged(sign(null, Buffer.from(signingInput), generateKeyPairSync('ed25519').privateKey))).toBe('signature')
  })
})

describe('[4] what is signed', () => {
  const raw = (text: string | Buffer, hash = 'sha256'): Buffer =>
    sign(hash, Buffer.from(text), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })
  const cases: [string, Buffer][] = [
    ['the payload alone', raw(encode(claims))],
    ['the header alone', raw(encode(header))],
    ['header and payload without the dot', raw(signingInput.replace('.', ''))],
    ['the decoded parts', raw(`${JSON.stringify(header)}.${JSON.stringify(claims)}`)],
    ['with a line break at the end', raw(`${signingInput}\n`)],
    ['the hash once more', raw(createHash('sha256').update(signingInput).digest())],
    ['SHA-1', raw(signingInput, 'sha1')],
    ['SHA-384', raw(signingInput, 'sha384')],
    ['nothing', raw('')],
  ]
  test.each(cases)('%s', (_, signature) => expect(judged(signature)).toBe('signature'))

  test('any changed character of header or payload breaks the signature', () => {
    const good = token()
    const changed = [...signingInput].flatMap((letter, at) => {
      if (letter === '.') return []
      return [`${good.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${good.slice(at + 1)}`]
    })
    expect(changed.map((text) => outcome(() => verify(text))).filter((code) => code === 'accept')).toEqual([])
  })
  test('another key of the same kid', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(outcome(() => verify(token(), { key: { ...key, publicKey: other.publicKey } }))).toBe('signature')
  })
})

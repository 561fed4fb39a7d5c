// Owns: which published keys are used, each judged by itself, and how long an answer is fresh.
import { generateKeyPairSync } from 'node:crypto'
import { publishedKeyProblems } from '@voila/protocol'
import { describe, expect, test } from 'vitest'
import { freshMs, KeySetError, readKeySet } from '../../src/access/jwks/key-set.ts'
import { newKey } from './key-server.ts'

const good = newKey('good-key-1')
const { privateKey } = newKey()
const read = (keys: readonly unknown[], revoked: readonly string[] = []) =>
  readKeySet(JSON.stringify({ keys }), { revoked: new Set(revoked) })
const { kid: _kid, ...nameless } = good.jwk
const thumbprint = read([good.jwk])[0]?.thumbprint ?? ''

const bad: readonly (readonly [problem: keyof typeof publishedKeyProblems, what: string, jwk: object])[] = [
  ['private_key', 'a private key', { ...privateKey.export({ format: 'jwk' }), kid: 'secret-key-1' }],
  ['private_key', 'a private RSA key', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' })],
  ['private_key', 'a shared secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'shared-key-1' }],
  ['kid_missing', 'a key without kid', nameless],
  ['kid_format', 'a kid that is too short', { ...good.jwk, kid: 'short' }],
  ['kid_format', 'a kid with other characters', { ...good.jwk, kid: 'a kid of mine' }],
  ['kid_format', 'a kid that is a number', { ...good.jwk, kid: 12_345_678 }],
  ['wrong_use', 'a key to encrypt with', { ...good.jwk, use: 'enc' }],
  ['wrong_use', 'a key that only signs', { ...good.jwk, use: undefined, key_ops: ['sign'] }],
  ['wrong_use', 'key_ops that are a text', { ...good.jwk, key_ops: 'verify' }],
  ['wrong_alg', 'another algorithm', { ...good.jwk, alg: 'ES384' }],
  ['wrong_alg', 'no algorithm', { ...good.jwk, alg: 'none' }],
  [
    'not_p256',
    'an RSA key',
    { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }), kid: 'rsa-key-1' },
  ],
  ['not_p256', 'P-384', { ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }), kid: 'p384-key-1' }],
  ['not_p256', 'Ed25519', { ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid: 'ed-key-11' }],
  ['not_p256', 'nothing', {}],
  ['not_p256', 'a list', []],
  ['invalid_point', 'a point beside the curve', { ...good.jwk, x: good.jwk.y, y: good.jwk.x }],
  ['invalid_point', 'the point at infinity', { ...good.jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) }],
  ['invalid_point', 'a short coordinate', { ...good.jwk, x: 'AQAB' }],
  ['invalid_point', 'no coordinate', { ...good.jwk, y: undefined }],
  ['invalid_point', 'Base64 with padding', { ...good.jwk, x: `${good.jwk.x}=` }],
  [
    'known_key',
    'the example of RFC 7515',
    {
      kty: 'EC',
      crv: 'P-256',
      kid: 'rfc7515-a3',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  ],
]

describe('a published key', () => {
  test.each(bad)('%s: %s is not used, and the others are', (problem, _what, jwk) => {
    const [first, second] = read([jwk, good.jwk])
    expect(first).toMatchObject({ pem: null, problem })
    expect(second).toMatchObject({ kid: good.kid, problem: null })
    expect(second?.pem).toContain('BEGIN PUBLIC KEY')
  })

  test('kid_twice: the first of two with one kid is used', () => {
    const [first, second] = read([good.jwk, newKey(good.kid).jwk])
    expect([first?.problem, second?.problem]).toEqual([null, 'kid_twice'])
  })

  test('revoked: a key that was revoked is not used under another kid either', () => {
    expect(read([{ ...good.jwk, kid: 'another-kid' }], [thumbprint])[0]).toMatchObject({ pem: null, problem: 'revoked' })
  })

  test('every problem of the table is tried here', () => {
    expect(new Set([...bad.map(([problem]) => problem), 'kid_twice', 'revoked'])).toEqual(new Set(Object.keys(publishedKeyProblems)))
  })

  test.each([
    { ...good.jwk, use: undefined, alg: undefined },
    { ...good.jwk, key_ops: ['verify'] },
    { ...good.jwk, x5t: 'abc', extra: 1 },
  ])('that leaves out or adds what nobody needs is used (%#)', (jwk) => expect(read([jwk])[0]?.problem).toBeNull())

  test('the fifty first of a longer list are read', () => {
    expect(read(Array.from({ length: 60 }, () => newKey().jwk))).toHaveLength(50)
  })
})

test.each([
  ['', 'not_json'],
  ['<html>', 'not_json'],
  ['null', 'not_key_set'],
  ['[]', 'not_key_set'],
  ['{"keys":{}}', 'not_key_set'],
  ['{"keys":["a"]}', 'not_key_set'],
  ['{"keys":[null]}', 'not_key_set'],
])('%s is no set: %s', (text, problem) => {
  const fail = (): unknown => readKeySet(text, { revoked: new Set() })
  expect(fail).toThrow(KeySetError)
  expect(fail).toThrow(problem)
})

const minutes = 60_000
test.each([
  [{}, 15 * minutes],
  [{ 'cache-control': 'public' }, 15 * minutes],
  [{ 'cache-control': 'max-age=3600' }, 60 * minutes],
  [{ 'cache-control': 'public, s-maxage="7200", max-age=60' }, 120 * minutes],
  [{ 'cache-control': 'max-age=3600', age: '1800' }, 30 * minutes],
  [{ 'cache-control': 'max-age=1' }, 5 * minutes],
  [{ 'cache-control': 'no-store' }, 5 * minutes],
  [{ 'cache-control': 'no-cache, max-age=3600' }, 5 * minutes],
  [{ 'cache-control': 'max-age=99999999' }, 24 * 60 * minutes],
  [{ 'cache-control': 'max-age=soon' }, 15 * minutes],
])('%o is fresh for %i ms', (headers, ms) => expect(freshMs(headers)).toBe(ms))

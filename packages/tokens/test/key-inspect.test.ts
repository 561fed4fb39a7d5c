// Owns: what is told about a text that should be a public key: the key, or the mistake by name.
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect, test } from 'vitest'
import { generateKeyPair, importPublicKey } from '../src/index.ts'
import { inspectPublicKey } from '../src/inspect.ts'
import pems from './fixtures/pems.json' with { type: 'json' }

const pair = generateKeyPair()
const good = pair.publicKey
const jwk = createPublicKey(good).export({ format: 'jwk' })
const body = good.replace(/-----[A-Z ]+-----/g, '').trim()
const publicPem = (type: string, options: object): string =>
  generateKeyPairSync(type as 'rsa', { ...options, publicKeyEncoding: { type: 'spki', format: 'pem' } } as never)
    .publicKey as unknown as string

describe('a key is read', () => {
  test.each([
    ['a PEM', good, 'PEM'],
    ['a PEM without its last line break', good.trim(), 'PEM'],
    ['a JWK', JSON.stringify(jwk), 'JWK'],
    ['a JWK with more members', JSON.stringify({ ...jwk, use: 'sig', alg: 'ES256', kid: 'ours' }, null, 2), 'JWK'],
    ['a set of one JWK', JSON.stringify({ keys: [jwk] }), 'JWK'],
  ])('from %s', (_, text, form) => {
    const read = inspectPublicKey(text)
    expect(read).toMatchObject({ ok: true, form, pem: good })
  })
  test('and the members for its thumbprint are those of RFC 7638, in its order', async () => {
    const read = inspectPublicKey(good)
    if (!read.ok) throw new Error(read.says)
    expect(Object.keys(read.jwk)).toEqual(['crv', 'kty', 'x', 'y'])
    expect(await calculateJwkThumbprint(read.jwk, 'sha256')).toBe(importPublicKey(good).thumbprint)
  })
})

describe('what was pasted is a key but for a mistake: the mistake is named, and undone', () => {
  test.each([
    ['the body alone', body, 'BEGIN and END lines are missing'],
    ['the body alone, on one line', body.replaceAll('\n', ''), 'BEGIN and END lines are missing'],
    ['without the BEGIN line', good.split('\n').slice(1).join('\n'), 'BEGIN line is missing'],
    ['without the END line', good.split('\n').slice(0, -2).join('\n'), 'END line is missing'],
    ['out of a JSON file', JSON.stringify(good).slice(1, -1), 'written as \\n'],
    [
      'out of source code',
      good
        .trim()
        .split('\n')
        .map((line) => `"${line}\\n" +`)
        .join('\n'),
      'quoted',
    ],
    ['through a word processor', good.replaceAll('-----', '—–—'), 'dashes'],
  ])('%s', (_, text, hint) => {
    const read = inspectPublicKey(text)
    expect(read).toMatchObject({ ok: false, code: 'not_pem', says: expect.stringContaining(hint) })
    if (read.ok || read.mended === undefined) throw new Error('not mended')
    expect(inspectPublicKey(read.mended)).toMatchObject({ ok: true, pem: good })
  })
})

describe('what was pasted is something else, and is called by its name', () => {
  test.each([
    ['RSA', publicPem('rsa', { modulusLength: 2048 }), 'not_p256', 'an RSA key'],
    ['Ed25519', publicPem('ed25519', {}), 'not_p256', 'an Ed25519 key'],
    ['P-384', publicPem('ec', { namedCurve: 'secp384r1' }), 'not_p256', 'the curve P-384'],
    ['P-521', publicPem('ec', { namedCurve: 'secp521r1' }), 'not_p256', 'the curve P-521'],
    ['secp256k1', publicPem('ec', { namedCurve: 'secp256k1' }), 'not_p256', 'the curve secp256k1'],
    ['a JWK on P-384', JSON.stringify({ kty: 'EC', crv: 'P-384', x: 'A', y: 'B' }), 'not_p256', 'the curve P-384'],
    ['a JWK of RSA', JSON.stringify({ kty: 'RSA', n: 'A', e: 'AQAB' }), 'not_p256', 'not a key on a curve'],
    ['a JWK off the curve', JSON.stringify({ ...jwk, y: jwk.x }), 'invalid_point', 'not on the curve'],
    ['a JWK cut off', JSON.stringify({ ...jwk, y: jwk.y?.slice(4) }), 'invalid_point', '32 bytes each'],
    ['two JWKs', JSON.stringify({ keys: [jwk, jwk] }), 'several_keys', 'more than one'],
    ['JSON of another kind', '{"name": "our key"}', 'not_pem', 'no kty'],
    ['a key for SSH', 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= ada@laptop', 'not_pem', 'SSH'],
    ['a token', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'not_pem', 'a token'],
    ['a kid', `pk_${'a'.repeat(22)}`, 'not_pem', 'a kid'],
    ['a PEM cut off', good.replace(body.slice(60, 80), ''), 'not_pem', 'cut off'],
    ['words', 'our public key', 'not_pem', 'public.pem'],
  ])('%s', (_, text, code, hint) => {
    expect(inspectPublicKey(text)).toMatchObject({ ok: false, code, says: expect.stringContaining(hint) })
  })
})

describe('a private key', () => {
  const privateJwk = { ...jwk, d: jwk.x }
  test.each([
    ['PKCS8', pair.privateKey],
    ['its body alone', pair.privateKey.replace(/-----[A-Z ]+-----/g, '').trim()],
    ['beside the public one', `${pair.privateKey}\n${good}`],
    ['a JWK', JSON.stringify(privateJwk)],
    ['a JWK whose d is escaped', JSON.stringify(privateJwk).replace('"d"', '"\\u0064"')],
    ['in a set', JSON.stringify({ keys: [privateJwk] }, null, 2).replace('"d": ', '"\\u0064": ')],
  ])('is called so: %s', (_, text) => {
    const read = inspectPublicKey(text)
    expect(read).toMatchObject({ ok: false, code: 'private_key' })
    expect(JSON.stringify(read)).not.toContain(String(jwk.x))
  })
})

test('nothing that is refused on import is taken as a key, and the other way round', () => {
  for (const { id, pem } of pems.cases) {
    if (pem === null) continue
    let isImported = true
    try {
      importPublicKey(pem)
    } catch {
      isImported = false
    }
    const read = inspectPublicKey(pem)
    // A JWK is no PEM; its key is declared as one.
    expect(read.ok && read.form === 'PEM', id).toBe(isImported)
    if (read.ok) expect(importPublicKey(read.pem).pem, id).toBe(read.pem)
  }
})

// Owns: the import of keys: what is accepted, and the code of each refusal.
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect, test } from 'vitest'
import { generateKeyPair, importPublicKey, keyErrorCodes } from '../src/index.ts'
import { outcome } from './handmade.ts'

const good = generateKeyPair().publicKey
const other = generateKeyPair().publicKey
const body = (pem: string): string => pem.replace(/-----[A-Z0-9 ]+-----|\s/g, '')
const der = Buffer.from(body(good), 'base64')
const line = '-----'

function pem(label: string, bytes: Uint8Array | string): string {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('base64')
  return `${line}BEGIN ${label}${line}\n${text.replace(/.{64}/g, '$&\n')}\n${line}END ${label}${line}\n`
}
function publicPem(...parts: (Uint8Array | number[])[]): string {
  return pem('PUBLIC KEY', Buffer.concat(parts.map((part) => Buffer.from(part))))
}
const algorithm = der.subarray(2, 23)
const point = der.subarray(26)
const x = point.subarray(1, 33)
const y = point.subarray(33)

type Row = [what: string, text: string, code: string]
function refused(rows: Row[]): void {
  test.each(rows)('%s', (_, text, code) => expect(outcome(() => importPublicKey(text))).toBe(code))
}

describe('accepted, and all the same key', () => {
  test.each([
    ['as openssl writes it', good],
    ['CRLF', good.replaceAll('\n', '\r\n')],
    ['CR alone', good.replaceAll('\n', '\r')],
    ['a byte order mark', `\uFEFF${good}`],
    ['body on one line', `${line}BEGIN PUBLIC KEY${line}\n${body(good)}\n${line}END PUBLIC KEY${line}`],
    ['everything on one line', `${line}BEGIN PUBLIC KEY${line}${body(good)}${line}END PUBLIC KEY${line}`],
    ['blanks for line breaks, as a one-line input leaves them', good.trim().replaceAll('\n', ' ')],
    ['indented, with blank lines', `\n\n${good.replace(/^/gm, '   ').replaceAll('\n', '\n\n')}`],
    ['text around', `Here is our key, Ada:\n\n${good}\nBest regards`],
    ['no line break at the end', good.trim()],
    ['16 KiB', good + ' '.repeat(16 * 1024 - good.length)],
  ])('%s', (_, text) => {
    const { publicKey, pem: canonical } = importPublicKey(text)
    expect(canonical).toBe(good)
    expect(publicKey.equals(createPublicKey(good))).toBe(true)
  })
  test('the thumbprint is that of RFC 7638', async () => {
    const jwk = createPublicKey(good).export({ format: 'jwk' })
    expect(importPublicKey(good).thumbprint).toBe(await calculateJwkThumbprint(jwk as never))
  })
})

describe('private_key: anywhere in the text', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const ed = generateKeyPairSync('ed25519').privateKey
  const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const sec1 = pair.privateKey.export({ type: 'sec1', format: 'pem' }).toString()
  const encrypted = pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString()
  const legacy = pair.privateKey.export({ type: 'sec1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString()
  const pkcs1 = rsa.export({ type: 'pkcs1', format: 'pem' }).toString()
  const openssh = pem('OPENSSH PRIVATE KEY', Buffer.from('openssh-key-v1\0\0\0\0\x04none'))
  const bodies: [string, string][] = [
    ['PKCS8', pkcs8],
    ['SEC1', sec1],
    ['encrypted PKCS8', encrypted],
    ['RSA PKCS1', pkcs1],
    ['RSA PKCS8', rsa.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['Ed25519', ed.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ]
  refused([
    ...[...bodies, ['legacy encryption', legacy] as [string, string], ['OpenSSH', openssh] as [string, string]].map(
      ([what, text]): Row => [what, text, 'private_key'],
    ),
    ...bodies.map(([what, text]): Row => [`${what} under the label PUBLIC KEY`, pem('PUBLIC KEY', body(text)), 'private_key']),
    ...bodies.map(([what, text]): Row => [`${what} without BEGIN and END`, text.replace(/^-.*$/gm, ''), 'private_key']),
    ['before the public key', pkcs8 + good, 'private_key'],
    ['after the public key', good + pkcs8, 'private_key'],
    ['after the public key, without its lines', `${good}\n${body(sec1)}`, 'private_key'],
    [
      'with its parameters, as openssl ecparam writes it',
      `${pem('EC PARAMETERS', Buffer.from('BggqhkjOPQMBBw==', 'base64'))}${sec1}`,
      'private_key',
    ],
    ['in the middle of a letter', `Dear Ada,\n> ${pkcs8.replaceAll('\n', '\n> ')}`, 'private_key'],
    ['with CRLF', pkcs8.replaceAll('\n', '\r\n'), 'private_key'],
    ['with escaped line breaks', JSON.stringify(pkcs8), 'private_key'],
    ['with four dashes', pkcs8.replaceAll('-----', '----'), 'private_key'],
    ['the BEGIN line alone', `${line}BEGIN EC PRIVATE KEY${line}`, 'private_key'],
    ['the END line alone', `${line}END PRIVATE KEY${line}`, 'private_key'],
    ['in a text too large', ' '.repeat(20_000) + pkcs8, 'private_key'],
    ['beside a certificate', pem('CERTIFICATE', Buffer.alloc(50)) + pkcs8, 'private_key'],
    ['as a JWK', JSON.stringify(pair.privateKey.export({ format: 'jwk' }), null, 2), 'private_key'],
    ['of PuTTY', 'PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\nEncryption: none\n', 'private_key'],
    ['of PGP', pem('PGP PRIVATE KEY BLOCK', 'AAAA'), 'private_key'],
  ])
  test('the message says that it is burnt, and holds nothing of it', () => {
    expect(() => importPublicKey(pkcs8)).toThrow(/burnt/)
    expect(() => importPublicKey(pkcs8)).toThrowError(
      expect.objectContaining({ stack: expect.not.stringContaining(body(pkcs8).slice(0, 20)) }),
    )
  })
})

describe('other objects', () => {
  const certificate = Buffer.concat([Buffer.from([0x30, 0x82, 1, 0, 0x30, 0x81, 0xa0, 0xa0, 3, 2, 1, 2]), Buffer.alloc(200)])
  refused([
    ['a certificate', pem('CERTIFICATE', certificate), 'certificate'],
    ['a trusted certificate', pem('TRUSTED CERTIFICATE', certificate), 'certificate'],
    ['a certificate and a key', pem('CERTIFICATE', certificate) + good, 'certificate'],
    ['a certificate under the label PUBLIC KEY', pem('PUBLIC KEY', certificate), 'certificate'],
    ['a request for a certificate', pem('CERTIFICATE REQUEST', certificate), 'not_pem'],
    ['two keys', good + other, 'several_keys'],
    ['the same key twice', good + good, 'several_keys'],
    ['two keys on one line', `${good.replaceAll('\n', '')}${other.replaceAll('\n', '')}`, 'several_keys'],
    ['a key of another label beside', good + pem('RSA PUBLIC KEY', Buffer.alloc(40)), 'several_keys'],
    ['nothing', '', 'not_pem'],
    ['a word', 'key', 'not_pem'],
    ['a public JWK', JSON.stringify(createPublicKey(good).export({ format: 'jwk' })), 'not_pem'],
    ['OpenSSH', 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA== ada', 'not_pem'],
    ['another label', pem('EC PUBLIC KEY', der), 'not_pem'],
    ['a label in lower case', good.replace('BEGIN PUBLIC KEY', 'begin public key'), 'not_pem'],
    ['no BEGIN line', good.replace(/^.*\n/, ''), 'not_pem'],
    ['no END line', good.replace(/-----END.*\n/, ''), 'not_pem'],
    ['four dashes at the end', good.replace('KEY-----\n-----END', 'KEY-----\n').replace(/-\n$/, '\n'), 'not_pem'],
    ['six dashes', good.replace('-----BEGIN', '------BEGIN'), 'not_pem'],
    ['END of another label', good.replace('END PUBLIC', 'END EC PUBLIC'), 'not_pem'],
    ['an empty body', pem('PUBLIC KEY', ''), 'not_pem'],
    ['a header in the body', good.replace('KEY-----\n', 'KEY-----\nComment: x\n\n'), 'not_pem'],
    ['base64url in the body', pem('PUBLIC KEY', `${body(good).slice(0, 60)}-_${body(good).slice(62)}`), 'not_pem'],
    ['no padding', pem('PUBLIC KEY', body(good).replace(/=+$/, '')), 'not_pem'],
    ['too much padding', pem('PUBLIC KEY', `${body(good)}==`), 'not_pem'],
    ['a body cut by a character', pem('PUBLIC KEY', body(good).slice(1)), 'not_pem'],
    ['text in the body', good.replace('\n', '\n…'), 'not_pem'],
    ['16 KiB and a byte', good + ' '.repeat(16 * 1024 - good.length + 1), 'too_large'],
    ['16 KiB in characters, more in bytes', good + 'é'.repeat(16 * 1024 - good.length), 'too_large'],
  ])
  test.each([undefined, null, 12, der])('what is not text', (value) => {
    expect(outcome(() => importPublicKey(value as unknown as string))).toBe('not_pem')
  })
})

describe('not_p256: other keys and other forms', () => {
  const spki = (type: 'P-384' | 'P-521' | 'secp256k1'): string =>
    generateKeyPairSync('ec', {
      namedCurve: type,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).publicKey
  const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' })
    .publicKey.export({ type: 'spki', format: 'pem' })
    .toString()
  const parity = (y.at(-1) ?? 0) & 1
  refused([
    ['P-384', spki('P-384'), 'not_p256'],
    ['P-521', spki('P-521'), 'not_p256'],
    ['secp256k1', spki('secp256k1'), 'not_p256'],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'not_p256'],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'not_p256'],
    ['explicit parameters', explicit, 'not_p256'],
    ['a compressed point', publicPem([0x30, 0x39], algorithm, [0x03, 0x22, 0x00, 2 + parity], x), 'not_p256'],
    ['a hybrid point', publicPem([0x30, 0x59], algorithm, [0x03, 0x42, 0x00, 6 + parity], x, y), 'not_p256'],
    ['a length in its long form', publicPem([0x30, 0x81, 0x59], der.subarray(2)), 'not_p256'],
    ['an inner length in its long form', publicPem([0x30, 0x5a], algorithm, [0x03, 0x81, 0x42, 0x00], point), 'not_p256'],
    ['an indefinite length', publicPem([0x30, 0x80], der.subarray(2), [0, 0]), 'not_p256'],
    ['unused bits', publicPem(der.subarray(0, 25), [1], point), 'not_p256'],
    ['a byte after it', publicPem(der, [0]), 'not_p256'],
    ['a byte less', publicPem(der.subarray(0, 90)), 'not_p256'],
    ['the point alone', publicPem(point), 'not_p256'],
    ['a SET for the SEQUENCE', publicPem([0x31], der.subarray(1)), 'not_p256'],
    ['another algorithm on the curve (ECDH)', publicPem(der.subarray(0, 12), [0x81], der.subarray(13)), 'not_p256'],
  ])
})

describe('invalid_point and known_key', () => {
  const prefix = der.subarray(0, 26)
  const field = Buffer.from('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff', 'hex')
  const changed = (at: number): Buffer => Buffer.from(point.map((byte, index) => (index === at ? byte ^ 1 : byte)))
  refused([
    ['the point at infinity', publicPem([0x30, 0x19], algorithm, [0x03, 0x02, 0x00, 0x00]), 'invalid_point'],
    ['infinity in 65 bytes', publicPem(prefix, Buffer.alloc(65)), 'invalid_point'],
    ['(0, 0)', publicPem(prefix, [4], Buffer.alloc(64)), 'invalid_point'],
    ['x off by a bit', publicPem(prefix, changed(32)), 'invalid_point'],
    ['y off by a bit', publicPem(prefix, changed(64)), 'invalid_point'],
    ['x and y swapped', publicPem(prefix, [4], y, x), 'invalid_point'],
    ['x = p', publicPem(prefix, [4], field, y), 'invalid_point'],
    ['y = p', publicPem(prefix, [4], x, field), 'invalid_point'],
    ['all bits set', publicPem(prefix, [4], Buffer.alloc(64, 0xff)), 'invalid_point'],
    ['x without y', publicPem([0x30, 0x39], algorithm, [0x03, 0x22, 0x00, 4], x), 'invalid_point'],
    ['an empty bit string', publicPem([0x30, 0x18], algorithm, [0x03, 0x01, 0x00]), 'invalid_point'],
  ])
  refused(
    (
      [
        ['jwt.io', 'EVs_o5-uQbTjL3chynL4wXgUg2R9q9UU8I5mEovUf84', 'kGe5DgSIycKp8w9aJmoHhB1sB3QTugfnRWm5nU_TzsY'],
        ['RFC 7515 A.3', 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0'],
        ['RFC 7517 A.2', 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4', '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM'],
        ['RFC 6979 A.2.5', 'YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y', 'eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk'],
      ] as const
    ).map(([what, knownX, knownY]): Row => {
      const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: knownX, y: knownY }, format: 'jwk' })
      return [`the example key of ${what}`, key.export({ type: 'spki', format: 'pem' }).toString(), 'known_key']
    }),
  )
})

test('keys on the curve, made by the thousand bytes of a hash, are told from those off it as OpenSSL tells them', () => {
  for (let round = 0; round < 200; round++) {
    const candidate = Buffer.concat([der.subarray(0, 27), x, createHash('sha256').update(String(round)).digest()])
    let openssl = 'accept'
    try {
      createPublicKey({ key: candidate, format: 'der', type: 'spki' })
    } catch {
      openssl = 'invalid_point'
    }
    expect(outcome(() => importPublicKey(publicPem(candidate)))).toBe(openssl)
  }
  expect(outcome(() => importPublicKey(publicPem(der)))).toBe('accept')
})

test('large texts of every kind cost no time to speak of, and are refused', () => {
  for (const unit of ['BEGIN ', 'BEGIN A A A A PRIVATE ', '-----BEGIN PUBLIC KEY-----', '-', 'A', '"d" ', ' \n', 'M', 'MIG\n']) {
    expect(keyErrorCodes).toContain(outcome(() => importPublicKey(unit.repeat(1_000_000 / unit.length))))
    expect(keyErrorCodes).toContain(outcome(() => importPublicKey(unit.repeat(16_000 / unit.length))))
  }
})

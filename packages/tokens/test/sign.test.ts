// Owns: what signToken makes, fills and refuses.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { type AttendeeClaims, generateKeyPair, importPublicKey, signToken, verifyToken } from '../src/index.ts'
import { kid, now, organizationId, outcome, program } from './handmade.ts'

const pair = generateKeyPair()
const { publicKey } = importPublicKey(pair.publicKey)
const options = { privateKey: pair.privateKey, kid, expiresInSeconds: 3600, now }
const claims: AttendeeClaims = { organization_id: organizationId, given_name: 'Ada', sub: 'ada-1', roles: [{ eventId: program.id }] }

function accepted(token: string, at = now): ReturnType<typeof verifyToken> {
  const key = {
    kid,
    organizationId,
    publicKey,
    state: 'active',
    notAfter: at + 1,
    allowedRoles: ['ROLE_ATTENDEE', 'ROLE_MODERATOR'],
  } as const
  return verifyToken(token, { findKey: () => key, program, now: at })
}
function payload(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

describe('signToken', () => {
  test('fills token_use, jti, iat, nbf and exp, and the header', () => {
    const token = signToken(claims, options)
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toEqual({ alg: 'ES256', typ: 'JWT', kid })
    expect(payload(token)).toEqual({
      ...claims,
      token_use: 'selfcontained-access',
      jti: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      iat: now,
      nbf: now,
      exp: now + 3600,
    })
    expect(accepted(token)).toMatchObject({ subject: 'ada-1', expiresAt: now + 3600, warnings: ['role_name_absent'] })
  })
  test('each token has a jti of its own', () => {
    expect(payload(signToken(claims, options)).jti).not.toBe(payload(signToken(claims, options)).jti)
  })
  test('keeps what is given', () => {
    const given = {
      ...claims,
      jti: 'j',
      iat: now - 5,
      nbf: now - 4,
      exp: now + 9,
      iss: 'us',
      email: 'a@example.com',
      family_name: 'L',
      sharePersonalData: true,
    }
    expect(payload(signToken(given, { privateKey: pair.privateKey, kid, now }))).toMatchObject(given)
  })
  test('counts expiry from iat, and an exp of its own comes first', () => {
    expect(payload(signToken({ ...claims, iat: now - 30 }, options)).exp).toBe(now + 3570)
    expect(payload(signToken({ ...claims, exp: now + 7 }, options)).exp).toBe(now + 7)
  })
  test('claims that are undefined are as absent', () => {
    const token = signToken(
      { ...claims, jti: undefined, iat: undefined, nbf: undefined, exp: undefined, family_name: undefined, email: undefined },
      options,
    )
    expect(accepted(token).familyName).toBeNull()
  })
  test('uses this machine’s clock, in whole seconds', () => {
    vi.useFakeTimers({ now: 1_700_000_000_999 })
    try {
      expect(payload(signToken(claims, { privateKey: pair.privateKey, kid, expiresInSeconds: 60 })).iat).toBe(1_700_000_000)
    } finally {
      vi.useRealTimers()
    }
  })
  test('takes PKCS8, SEC1 behind its parameters, and a KeyObject', () => {
    const key = createPrivateKey(pair.privateKey)
    const sec1 = key.export({ type: 'sec1', format: 'pem' }).toString()
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n'
    for (const privateKey of [pair.privateKey, sec1, parameters + sec1, key]) {
      expect(accepted(signToken(claims, { ...options, privateKey })).subject).toBe('ada-1')
    }
  })
})

describe('refuses what verifyToken would refuse', () => {
  const rows: [what: string, change: Record<string, unknown>, code: string][] = [
    ['no organization', { organization_id: undefined }, 'claim_missing organization_id'],
    ['an empty organization', { organization_id: '' }, 'organization_mismatch'],
    ['a name that is null', { family_name: null }, 'claim_type family_name'],
    ['a jti that is null', { jti: null }, 'claim_type jti'],
    ['a name of half a character', { given_name: 'a\ud83d' }, 'claim_text given_name'],
    ['a name that is too long', { given_name: 'x'.repeat(201) }, 'claim_length given_name'],
    ['nobody', { sub: undefined }, 'claim_missing sub'],
    ['a bad address', { email: 'ada' }, 'claim_email email'],
    ['no roles', { roles: undefined }, 'claim_missing roles'],
    ['an empty list of roles', { roles: [] }, 'claim_length roles'],
    ['a role without a program', { roles: [{ name: 'ROLE_ATTENDEE' }] }, 'claim_type roles'],
    [
      'sharePersonalData in a role of any program',
      { roles: [{ eventId: 'a' }, { eventId: 'b', sharePersonalData: 'yes' }] },
      'claim_type sharePersonalData',
    ],
    ['another token_use', { token_use: 'access' }, 'token_use'],
    ['exp quoted', { exp: String(now + 60) }, 'claim_type exp'],
    ['exp a date', { exp: new Date() }, 'claim_type exp'],
    ['exp in milliseconds', { exp: (now + 60) * 1000 }, 'lifetime_too_long'],
    ['exp NaN, which JSON writes as null', { exp: Number.NaN }, 'claim_type exp'],
    ['iat in milliseconds', { iat: now * 1000, nbf: now, exp: now + 60 }, 'issued_in_future'],
    ['nbf in milliseconds', { nbf: now * 1000 }, 'not_yet_valid'],
    ['expired already', { iat: now - 9999, exp: now - 60 }, 'expired'],
    ['a name that only __proto__ would have', JSON.parse('{"x":{"__proto__":1}}'), 'payload_json'],
    ['nested too deep', { x: [[[[[[[[]]]]]]]] }, 'payload_json'],
    ['a bigint', { x: 1n }, 'payload_json'],
    ['too large', { x: 'x'.repeat(6000) }, 'too_large'],
  ]
  test.each(rows)('%s', (_, change, code) => {
    expect(outcome(() => signToken({ ...claims, ...change } as AttendeeClaims, options))).toBe(code)
  })
  test.each([
    [0, 'lifetime'],
    [-1, 'lifetime'],
    [31_536_000, 'accept'],
    [31_536_001, 'lifetime_too_long'],
    [Number.NaN, 'claim_type exp'],
    [Number.POSITIVE_INFINITY, 'claim_type exp'],
    ['3600', 'claim_type exp'],
    [undefined, 'claim_missing exp'],
  ])('expiresInSeconds %s: %s', (expiresInSeconds, code) => {
    expect(outcome(() => signToken(claims, { ...options, expiresInSeconds: expiresInSeconds as number }))).toBe(code)
  })
  test.each(['', 'short', 'x'.repeat(65), 'with blank', null])('kid %j', (bad) => {
    expect(outcome(() => signToken(claims, { ...options, kid: bad as string }))).toBe('kid_format')
  })
  test('no kid, as where a variable of the environment is not set', () => {
    expect(outcome(() => signToken(claims, { ...options, kid: undefined as unknown as string }))).toBe('kid_missing')
  })
  test('a role that only some keys may grant is signed all the same', () => {
    expect(accepted(signToken({ ...claims, roles: [{ name: 'ROLE_MODERATOR', eventId: program.id }] }, options)).roles).toEqual([
      'ROLE_MODERATOR',
    ])
  })
})

describe('refuses keys', () => {
  const encrypted = createPrivateKey(pair.privateKey)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString()
  const curve = (namedCurve: string): string =>
    generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  test.each([
    ['text', 'key', 'not_pem'],
    ['a public key', pair.publicKey, 'not_pem'],
    ['an encrypted key', encrypted, 'not_pem'],
    ['P-384', curve('P-384'), 'not_p256'],
    ['secp256k1', curve('secp256k1'), 'not_p256'],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey, 'not_p256'],
    ['a public KeyObject', publicKey, 'not_pem'],
  ])('%s', (_, privateKey, code) => {
    expect(outcome(() => signToken(claims, { ...options, privateKey }))).toBe(code)
  })
})

// Owns: what Backstage does with keys and tokens in the browser, where no server looks over it.
import type { PartnerKeyAnswer } from '@voila/protocol'
import { generateKeyPair, importPublicKey, signToken, TokenError, verifyToken } from '@voila/tokens'
import { describe, expect, test } from 'vitest'
import list from '../../../examples/sign/snippets.json' with { type: 'json' }
import { PrivateKeyFault, readPrivateKey, signInBrowser } from '../src/backstage/inspector/browser-sign.ts'
import { factsOf, judge, judgeSignature, kidOf, tokenIn } from '../src/backstage/inspector/judge.ts'
import { makePair, thumbprintOf } from '../src/backstage/keys/browser-pair.ts'
import { endOf, endsSoon, isUsable } from '../src/backstage/keys/key-state.tsx'
import { readKey } from '../src/backstage/keys/public-key-field.tsx'
import { filledSnippets } from '../src/backstage/keys/snippets.ts'

const day = 86_400_000
const organizationId = '019a3b52-0000-7000-8000-000000000001'
const kid = 'pk_0123456789abcdefghijkl'
const pair = generateKeyPair()
const program = { id: 'abcdefghijkl', organizationId }

function keyOf(more: Partial<PartnerKeyAnswer> = {}): PartnerKeyAnswer {
  const { pem, thumbprint } = importPublicKey(pair.publicKey)
  return {
    kid,
    name: 'Intranet',
    organizationId,
    state: 'active',
    thumbprint,
    pem,
    allowedRoles: ['ROLE_ATTENDEE'],
    createdAt: new Date().toISOString(),
    notAfter: new Date(Date.now() + 365 * day).toISOString(),
    retireAt: null,
    lastUsedAt: null,
    accepted: 0,
    refused: 0,
    lastDay: { accepted: 0, refused: 0 },
    openSessions: 0,
    ...more,
  }
}
/** A key in each state, and what makes it so. */
const states: Readonly<Record<PartnerKeyAnswer['state'], Partial<PartnerKeyAnswer>>> = {
  active: {},
  retiring: { retireAt: new Date(Date.now() + day).toISOString() },
  expired: { notAfter: new Date(Date.now() - day).toISOString() },
  revoked: {},
}
const stateNames = Object.keys(states) as PartnerKeyAnswer['state'][]
const claims = {
  organization_id: organizationId,
  sub: 'u-1',
  given_name: 'Ada',
  roles: [{ name: 'ROLE_ATTENDEE', eventId: program.id }],
}

describe('a private key that is pasted', () => {
  test('does not stay in the field, and is not kept in what is known of it', () => {
    const read = readKey(pair.privateKey)
    expect(read).toEqual({ text: '', inspection: null, wasPrivate: true })
  })
  test('is forgotten as soon as something else is typed', () => {
    expect(readKey(pair.publicKey)).toMatchObject({ wasPrivate: false, inspection: { ok: true } })
    expect(readKey('  ')).toMatchObject({ text: '', wasPrivate: false })
  })
})

describe('a pair that the browser makes', () => {
  test('is one that the platform imports, and whose tokens it verifies', async () => {
    const { publicPem, privatePem } = await makePair()
    const { publicKey, thumbprint } = importPublicKey(publicPem)
    const read = readKey(publicPem).inspection
    expect(read?.ok === true && (await thumbprintOf(read.jwk))).toBe(thumbprint)
    const token = signToken(claims, { privateKey: privatePem, kid, expiresInSeconds: 60 })
    const findKey = () => ({ kid, organizationId, publicKey, state: 'active' as const, notAfter: Date.now() / 1000 + 60 })
    expect(verifyToken(token, { findKey, program, now: Date.now() / 1000 }).subject).toBe('u-1')
  })

  test('signs test tokens that the platform accepts', async () => {
    const now = Math.floor(Date.now() / 1000)
    const privateKey = await readPrivateKey(pair.privateKey)
    const token = await signInBrowser({ ...claims, iat: now, exp: now + 60, jti: '1' }, { kid, privateKey })
    const { publicKey } = importPublicKey(pair.publicKey)
    const findKey = () => ({ kid, organizationId, publicKey, state: 'active' as const, notAfter: now + 60 })
    expect(verifyToken(token, { findKey, program, now }).givenName).toBe('Ada')
  })
})

test.each([
  ['the public half', pair.publicKey, 'Choose private.pem'],
  ['the key in its older form', '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----', 'openssl pkcs8 -topk8 -nocrypt'],
  ['a key with a password', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----', 'has a password'],
  ['a key of another kind', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'not a P-256 private key'],
  ['something else', 'hello', 'not a private key in PEM'],
])('a file that holds %s is told so', async (_, text, words) => {
  const fault = await readPrivateKey(text).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(PrivateKeyFault)
  expect((fault as Error).message).toContain(words)
})

describe('the inspector', () => {
  const token = signToken(claims, { privateKey: pair.privateKey, kid, expiresInSeconds: 3600 })
  const atMs = Date.now()

  test.each([
    ['alone', token],
    ['with white space', `\n  ${token}\n`],
    ['in a link', `https://live.example.com/${program.id}?lang=fr&token=${token}#x`],
    ['as a header', `Authorization: Bearer ${token}`],
    ['as a bearer', `Bearer ${token}`],
  ])('takes the token %s', (_, text) => expect(tokenIn(text)).toBe(token))
  test('takes a damaged link as it is, rather than failing', () => {
    expect(tokenIn('https://x/y?token=%E0%A4%A')).toBe('https://x/y?token=%E0%A4%A')
  })

  test('knows the kid, and judges the signature', async () => {
    expect(kidOf(token)).toBe(kid)
    expect(kidOf('no token')).toBeUndefined()
    expect(await judgeSignature(token, keyOf().pem)).toBe(true)
    expect(await judgeSignature(token, generateKeyPair().publicKey)).toBe(false)
    expect(await judgeSignature('no token', keyOf().pem)).toBeUndefined()
  })

  test('judges as the platform does, for keys in each state', () => {
    const { publicKey } = importPublicKey(pair.publicKey)
    for (const state of stateNames) {
      const partnerKey = keyOf({ state, ...states[state] })
      const judged = judge(token, { program: program as never, partnerKey, signatureValid: true, atMs })
      let code: string | undefined
      try {
        verifyToken(token, { findKey: () => ({ ...factsOf(partnerKey), publicKey }), program, now: atMs / 1000 })
      } catch (error) {
        if (error instanceof TokenError) code = error.code
      }
      expect(judged.checks.find(({ outcome }) => outcome === 'fail')?.code, state).toBe(code)
      expect(judged.ok, state).toBe(code === undefined)
    }
  })

  test('says that a kid is nobody’s only when it is known', () => {
    const unknown = judge(token, { program: undefined, partnerKey: null, signatureValid: undefined, atMs })
    expect(unknown.checks.find(({ id }) => id === 'kid')?.code).toBe('kid_unknown')
    const unasked = judge(token, { program: undefined, partnerKey: undefined, signatureValid: undefined, atMs })
    expect(unasked.checks.find(({ id }) => id === 'kid')?.outcome).toBe('not judged')
  })
})

describe('the examples', () => {
  test('are all there, and hold the ids instead of their names', () => {
    const filled = filledSnippets({ organizationId, kid, programId: program.id })
    expect(filled.map(({ id }) => id)).toEqual(list.map(({ id }) => id))
    for (const { title, code } of filled) {
      for (const value of [organizationId, kid, program.id]) expect(code, title).toContain(value)
      expect(code, title).not.toMatch(/ORGANIZATION_ID|PROGRAM_ID|['"]KID['"]/)
    }
  })
  test('keep the name of the program where none is chosen', () => {
    for (const { title, code } of filledSnippets({ organizationId, kid, programId: undefined })) expect(code, title).toContain('PROGRAM_ID')
  })
})

describe('a key’s end', () => {
  const now = Date.now()
  test('is the earlier of its last day and the end of its overlap', () => {
    const soon = new Date(now + day).toISOString()
    expect(endOf(keyOf({ state: 'retiring', retireAt: soon }))).toBe(soon)
    expect(endOf(keyOf({ notAfter: soon, retireAt: new Date(now + 9 * day).toISOString() }))).toBe(soon)
  })
  test('is warned of 30 days before, where nobody has chosen it', () => {
    const within = (days: number) => new Date(now + days * day).toISOString()
    expect(endsSoon(keyOf({ notAfter: within(29) }), now)).toBe(true)
    expect(endsSoon(keyOf({ notAfter: within(31) }), now)).toBe(false)
    expect(endsSoon(keyOf({ state: 'retiring', notAfter: within(29) }), now)).toBe(false)
  })
  test('leaves it of no use', () => {
    expect(stateNames.filter((state) => isUsable(keyOf({ state })))).toEqual(['active', 'retiring'])
  })
})

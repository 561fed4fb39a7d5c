// Owns: that a customer who followed the public partner guide is admitted: its openssl commands, its Node sample, and what their code may lack.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importPublicKey, type PartnerKey, TokenError, type VerifiedToken, verifyToken } from '@voila/tokens'
import jsonwebtoken, { type JwtHeader } from 'jsonwebtoken'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../require.ts'

const kid = 'pk_guide0123456789abcdefg'
const organizationId = '0190f7c8-5b1e-7c3a-9d55-2f6e8a1b4c70'
const program = { id: 'k3v9x0q2m7ab', organizationId }
const user = { id: '4711', firstName: 'Ada', lastName: 'Lovelace (ACME)', email: 'Ada.Lovelace@acme.example' }

// As the guide prints them.
const commands = [
  'openssl ecparam -name prime256v1 -genkey -noout -out private.key',
  'openssl pkcs8 -topk8 -nocrypt -in private.key -out private.pem',
  'openssl ec -in private.pem -pubout -out public.pem',
  'cat public.pem',
  'cat private.pem',
]

const roleNames = { 'role named': { name: 'ROLE_ATTENDEE' }, 'role without a name': {} }
const tokenUses = { 'token_use given': { token_use: 'selfcontained-access' }, 'token_use absent': {} }
const sharings: Record<string, { top?: { sharePersonalData: unknown }; inRole?: { sharePersonalData: unknown }; shared: boolean }> = {
  'sharing nowhere': { shared: false },
  'sharing true on top': { top: { sharePersonalData: true }, shared: true },
  'sharing false on top': { top: { sharePersonalData: false }, shared: false },
  'sharing "true" on top': { top: { sharePersonalData: 'true' }, shared: true },
  'sharing "false" on top': { top: { sharePersonalData: 'false' }, shared: false },
  'sharing true in the role': { inRole: { sharePersonalData: true }, shared: true },
  'sharing false in the role': { inRole: { sharePersonalData: false }, shared: false },
  'sharing "true" in the role': { inRole: { sharePersonalData: 'true' }, shared: true },
  'sharing "false" in the role': { inRole: { sharePersonalData: 'false' }, shared: false },
}
const identities: Record<string, { claims: { email?: string; sub?: string }; subject: string }> = {
  'e-mail only': { claims: { email: user.email }, subject: 'ada.lovelace@acme.example' },
  'sub only': { claims: { sub: user.id }, subject: user.id },
  'e-mail and sub': { claims: { email: user.email, sub: user.id }, subject: user.id },
}
const headers: Record<string, Partial<JwtHeader>> = {
  'header as jsonwebtoken writes it': {},
  'typ "jwt"': { typ: 'jwt' },
  'with x5t': { x5t: 'dGh1bWJwcmludA' },
}

describe.skipIf(needs.openssl())('a customer of the partner guide', () => {
  const folder = mkdtempSync(join(tmpdir(), 'voila-guide-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  let privateKey = ''
  let declared: PartnerKey
  beforeAll(() => {
    const printed = commands.map((command) =>
      execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
    privateKey = readFileSync(join(folder, 'private.pem'), 'utf8')
    const { publicKey } = importPublicKey(printed[3] ?? '')
    const now = Math.floor(Date.now() / 1000)
    declared = { kid, organizationId, publicKey, state: 'active', notAfter: now + 365 * 86_400 }
  })

  function admit(token: string): VerifiedToken {
    return verifyToken(token, { findKey: (wanted) => (wanted === kid ? declared : undefined), program, now: Math.floor(Date.now() / 1000) })
  }
  /** The sample of the guide, with what is given on top. */
  function sign(given: { claims?: object; role?: object; header?: Partial<JwtHeader>; key?: string } = {}): string {
    const now = Math.floor(Date.now() / 1000)
    return jsonwebtoken.sign(
      {
        organization_id: organizationId,
        given_name: user.firstName,
        family_name: user.lastName,
        roles: [{ eventId: program.id, ...given.role }],
        nbf: now,
        iat: now,
        exp: now + 604_800,
        jti: String(now),
        ...given.claims,
      },
      given.key ?? privateKey,
      { algorithm: 'ES256', keyid: kid, ...(given.header === undefined ? {} : { header: { alg: 'ES256', ...given.header } }) },
    )
  }

  const combinations = Object.keys(headers).flatMap((header) =>
    Object.keys(identities).flatMap((identity) =>
      Object.keys(tokenUses).flatMap((use) =>
        Object.keys(roleNames).flatMap((role) => Object.keys(sharings).map((sharing) => ({ header, identity, use, role, sharing }))),
      ),
    ),
  )

  test('every combination is there once', () => {
    expect(new Set(combinations.map((combination) => JSON.stringify(combination))).size).toBe(3 * 3 * 2 * 2 * 9)
  })

  test.each(combinations)('is admitted: $role, $use, $sharing, $identity, $header', ({ header, identity, use, role, sharing }) => {
    const share = sharings[sharing]
    const who = identities[identity]
    const token = sign({
      header: headers[header] ?? {},
      role: { ...roleNames[role as keyof typeof roleNames], ...share?.inRole },
      claims: { ...tokenUses[use as keyof typeof tokenUses], ...share?.top, ...who?.claims },
    })
    expect(admit(token)).toMatchObject({
      kid,
      organizationId,
      programId: program.id,
      roles: ['ROLE_ATTENDEE'],
      subject: who?.subject,
      givenName: 'Ada',
      familyName: 'Lovelace (ACME)',
      sharePersonalData: share?.shared,
      warnings: [
        ...(header === 'with x5t' ? ['header_ignored'] : []),
        ...(use === 'token_use absent' ? ['token_use_absent'] : []),
        ...(role === 'role without a name' ? ['role_name_absent'] : []),
      ],
    })
  })

  test('two people who share a jti, the second of issue, are both admitted and told apart', () => {
    const jti = String(Math.floor(Date.now() / 1000))
    const [ada, grace] = ['ada', 'grace'].map((sub) => admit(sign({ claims: { sub, jti } })))
    expect([ada?.jti, grace?.jti]).toEqual([jti, jti])
    expect([ada?.subject, grace?.subject]).toEqual(['ada', 'grace'])
  })

  test('the key of the first command, not yet in PKCS8, signs as well', () => {
    const sec1 = readFileSync(join(folder, 'private.key'), 'utf8')
    expect(admit(sign({ claims: { sub: 'ada' }, key: sec1 })).subject).toBe('ada')
  })

  test.each(['private.key', 'private.pem'])('pasting %s in place of public.pem is refused by name', (file) => {
    expect(() => importPublicKey(readFileSync(join(folder, file), 'utf8'))).toThrow(expect.objectContaining({ code: 'private_key' }))
  })

  test('a key that nobody declared is refused, under its own kid and under a declared one', () => {
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const refusal = (token: string): string => {
      try {
        return admit(token).subject
      } catch (error) {
        return error instanceof TokenError ? error.code : 'thrown'
      }
    }
    expect(refusal(sign({ claims: { sub: 'eve' }, key: stranger }))).toBe('signature')
    expect(refusal(sign({ claims: { sub: 'eve' }, key: stranger, header: { kid: 'pk_undeclared00000000000' } }))).toBe('kid_unknown')
  })
})

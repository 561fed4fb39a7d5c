// Owns: that this verifier is never laxer than jose and jsonwebtoken, and no stricter than its own rules.
import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { compactVerify, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import { describe, expect, test } from 'vitest'
import { claims, encode, header, key, kid, now, organizationId, outcome, pair, program, token, verify } from './handmade.ts'

const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const date = new Date(now * 1000)

async function joseSays(text: string): Promise<string> {
  try {
    await jwtVerify(text, pair.publicKey, { algorithms: ['ES256'], currentDate: date, clockTolerance: 60 })
    return 'accept'
  } catch (error) {
    if (error instanceof errors.JOSEError) return error.code
    // jose hands WebCrypto's and the decoder's own errors on.
    return error instanceof Error ? error.name : 'thrown'
  }
}
function jsonwebtokenSays(text: string): string {
  try {
    jsonwebtoken.verify(text, publicPem, { algorithms: ['ES256'], clockTimestamp: now, clockTolerance: 60 })
    return 'accept'
  } catch (error) {
    return error instanceof Error ? error.message : 'thrown'
  }
}

const time = (from: number, to: number): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min: now + from, max: now + to }), fc.constantFrom(now - 61, now - 60, now - 59, now + 59, now + 60, now + 61))
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const payloads = fc.record(
  {
    organization_id: fc.oneof({ weight: 9, arbitrary: fc.constant<unknown>(organizationId) }, fc.constantFrom<unknown>('org-b', null, 1)),
    given_name: fc.oneof(
      { weight: 9, arbitrary: text.map<unknown>((name) => `A${name}`) },
      fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<unknown>,
    ),
    jti: fc.oneof({ weight: 9, arbitrary: fc.uuid() as fc.Arbitrary<unknown> }, fc.constantFrom<unknown>('', 7)),
    roles: fc.oneof(
      { weight: 9, arbitrary: fc.constant<unknown>([{ name: 'ROLE_ATTENDEE', eventId: program.id }]) },
      fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
    ),
    iat: time(-2000, 200),
    exp: time(-200, 5000),
    nbf: time(-2000, 200),
    sub: text.map((name) => `s${name}`),
    email: fc.emailAddress(),
    family_name: text,
    token_use: fc.constant('selfcontained-access'),
    sharePersonalData: fc.constantFrom<unknown>(true, false, 'true', 'false'),
    aud: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>,
    iss: text.map((name) => `i${name}`),
  },
  { requiredKeys: ['organization_id', 'given_name', 'jti', 'roles', 'iat', 'exp', 'sub'] },
)
const forgeries = {
  none: (): string => token({ header: { ...header, alg: 'none' } }),
  'none without a signature': (): string => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`,
  'a stranger’s key': (): string => token({ privateKey: stranger.privateKey }),
  DER: (): string => {
    const input = `${encode(header)}.${encode(claims)}`
    return `${input}.${encode(sign('sha256', Buffer.from(input), pair.privateKey))}`
  },
  HS256: (): string => jsonwebtoken.sign(claims, 'x'.repeat(64), { keyid: kid }),
}

describe('against jose and jsonwebtoken', () => {
  test('what is accepted here is accepted there, and what they refuse for time is refused here', async () => {
    const seen = { accepted: 0, refusedForTime: 0, strictHere: 0 }
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        const made = token({ payload })
        const here = outcome(() => verify(made))
        const [jose, classic] = [await joseSays(made), jsonwebtokenSays(made)]
        if (here === 'accept') {
          seen.accepted++
          expect([jose, classic]).toEqual(['accept', 'accept'])
        }
        if (jose === 'ERR_JWT_EXPIRED' || classic === 'jwt expired') {
          seen.refusedForTime++
          expect(here).not.toBe('accept')
        }
        if (classic === 'jwt not active') expect(here).not.toBe('accept')
        if (here !== 'accept' && jose === 'accept' && classic === 'accept') seen.strictHere++
      }),
      { seed: 11, numRuns: 600 },
    )
    expect(Math.min(seen.accepted, seen.refusedForTime, seen.strictHere)).toBeGreaterThan(20)
  })

  test('any change of a character is refused by all three, or by this one alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...'Aa9-_=+/. \n'), async (at, letter) => {
        const good = token()
        const position = at % good.length
        const changed = good.slice(0, position) + letter + good.slice(position + 1)
        const here = outcome(() => verify(changed))
        if (changed === good) expect(here).toBe('accept')
        else expect(here).not.toBe('accept')
        if ((await joseSays(changed)) !== 'accept') expect(here).not.toBe('accept')
      }),
      { seed: 12, numRuns: 600 },
    )
  })

  test.each(Object.entries(forgeries))('%s is refused by all three', async (_, make) => {
    const forged = make()
    expect(outcome(() => verify(forged))).not.toBe('accept')
    expect(await joseSays(forged)).not.toBe('accept')
    expect(jsonwebtokenSays(forged)).not.toBe('accept')
  })

  test('what jose signs is accepted', async () => {
    const { iat, nbf, exp, jti, sub, ...rest } = claims
    const made = await new SignJWT(rest as JWTPayload)
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
      .setIssuedAt(iat)
      .setNotBefore(nbf)
      .setExpirationTime(exp)
      .setJti(jti)
      .setSubject(sub)
      .sign(pair.privateKey)
    expect(verify(made).subject).toBe(sub)
  })
  test('what jsonwebtoken signs is accepted', () => {
    const made = jsonwebtoken.sign(claims, pair.privateKey, { algorithm: 'ES256', keyid: kid })
    expect(verify(made).subject).toBe(claims.sub)
  })
  test('the signatures made here are read there', async () => {
    const { signToken } = await import('../src/index.ts')
    const made = signToken(
      { organization_id: organizationId, given_name: 'Zoë', sub: 's', roles: [{ eventId: program.id }] },
      { privateKey: pair.privateKey, kid, now, expiresInSeconds: 60 },
    )
    expect((await compactVerify(made, pair.publicKey)).protectedHeader.kid).toBe(key.kid)
    expect(jsonwebtokenSays(made)).toBe('accept')
  })
})

// Owns: tokens made by hand for the tests, so that what is tested never makes its own input.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { KeyError, type PartnerKey, TokenError, type VerifiedToken, verifyToken } from '../src/index.ts'

export const now = 1_800_000_000
export const kid = 'pk_0123456789abcdefghijkl'
export const organizationId = 'org-a'
export const program = { id: 'program12345', organizationId }
export const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })

export const key: PartnerKey = { kid, organizationId, publicKey: pair.publicKey, state: 'active', notAfter: now + 1000 }

export const header = { alg: 'ES256', typ: 'JWT', kid }
export const claims = {
  organization_id: organizationId,
  token_use: 'selfcontained-access',
  given_name: 'Ada',
  family_name: 'Lovelace',
  email: 'Ada@Example.com',
  sub: 'ada-1',
  roles: [{ name: 'ROLE_ATTENDEE', eventId: program.id }] as unknown,
  jti: 'token-1',
  iat: now - 10,
  nbf: now - 10,
  exp: now + 3600,
}

/** Base64url of text, bytes, or the JSON of anything else. */
export function encode(part: unknown): string {
  return Buffer.from(typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part)).toString('base64url')
}

/** Signs two encoded segments as they are. */
export function signSegments(head: string, body: string, privateKey: KeyObject = pair.privateKey): string {
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${head}.${body}.${signature.toString('base64url')}`
}

/** A signed token; parts given as text or bytes go in as they are. */
export function token(parts: { header?: unknown; payload?: unknown; privateKey?: KeyObject } = {}): string {
  return signSegments(encode(parts.header ?? header), encode(parts.payload ?? claims), parts.privateKey)
}

/** A signed token with some claims changed; undefined takes one out. */
export function tokenWith(changes: Record<string, unknown>): string {
  return token({ payload: { ...claims, ...changes } })
}

/** A signed token with a claim written as this JSON text. */
export function tokenWithText(claim: string, json: string): string {
  return token({ payload: JSON.stringify({ ...claims, [claim]: '@' }).replace('"@"', () => json) })
}

export function verify(text: string, options: { key?: PartnerKey; program?: typeof program; now?: number } = {}): VerifiedToken {
  const declared = options.key ?? key
  return verifyToken(text, {
    findKey: (wanted) => (wanted === declared.kid ? declared : undefined),
    program: options.program ?? program,
    now: options.now ?? now,
  })
}

/** 'accept', or the code of the refusal with its claim: 'claim_type exp'. Anything else that is thrown goes on. */
export function outcome(attempt: () => unknown): string {
  try {
    attempt()
    return 'accept'
  } catch (error) {
    if (error instanceof TokenError) return error.claim === undefined ? error.code : `${error.code} ${error.claim}`
    if (error instanceof KeyError) return error.code
    throw error
  }
}

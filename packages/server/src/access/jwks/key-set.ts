// Owns: how a published set of keys is read: which of them may verify tokens, and why each of the others may not.
import type { KeySetProblem, PublishedKeyProblem } from '@voila/protocol'
import { importPublicKey, KeyError } from '@voila/tokens'

/** One key of a set, as it is kept. `pem` null: it is not used. */
export type PublishedKey = {
  readonly kid: string | null
  readonly pem: string | null
  readonly thumbprint: string | null
  readonly problem: PublishedKeyProblem | null
}

/** There is no set to read. */
export class KeySetError extends Error {
  readonly problem: KeySetProblem
  constructor(problem: KeySetProblem) {
    super(problem)
    this.name = 'KeySetError'
    this.problem = problem
  }
}

/** More keys than anybody signs with at once; the rest is left out. */
const maxKeys = 50
const kidPattern = /^[A-Za-z0-9_-]{8,64}$/
const coordinatePattern = /^[A-Za-z0-9_-]{43}$/
/** What precedes a P-256 point in its SubjectPublicKeyInfo (RFC 5480), with the byte that says that the point is not compressed. */
const spkiHead = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')

/** Members of a private key of any type (RFC 7518, 6.2.2 and 6.3.2). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']

function pemOf(x: string, y: string): string {
  const spki = Buffer.concat([spkiHead, Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return `-----BEGIN PUBLIC KEY-----\n${spki.toString('base64')}\n-----END PUBLIC KEY-----\n`
}

/** What is wrong with a key before its point is looked at. */
function problemOf(jwk: Readonly<Record<string, unknown>>): PublishedKeyProblem | null {
  const { kid, kty, crv, use, alg, key_ops: operations } = jwk
  if (privateMembers.some((name) => Object.hasOwn(jwk, name))) return 'private_key'
  if (kty !== 'EC' || crv !== 'P-256') return 'not_p256'
  if (kid === undefined) return 'kid_missing'
  if (typeof kid !== 'string' || !kidPattern.test(kid)) return 'kid_format'
  if ((use !== undefined && use !== 'sig') || (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))))
    return 'wrong_use'
  return alg !== undefined && alg !== 'ES256' ? 'wrong_alg' : null
}

function readKey(jwk: Readonly<Record<string, unknown>>): PublishedKey {
  const { kid: given, x, y } = jwk
  const kid = typeof given === 'string' ? given.slice(0, 100) : null
  const refused = (problem: PublishedKeyProblem): PublishedKey => ({ kid, pem: null, thumbprint: null, problem })
  const problem = problemOf(jwk)
  if (problem !== null) return refused(problem)
  if (typeof x !== 'string' || typeof y !== 'string' || !coordinatePattern.test(x) || !coordinatePattern.test(y))
    return refused('invalid_point')
  try {
    const { pem, thumbprint } = importPublicKey(pemOf(x, y))
    return { kid, pem, thumbprint, problem: null }
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    return refused(error.code === 'known_key' ? 'known_key' : 'invalid_point')
  }
}

/**
 * Reads a JWK set (RFC 7517). A key that can't be used takes none of the others with it.
 *
 * @param options.revoked  thumbprints that are used no more, under whatever kid
 * @throws KeySetError not_json | not_key_set
 */
export function readKeySet(text: string, { revoked }: { revoked: ReadonlySet<string> }): PublishedKey[] {
  let set: unknown
  try {
    set = JSON.parse(text)
  } catch {
    throw new KeySetError('not_json')
  }
  const { keys } = (set ?? {}) as { keys?: unknown }
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'object' && key !== null)) throw new KeySetError('not_key_set')
  const kids = new Set<string>()
  return keys.slice(0, maxKeys).map((jwk: Record<string, unknown>): PublishedKey => {
    const key = readKey(jwk)
    if (key.problem !== null || key.kid === null) return key
    if (kids.has(key.kid)) return { ...key, pem: null, problem: 'kid_twice' }
    kids.add(key.kid)
    return key.thumbprint !== null && revoked.has(key.thumbprint) ? { ...key, pem: null, problem: 'revoked' } : key
  })
}

const shortestMs = 300_000
const longestMs = 86_400_000
/** Where the server says nothing: soon enough that a key taken away is gone within the hour. */
const usualMs = 900_000

/** How long an answer is fresh (RFC 9111): what Cache-Control says, within five minutes and a day. */
export function freshMs(headers: { readonly 'cache-control'?: string | undefined; readonly age?: string | undefined }): number {
  const control = headers['cache-control'] ?? ''
  if (/\bno-(?:store|cache)\b/i.test(control)) return shortestMs
  const seconds = /\b(?:s-maxage|max-age)\s*=\s*"?(\d{1,9})/i.exec(control)?.[1]
  if (seconds === undefined) return usualMs
  const age = /^\d{1,9}$/.test(headers.age ?? '') ? Number(headers.age) : 0
  return Math.min(longestMs, Math.max(shortestMs, (Number(seconds) - age) * 1_000))
}

// Owns: the rules of exp, iat and nbf.
import { TokenError } from './errors.ts'
import { type JsonObject, member } from './strict-json.ts'

/** How far the signer's clock may be off, in seconds. */
export const leewaySeconds = 60
/** The longest time from iat to exp, in seconds. */
const maxLifetimeSeconds = 365 * 24 * 3600

/** The times of a token, in seconds since the epoch; fractions are possible. */
export interface Times {
  readonly issuedAt: number
  readonly expiresAt: number
}

function readTime(claims: JsonObject, claim: 'exp' | 'iat' | 'nbf'): number | undefined {
  const value = member(claims, claim)
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw new TokenError('claim_type', { claim })
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw new TokenError('claim_range', { claim })
  return value
}

function requireTime(claims: JsonObject, claim: 'exp' | 'iat'): number {
  const value = readTime(claims, claim)
  if (value === undefined) throw new TokenError('claim_missing', { claim })
  return value
}

/**
 * Reads exp, iat and nbf (RFC 7519 section 4.1) and judges them at `now` (seconds).
 *
 * @throws TokenError claim_missing | claim_type | claim_range | expired | not_yet_valid | issued_in_future | lifetime | lifetime_too_long
 */
export function readTimes(claims: JsonObject, now: number): Times {
  const expiresAt = requireTime(claims, 'exp')
  const issuedAt = requireTime(claims, 'iat')
  const notBefore = readTime(claims, 'nbf')
  if (expiresAt <= now - leewaySeconds) throw new TokenError('expired')
  if (notBefore !== undefined && notBefore > now + leewaySeconds) throw new TokenError('not_yet_valid')
  if (issuedAt > now + leewaySeconds) throw new TokenError('issued_in_future')
  if (expiresAt <= issuedAt) throw new TokenError('lifetime')
  if (expiresAt - issuedAt > maxLifetimeSeconds) throw new TokenError('lifetime_too_long')
  return { issuedAt, expiresAt }
}

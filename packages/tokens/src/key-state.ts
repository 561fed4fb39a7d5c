// Owns: what is known of a declared key beside its bytes, and whether it may still be used.
import { TokenError } from './errors.ts'

/** A declared key without its bytes. */
export interface KeyFacts {
  /** The name that headers give; 8 to 64 characters of base64url. */
  readonly kid: string
  /** The organization that declared the key. */
  readonly organizationId: string
  /** `retiring` keys work until `retireAt`; `revoked` ones no longer. */
  readonly state: 'active' | 'retiring' | 'revoked'
  /** The last second at which the key works, in seconds since the epoch. */
  readonly notAfter: number
  /** The last second at which a retiring key works, in seconds since the epoch. */
  readonly retireAt?: number | undefined
  /** The roles that tokens by this key may grant. Default: ROLE_ATTENDEE alone. */
  readonly allowedRoles?: readonly string[] | undefined
}

/**
 * Requires that the key is in use at `now` (seconds). There is no leeway: the platform's own clock set these times.
 *
 * @throws TokenError key_revoked | key_expired
 */
export function requireUsableKey(key: KeyFacts, now: number): void {
  if (key.state === 'revoked') throw new TokenError('key_revoked')
  // Written so that a notAfter that is not a number refuses.
  if (!(now <= key.notAfter)) throw new TokenError('key_expired')
  if (key.state === 'retiring' && now > (key.retireAt ?? Number.POSITIVE_INFINITY)) throw new TokenError('key_expired')
}

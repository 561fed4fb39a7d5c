// Owns: making attendee tokens, and refusing to make one that would be refused.
import { type KeyObject, randomUUID } from 'node:crypto'
import {
  attendeeTokenUse,
  parsePayload,
  readIdentity,
  readNaming,
  readOrganization,
  readSharePersonalData,
  requireTokenUse,
} from './claims.ts'
import { maxTokenCharacters } from './compact.ts'
import { TokenError } from './errors.ts'
import { readKid } from './header.ts'
import { readPrivateKey } from './keys.ts'
import { readRoles } from './roles.ts'
import { makeSignature } from './signature.ts'
import { readTimes } from './times.ts'

/** One element of `roles`, as it is written in a token. */
export interface RoleClaim {
  /** Default: ROLE_ATTENDEE. Any other must be allowed to the key. */
  name?: string | undefined
  /** The id of the program. */
  eventId: string
  /** As the claim of this name, for this program alone. */
  sharePersonalData?: boolean | 'true' | 'false' | undefined
}

/** The claims of an attendee token, by the names they have in it. */
export interface AttendeeClaims {
  organization_id: string
  /** Filled with its only value. */
  token_use?: 'selfcontained-access' | undefined
  /** Up to 200 UTF-16 units. It shows in chat, questions and quiz; a company or a nickname may be part of it. */
  given_name: string
  /** Up to 200 UTF-16 units. People with one name have none. */
  family_name?: string | undefined
  /** A plausible address of at most 254 characters. Required where there is no `sub`. */
  email?: string | undefined
  /** Your own id of the person, stable, 1 to 256 characters. Required where there is no `email`. */
  sub?: string | undefined
  /** 1 to 16 roles. */
  roles: RoleClaim[]
  /** Whether the organizer may take name and address away in lists and reports. Default: false. */
  sharePersonalData?: boolean | 'true' | 'false' | undefined
  /** 1 to 128 characters, different for each token. Filled with a UUID. */
  jti?: string | undefined
  /** 1 to 256 characters. */
  iss?: string | undefined
  /** Seconds since the epoch. Filled with now. */
  iat?: number | undefined
  /** Seconds since the epoch. Filled with `iat`. */
  nbf?: number | undefined
  /** Seconds since the epoch. Filled from `expiresInSeconds`; where both are given, this one counts. */
  exp?: number | undefined
}

/** With what a token is signed. */
export interface SignOptions {
  /** The private half of a declared key: PEM (PKCS8 or SEC1), or a KeyObject, which is faster where many tokens are signed. */
  readonly privateKey: string | KeyObject
  /** The kid that the platform gave the public half. */
  readonly kid: string
  /** How long after `iat` the token expires, in seconds; at most 365 days. Required where the claims have no `exp`. */
  readonly expiresInSeconds?: number | undefined
  /** The time, in seconds since the epoch. Default: this machine's clock, in whole seconds. */
  readonly now?: number | undefined
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function payloadText(claims: AttendeeClaims, options: SignOptions, now: number): string {
  const iat = claims.iat === undefined ? now : claims.iat
  const filled = {
    ...claims,
    token_use: claims.token_use === undefined ? attendeeTokenUse : claims.token_use,
    jti: claims.jti === undefined ? randomUUID() : claims.jti,
    iat,
    nbf: claims.nbf === undefined ? iat : claims.nbf,
    exp: claims.exp === undefined && options.expiresInSeconds !== undefined ? iat + options.expiresInSeconds : claims.exp,
  }
  try {
    return JSON.stringify(filled)
  } catch (cause) {
    throw new TokenError('payload_json', { cause })
  }
}

/** Judges what is about to be signed as it will be read, so that NaN, dates, undefined and the like are judged as what they become. */
function requireAcceptable(text: string, now: number): void {
  const claims = parsePayload(text)
  readTimes(claims, now)
  requireTokenUse(claims)
  if (readOrganization(claims) === '') throw new TokenError('organization_mismatch')
  const roles = readRoles(claims)
  readNaming(claims)
  readIdentity(claims)
  readSharePersonalData(claims, roles)
}

/**
 * Signs an attendee token (JWS compact serialization, RFC 7515; ES256, RFC 7518).
 *
 * Refuses what `verifyToken` would refuse; which roles the key may grant and which programs exist is known to the platform alone.
 *
 * @returns at most 8,192 characters
 * @throws TokenError kid_missing | kid_format | payload_json | claim_* | the codes of times | token_use | organization_mismatch | too_large
 * @throws KeyError not_pem | not_p256
 */
export function signToken(claims: AttendeeClaims, options: SignOptions): string {
  const now = options.now ?? Math.floor(Date.now() / 1000)
  const header = { alg: 'ES256', typ: 'JWT', kid: readKid({ kid: options.kid }) }
  const payload = payloadText(claims, options, now)
  requireAcceptable(payload, now)
  const signingInput = `${base64url(JSON.stringify(header))}.${base64url(payload)}`
  const token = `${signingInput}.${makeSignature(signingInput, readPrivateKey(options.privateKey)).toString('base64url')}`
  if (token.length > maxTokenCharacters) throw new TokenError('too_large')
  return token
}

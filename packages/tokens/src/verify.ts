// Owns: whether an attendee token is accepted, and what is known of the person then. The order of the checks is the contract.
import type { KeyObject } from 'node:crypto'
import { nodeDecoder } from './base64-node.ts'
import { parsePayload, readIdentity, readNaming, readSharePersonalData, requireOrganization, requireTokenUse } from './claims.ts'
import { decoded, requireSignatureLength, takeApart } from './compact.ts'
import { TokenError } from './errors.ts'
import { parseHeader, readKid, requireSupportedHeader } from './header.ts'
import { type KeyFacts, requireUsableKey } from './key-state.ts'
import { readRoles, requireAllowedRoles, roleNames, rolesForProgram, type TokenProgram } from './roles.ts'
import { signatureHolds } from './signature.ts'
import type { JsonObject } from './strict-json.ts'
import { readTimes } from './times.ts'
import { type TokenWarning, warningsFor } from './warnings.ts'

/** A public key that an organization declared. */
export interface PartnerKey extends KeyFacts {
  /** The P-256 public key, as `importPublicKey` returns it; parse it once, not for each token. */
  readonly publicKey: KeyObject
}

/** What a valid token says. */
export interface VerifiedToken {
  /** The key that signed. */
  readonly kid: string
  readonly organizationId: string
  readonly programId: string
  /** The names of the roles in this program, each once; at least one. */
  readonly roles: readonly string[]
  /** Who this is to the organization: `sub`, else the lower-cased e-mail address. Stable, up to 256 characters, not for display. */
  readonly subject: string
  /** Cleaned for display; never empty. It is text: escape it in HTML. */
  readonly givenName: string
  /** Cleaned for display; null for people with one name. */
  readonly familyName: string | null
  /** As the token has it; null where it has none. */
  readonly email: string | null
  /** Whether the organizer may take this person's name and address away in lists and reports. */
  readonly sharePersonalData: boolean
  /** 1 to 128 characters. Two people can share one: what is to happen once is keyed on (kid, jti, subject). */
  readonly jti: string
  /** Seconds since the epoch; fractions are possible. */
  readonly issuedAt: number
  /** Seconds since the epoch; fractions are possible. It governs admission, not how long a session lasts. */
  readonly expiresAt: number
  /** What the signer should mend although the token is valid. */
  readonly warnings: readonly TokenWarning[]
}

/** What a token is judged against. */
export interface VerifyOptions {
  /** Finds a declared key by its kid, which is 8 to 64 characters of base64url; undefined where there is none. */
  readonly findKey: (kid: string) => PartnerKey | undefined
  /** The program that the person wants to enter. */
  readonly program: TokenProgram
  /** The time, in seconds since the epoch. */
  readonly now: number
}

type ReadHeader = { readonly header: JsonObject; readonly kid: string }

/** Headers as they were written, of tokens whose signatures held: all tokens of one signer have the same, so it is read once. */
const knownHeaders = new Map<string, ReadHeader>()
const maxKnownHeaders = 200
const maxKnownCharacters = 500

function remember(written: string, read: ReadHeader): void {
  if (written.length > maxKnownCharacters) return
  knownHeaders.set(written, read)
  const [oldest] = knownHeaders.keys()
  if (knownHeaders.size > maxKnownHeaders && oldest !== undefined) knownHeaders.delete(oldest)
}

function readHeader(text: string | null): ReadHeader {
  const header = parseHeader(text)
  requireSupportedHeader(header)
  return { header, kid: readKid(header) }
}

interface Proven {
  readonly header: JsonObject
  readonly payload: string | null
  readonly key: PartnerKey
}

/** Rules 1 to 4: the form, the header, the key, the signature. */
function prove(token: string, findKey: VerifyOptions['findKey']): Proven {
  const parts = takeApart(token)
  const known = knownHeaders.get(parts.header)
  const headerText = known === undefined ? decoded(nodeDecoder.text(parts.header)) : null
  const payload = decoded(nodeDecoder.text(parts.payload))
  const signature = decoded(nodeDecoder.bytes(parts.signature))
  const { header, kid } = known ?? readHeader(headerText)
  const key = findKey(kid)
  // Also refuses what a lookup in a plain object would return for a kid like "__proto__".
  if (key?.kid !== kid) throw new TokenError('kid_unknown')
  requireSignatureLength(signature)
  if (!signatureHolds(parts.signingInput, signature, key.publicKey)) throw new TokenError('signature')
  if (known === undefined) remember(parts.header, { header, kid })
  return { header, payload, key }
}

/** Rules 7 to 12: what the signer says. */
function judge(claims: JsonObject, { header, key }: Proven, { program, now }: VerifyOptions): VerifiedToken {
  const times = readTimes(claims, now)
  requireTokenUse(claims)
  requireOrganization(claims, key.organizationId)
  const allRoles = readRoles(claims)
  const roles = rolesForProgram(allRoles, program, key)
  requireAllowedRoles(roles, key)
  const naming = readNaming(claims)
  const identity = readIdentity(claims)
  const sharePersonalData = readSharePersonalData(claims, roles)

  return {
    kid: key.kid,
    organizationId: key.organizationId,
    programId: program.id,
    roles: roleNames(roles),
    subject: identity.subject,
    givenName: naming.givenName,
    familyName: naming.familyName,
    email: identity.email,
    sharePersonalData,
    jti: naming.jti,
    issuedAt: times.issuedAt,
    expiresAt: times.expiresAt,
    warnings: warningsFor({ header, claims, roles: allRoles }),
  }
}

/**
 * Verifies an attendee token (JWS compact serialization, RFC 7515; ES256, RFC 7518) for one program.
 *
 * The first check that fails names the refusal. Nothing is fetched, no verdict is kept, and nothing of the token reaches the error.
 *
 * @param token  at most 8,192 characters
 * @throws TokenError any of `tokenErrorCodes`
 * @throws TypeError where `now` is not a finite number
 */
export function verifyToken(token: string, options: VerifyOptions): VerifiedToken {
  const { findKey, now } = options
  // Comparisons with NaN are false, so a clock that failed would otherwise let expired tokens in.
  if (!Number.isFinite(now)) throw new TypeError('now must be a finite number of seconds')
  const proven = prove(token, findKey)
  // Only the holder of the private half may learn what became of the key.
  requireUsableKey(proven.key, now)
  return judge(parsePayload(proven.payload), proven, options)
}

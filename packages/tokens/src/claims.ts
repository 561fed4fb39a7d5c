// Owns: the rules of the payload but for its times (times.ts) and roles (roles.ts).
import { isPlausibleEmail } from './email.ts'
import { TokenError } from './errors.ts'
import { cleanName, isPlainName, isWellFormed, maxNameUnits } from './names.ts'
import type { Role } from './roles.ts'
import { type JsonObject, type JsonValue, member, parseStrictJson, StrictJsonError } from './strict-json.ts'

const maxPayloadDepth = 8
const maxJtiCharacters = 128
const maxSubCharacters = 256
const maxIssCharacters = 256

/** The only token_use that admits. */
export const attendeeTokenUse = 'selfcontained-access'

/** Which token this is and what the person is called. */
export interface Naming {
  readonly jti: string
  readonly givenName: string
  readonly familyName: string | null
}

/** Who the person is to the organization. */
export interface Identity {
  /** `sub`, else the lower-cased e-mail address. */
  readonly subject: string
  readonly email: string | null
}

/**
 * Reads the payload without judging what it claims.
 *
 * @param text  null where it was not valid UTF-8
 * @throws TokenError payload_json
 */
export function parsePayload(text: string | null): JsonObject {
  if (text === null) throw new TokenError('payload_json', { cause: new StrictJsonError('It is not UTF-8.') })
  try {
    return parseStrictJson(text, { maxDepth: maxPayloadDepth })
  } catch (cause) {
    throw new TokenError('payload_json', { cause })
  }
}

function readText(claims: JsonObject, claim: string): string | undefined {
  const value = member(claims, claim)
  if (value !== undefined && typeof value !== 'string') throw new TokenError('claim_type', { claim })
  return value
}

function requireText(claims: JsonObject, claim: string): string {
  const text = readText(claims, claim)
  if (text === undefined) throw new TokenError('claim_missing', { claim })
  return text
}

function requireLength(text: string, claim: string, maxCharacters: number): void {
  if (text.length === 0 || text.length > maxCharacters) throw new TokenError('claim_length', { claim })
}

/**
 * Requires that token_use, where it is given, is `selfcontained-access`.
 *
 * @throws TokenError claim_type | token_use
 */
export function requireTokenUse(claims: JsonObject): void {
  const use = readText(claims, 'token_use')
  if (use !== undefined && use !== attendeeTokenUse) throw new TokenError('token_use')
}

/**
 * Returns organization_id without comparing it with anything.
 *
 * @throws TokenError claim_missing | claim_type
 */
export function readOrganization(claims: JsonObject): string {
  return requireText(claims, 'organization_id')
}

/**
 * Requires that the token speaks for the organization that declared its key.
 *
 * @throws TokenError claim_missing | claim_type | organization_mismatch
 */
export function requireOrganization(claims: JsonObject, organizationId: string): void {
  if (readOrganization(claims) !== organizationId) throw new TokenError('organization_mismatch')
}

function checkedName(text: string, claim: string): string {
  if (text.length > maxNameUnits) throw new TokenError('claim_length', { claim })
  if (isPlainName(text)) return text
  if (!isWellFormed(text)) throw new TokenError('claim_text', { claim })
  return cleanName(text)
}

/**
 * Reads jti, given_name and family_name. Names come back clean; a family name that is empty then is as absent.
 *
 * @throws TokenError claim_missing | claim_type | claim_length | claim_text
 */
export function readNaming(claims: JsonObject): Naming {
  const jti = requireText(claims, 'jti')
  requireLength(jti, 'jti', maxJtiCharacters)
  const givenName = checkedName(requireText(claims, 'given_name'), 'given_name')
  if (givenName === '') throw new TokenError('claim_text', { claim: 'given_name' })
  const familyName = checkedName(readText(claims, 'family_name') ?? '', 'family_name')
  return { jti, givenName, familyName: familyName === '' ? null : familyName }
}

/**
 * Reads sub, email and iss: one of sub and email must be there. The jti never identifies a person: two can share one.
 *
 * @throws TokenError claim_missing | claim_type | claim_length | claim_email
 */
export function readIdentity(claims: JsonObject): Identity {
  const sub = readText(claims, 'sub')
  if (sub !== undefined) requireLength(sub, 'sub', maxSubCharacters)
  const email = readText(claims, 'email')
  if (email !== undefined && !isPlausibleEmail(email)) throw new TokenError('claim_email', { claim: 'email' })
  const subject = sub ?? email?.toLowerCase()
  if (subject === undefined) throw new TokenError('claim_missing', { claim: 'sub' })
  const iss = readText(claims, 'iss')
  if (iss !== undefined) requireLength(iss, 'iss', maxIssCharacters)
  return { subject, email: email ?? null }
}

function readShare(value: JsonValue | undefined): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  if (value === 'true') return true
  if (value === 'false') return false
  throw new TokenError('claim_type', { claim: 'sharePersonalData' })
}

/**
 * Reads sharePersonalData at the top level and in this program's roles: false unless said, and false where two places disagree.
 *
 * @throws TokenError claim_type
 */
export function readSharePersonalData(claims: JsonObject, programRoles: readonly Role[]): boolean {
  let shared = readShare(member(claims, 'sharePersonalData'))
  for (const role of programRoles) {
    const here = readShare(role.sharePersonalData)
    if (here !== undefined) shared = shared === undefined ? here : shared && here
  }
  return shared ?? false
}

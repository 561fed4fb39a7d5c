// Owns: the likely mistake behind a refusal, in words for the developer who signs. Never needed to decide anything.
import type { TokenErrorCode } from './errors.ts'
import type { KeyFacts } from './key-state.ts'
import type { TokenProgram } from './roles.ts'
import { type JsonObject, type JsonValue, member } from './strict-json.ts'
import { leewaySeconds } from './times.ts'

/** What is known when a check has failed. */
export interface Evidence {
  readonly token: string
  readonly now: number
  readonly cause?: unknown
  readonly claim?: string | undefined
  readonly header?: JsonObject | undefined
  readonly claims?: JsonObject | undefined
  readonly signature?: Uint8Array | undefined
  readonly program?: TokenProgram | undefined
  readonly key?: Omit<KeyFacts, 'kid'> | undefined
}

// No sane time in seconds is this large before the year 5138, and every one in milliseconds since 1973 is.
const millisecondsFrom = 1e11

/** A time for people: RFC 3339, or the bare number where no calendar reaches. */
export function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace('.000Z', 'Z')
}

function formatSpan(seconds: number): string {
  const [size, unit] = seconds < 120 ? [1, 's'] : seconds < 7200 ? [60, 'min'] : seconds < 172_800 ? [3600, 'h'] : [86_400, 'days']
  return `${Math.round(seconds / Number(size))} ${unit}`
}

function quoted(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function claim({ claims }: Evidence, name: string): JsonValue | undefined {
  return claims === undefined ? undefined : member(claims, name)
}

function milliseconds(name: string, value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'number' || value < millisecondsFrom) return undefined
  return `${name} is in milliseconds; it must be in seconds: Math.floor(Date.now() / 1000).`
}

function ahead(name: string, evidence: Evidence): string | undefined {
  const value = claim(evidence, name)
  if (typeof value !== 'number') return undefined
  return (
    milliseconds(name, value) ??
    `${name} is ${formatTime(value)}, ${formatSpan(value - evidence.now)} ahead of this clock (${formatTime(evidence.now)}), and ${leewaySeconds} s are forgiven. Compare the clock of the server that signs.`
  )
}

function wrongType(evidence: Evidence): string | undefined {
  const name = evidence.claim ?? ''
  const value = claim(evidence, name)
  if (name === 'exp' || name === 'iat' || name === 'nbf') {
    if (typeof value !== 'string') return `${name} must be a number of seconds, and is ${quoted(value)}.`
    if (/^\d+(\.\d+)?$/.test(value)) return `${name} is quoted: write ${value}, not "${value}".`
    return `${name} is text; it must be a number of seconds since 1970.`
  }
  if (name === 'roles') return 'roles must be a list of objects: [{"name": "ROLE_ATTENDEE", "eventId": "<program id>"}].'
  if (name === 'sharePersonalData') return 'sharePersonalData must be true or false.'
  return value === null ? `${name} is null: leave it out where there is no value.` : `${name} must be text.`
}

function missing(evidence: Evidence): string | undefined {
  const name = evidence.claim ?? ''
  if (name === 'sub') return 'Give sub, your own id of the person, or email.'
  const camelCase = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  if (camelCase !== name && claim(evidence, camelCase) !== undefined) return `The claim is spelled ${name}, not ${camelCase}.`
  return undefined
}

function shape({ token }: Evidence): string | undefined {
  if (/^\s*bearer\s/i.test(token)) return 'Leave the word Bearer out.'
  if (/^\s*https?:/i.test(token)) return 'This is an address; the token is what follows token= in it.'
  if (/^\s*["'{]/.test(token)) return 'Give the token alone, without quotes or JSON around it.'
  if (token.split('.').length === 5) return 'Five parts are an encrypted token (JWE); sign it, don’t encrypt it.'
  return undefined
}

function encoding(evidence: Evidence): string | undefined {
  const { token } = evidence
  if (/\s/.test(token)) return 'There is white space or a line break in or around it.'
  if (token.includes('%')) return 'It is percent-encoded: decode it once more.'
  if (token.includes('=')) return 'It has padding (=): base64url in tokens has none.'
  if (/[+/]/.test(token)) return 'It has + or /, so it is base64; tokens use base64url, with - and _.'
  return shape(evidence) ?? 'It may have been cut off or changed on the way.'
}

function algorithm({ header }: Evidence): string | undefined {
  const alg = header === undefined ? undefined : member(header, 'alg')
  if (alg === 'ES384' || alg === 'ES512')
    return `${alg} goes with a key on another curve: make the pair with -name prime256v1 and sign with ES256.`
  if (typeof alg === 'string' && alg.startsWith('HS')) return `${alg} signs with a shared secret: sign with ES256 and the private key.`
  if (typeof alg === 'string' && /^[RP]S/.test(alg)) return `${alg} goes with an RSA key: make a P-256 pair and sign with ES256.`
  return `alg is ${quoted(alg)}.`
}

function signatureLength({ signature }: Evidence): string | undefined {
  if (signature === undefined) return undefined
  const length = signature.length
  if (signature[0] === 0x30 && signature[1] === length - 2) {
    return 'It is in DER (ASN.1), the default of many crypto libraries: ask for r||s (IEEE P1363; in Node dsaEncoding: "ieee-p1363").'
  }
  if (length === 96 || length === 132)
    return `Its ${length} bytes come from the wrong curve (P-${length === 96 ? 384 : 521}): make the pair with -name prime256v1.`
  if (length === 32) return 'Its 32 bytes come from a shared secret (HS256).'
  if (length >= 256) return `Its ${length} bytes come from an RSA key.`
  return `It has ${length} bytes.`
}

function expired(evidence: Evidence): string | undefined {
  const exp = claim(evidence, 'exp')
  if (typeof exp !== 'number') return undefined
  if (exp <= 366 * 86_400) return `exp is ${exp}, which looks like a duration: it must be the time of expiry, now plus the duration.`
  return `exp is ${formatTime(exp)}, ${formatSpan(evidence.now - exp)} ago on this clock (${formatTime(evidence.now)}).`
}

function lifetime(evidence: Evidence): string | undefined {
  return (
    milliseconds('exp', claim(evidence, 'exp')) ?? `exp is ${quoted(claim(evidence, 'exp'))}, iat is ${quoted(claim(evidence, 'iat'))}.`
  )
}

function organization(evidence: Evidence): string | undefined {
  if (evidence.key === undefined) return undefined
  return `The token says ${quoted(claim(evidence, 'organization_id'))}, and the key belongs to ${quoted(evidence.key.organizationId)}: another organization’s key, or another organization’s id.`
}

function roleMembers(evidence: Evidence, name: string): JsonValue[] {
  const roles = claim(evidence, 'roles')
  if (!Array.isArray(roles)) return []
  return roles.map((role) => (typeof role === 'object' && role !== null && !Array.isArray(role) ? (member(role, name) ?? null) : null))
}

function program(evidence: Evidence): string | undefined {
  if (evidence.program === undefined) return undefined
  const ids = roleMembers(evidence, 'eventId')
  if (!ids.includes(evidence.program.id))
    return `The roles are for ${quoted(ids)}, and this is ${quoted(evidence.program.id)}: another program’s id.`
  return 'The program belongs to another organization than the key.'
}

const hints: Partial<Record<TokenErrorCode, (evidence: Evidence) => string | undefined>> = {
  too_large: ({ token }) => `It has ${token.length} characters.`,
  malformed: shape,
  encoding,
  header_json: ({ cause }) => (cause instanceof Error ? cause.message : undefined),
  header_alg: algorithm,
  kid_missing: () => 'Put the kid of the declared key into the header (jsonwebtoken calls it keyid).',
  kid_unknown: ({ header }) => `The token names ${quoted(header === undefined ? undefined : member(header, 'kid'))}.`,
  signature_length: signatureLength,
  signature: () => 'It was signed with another private key, or changed since.',
  key_expired: ({ key }) =>
    key === undefined ? undefined : `It was to be used until ${formatTime(Math.min(key.notAfter, key.retireAt ?? Infinity))}.`,
  payload_json: ({ cause }) => (cause instanceof Error ? cause.message : undefined),
  claim_missing: missing,
  claim_type: wrongType,
  claim_range: (evidence) => `It is ${quoted(claim(evidence, evidence.claim ?? ''))}.`,
  expired,
  not_yet_valid: (evidence) => ahead('nbf', evidence),
  issued_in_future: (evidence) => ahead('iat', evidence),
  lifetime,
  lifetime_too_long: lifetime,
  token_use: (evidence) => `It is ${quoted(claim(evidence, 'token_use'))}.`,
  organization_mismatch: organization,
  event_mismatch: program,
  role_not_allowed: (evidence) =>
    `The names are ${quoted(roleMembers(evidence, 'name'))}; a key grants ROLE_ATTENDEE alone unless told otherwise.`,
}

/** Names the likely mistake behind a refusal; undefined where nothing more than the code can be said. May quote the token. */
export function hintFor(code: TokenErrorCode, evidence: Evidence): string | undefined {
  return hints[code]?.(evidence)
}

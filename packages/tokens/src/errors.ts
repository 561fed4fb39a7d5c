// Owns: the closed tables of refusals (tokens and keys) and the two error classes that carry their codes.

/** Every code with which a token is refused, in the order of the checks, and what it says to the developer who signs. */
export const tokenErrors = {
  too_large: 'The token is longer than 8,192 characters.',
  malformed: 'The token is not three parts joined by dots.',
  signature_missing: 'The token is not signed: its third part is empty.',
  encoding: 'A part of the token is not canonical base64url without padding.',
  header_json: 'The header is not a strict JSON object.',
  header_alg: 'The header’s alg is not ES256.',
  header_crit: 'The header asks for an extension (crit or b64) that is not supported.',
  header_typ: 'The header’s typ is not JWT.',
  kid_missing: 'The header names no key (kid).',
  kid_format: 'The header’s kid is not 8 to 64 letters, digits, - or _.',
  kid_unknown: 'No declared key has this kid.',
  signature_length: 'The signature is not the 64 bytes of an ES256 signature.',
  signature: 'The signature was not made with the private half of this key over this content.',
  key_revoked: 'The key has been revoked.',
  key_expired: 'The key is past its last day.',
  payload_json: 'The payload is not a strict JSON object.',
  claim_missing: 'A required claim is missing.',
  claim_type: 'A claim has the wrong JSON type.',
  claim_range: 'A time is outside 0 to 2^53-1 seconds.',
  expired: 'The token has expired.',
  not_yet_valid: 'The token is not valid yet.',
  issued_in_future: 'The token was issued in the future.',
  lifetime: 'The token expires before it is issued.',
  lifetime_too_long: 'The token lives longer than 365 days.',
  token_use: 'token_use is not selfcontained-access.',
  organization_mismatch: 'organization_id is not the organization that declared the key.',
  event_mismatch: 'No role is for this program of the key’s organization.',
  role_not_allowed: 'The key may not grant this role.',
  claim_length: 'A claim is empty or too long.',
  claim_text: 'A name is not readable text.',
  claim_email: 'An address is not plausible, or longer than 254 characters.',
} as const

/** A code with which a token is refused. */
export type TokenErrorCode = keyof typeof tokenErrors

/** All token error codes, in the order of the checks. */
export const tokenErrorCodes: readonly TokenErrorCode[] = Object.freeze(Object.keys(tokenErrors) as TokenErrorCode[])

/** Every code with which a key is refused, and what it says to the person who declares it. */
export const keyErrors = {
  private_key: 'This is a private key. It is burnt now that it has left its server: make a new pair and declare the public half alone.',
  certificate: 'This is a certificate. Give the public key itself.',
  several_keys: 'This holds more than one key. Give one at a time.',
  not_pem: 'This is not a PEM public key, BEGIN and END PUBLIC KEY lines included.',
  not_p256: 'This is not an uncompressed P-256 (prime256v1) key in DER.',
  invalid_point: 'The key’s point is not on the curve P-256.',
  known_key: 'The private half of this key is published. Make a pair of your own.',
  too_large: 'This is larger than 16 KiB.',
} as const

/** A code with which a key is refused. */
export type KeyErrorCode = keyof typeof keyErrors

/** All key error codes. */
export const keyErrorCodes: readonly KeyErrorCode[] = Object.freeze(Object.keys(keyErrors) as KeyErrorCode[])

/** The refusal of a token. The message never holds anything of the token. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
  /** Why the token is refused. */
  readonly code: TokenErrorCode
  /** The claim that is at fault, for the codes that start with `claim_`. */
  readonly claim?: string

  constructor(code: TokenErrorCode, options?: { claim?: string; cause?: unknown }) {
    const claim = options?.claim
    const says = tokenErrors[code]
    super(
      claim === undefined ? says : `${says.slice(0, -1)}: ${claim}.`,
      options?.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    if (claim !== undefined) this.claim = claim
  }
}

/** The refusal of a key. The message never holds anything of the key. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
  /** Why the key is refused. */
  readonly code: KeyErrorCode

  constructor(code: KeyErrorCode, options?: { says?: string }) {
    super(options?.says ?? keyErrors[code])
    this.code = code
  }
}

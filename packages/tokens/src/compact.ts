// Owns: taking a compact JWS (RFC 7515 section 7.1) apart into its three parts.
import { decodeBase64url, isBase64url } from './base64.ts'
import { TokenError } from './errors.ts'

/** The longest token that is looked at, in characters. */
export const maxTokenCharacters = 8192
const signatureBytes = 64

/** A token taken apart; nothing in it has been believed yet. Each part is canonical base64url. */
export interface TokenParts {
  readonly header: string
  readonly payload: string
  readonly signature: string
  /** What the signature is over: the first two parts as they were written, joined by a dot. ASCII. */
  readonly signingInput: string
}

/**
 * Takes a token apart.
 *
 * @throws TokenError too_large | malformed | signature_missing | encoding
 */
export function splitToken(token: string): TokenParts {
  // A caller in plain JavaScript may hand over whatever a query string parser made of it.
  if (typeof token !== 'string') throw new TokenError('malformed')
  if (token.length > maxTokenCharacters) throw new TokenError('too_large')
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first <= 0 || second <= first + 1 || token.indexOf('.', second + 1) !== -1) throw new TokenError('malformed')
  if (second === token.length - 1) throw new TokenError('signature_missing')

  const header = token.slice(0, first)
  const payload = token.slice(first + 1, second)
  const signature = token.slice(second + 1)
  if (!isBase64url(header) || !isBase64url(payload) || !isBase64url(signature)) throw new TokenError('encoding')
  return { header, payload, signature, signingInput: token.slice(0, second) }
}

/**
 * Returns the 64 bytes r||s of an ES256 signature (RFC 7518 section 3.4).
 *
 * @throws TokenError signature_length
 */
export function decodeSignature(part: string): Uint8Array {
  const bytes = decodeBase64url(part)
  if (bytes?.length !== signatureBytes) throw new TokenError('signature_length')
  return bytes
}

// Owns: taking a compact JWS (RFC 7515 section 7.1) apart into its three decoded parts.
import { type Decoder, portableDecoder } from './base64.ts'
import { TokenError } from './errors.ts'

/** The longest token that is looked at, in characters. */
export const maxTokenCharacters = 8192
const signatureBytes = 64

/** A token taken apart; nothing in it has been believed yet. */
export interface TokenParts {
  /** The text of the header; null where its bytes are not valid UTF-8. */
  readonly header: string | null
  /** The text of the payload; null where its bytes are not valid UTF-8. */
  readonly payload: string | null
  readonly signature: Uint8Array
  /** What the signature is over: the first two parts as they were written, joined by a dot. ASCII. */
  readonly signingInput: string
}

/**
 * Takes a token apart.
 *
 * @throws TokenError too_large | malformed | signature_missing | encoding
 */
export function splitToken(token: string, decoder: Decoder = portableDecoder): TokenParts {
  // A caller in plain JavaScript may hand over whatever a query string parser made of it.
  if (typeof token !== 'string') throw new TokenError('malformed')
  if (token.length > maxTokenCharacters) throw new TokenError('too_large')
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first <= 0 || second <= first + 1 || token.indexOf('.', second + 1) !== -1) throw new TokenError('malformed')
  if (second === token.length - 1) throw new TokenError('signature_missing')

  const header = decoder.text(token.slice(0, first))
  const payload = decoder.text(token.slice(first + 1, second))
  const signature = decoder.bytes(token.slice(second + 1))
  if (header === undefined || payload === undefined || signature === undefined) throw new TokenError('encoding')
  return { header, payload, signature, signingInput: token.slice(0, second) }
}

/**
 * Requires that a signature has the 64 bytes r||s of ES256 (RFC 7518 section 3.4).
 *
 * @throws TokenError signature_length
 */
export function requireSignatureLength(signature: Uint8Array): void {
  if (signature.length !== signatureBytes) throw new TokenError('signature_length')
}

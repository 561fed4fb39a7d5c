// Owns: taking a compact JWS (RFC 7515 section 7.1) apart into its three decoded parts.
import { portableDecoder } from './base64.ts'
import { TokenError } from './errors.ts'

/** The longest token that is looked at, in characters. */
export const maxTokenCharacters = 8192
const signatureBytes = 64

/** The three parts as they were written, none of them empty, and what the signature is over: the first two, joined by a dot. */
export interface WrittenParts {
  readonly header: string
  readonly payload: string
  readonly signature: string
  readonly signingInput: string
}

/** A token taken apart; nothing in it has been believed yet. */
export interface TokenParts {
  /** The text of the header; null where its bytes are not valid UTF-8. */
  readonly header: string | null
  /** The text of the payload; null where its bytes are not valid UTF-8. */
  readonly payload: string | null
  readonly signature: Uint8Array
  /** What the signature is over. */
  readonly signingInput: string
}

/**
 * Takes a token apart and decodes nothing.
 *
 * @throws TokenError too_large | malformed | signature_missing
 */
export function takeApart(token: string): WrittenParts {
  // A caller in plain JavaScript may hand over whatever a query string parser made of it.
  if (typeof token !== 'string') throw new TokenError('malformed')
  if (token.length > maxTokenCharacters) throw new TokenError('too_large')
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first <= 0 || second <= first + 1 || token.indexOf('.', second + 1) !== -1) throw new TokenError('malformed')
  if (second === token.length - 1) throw new TokenError('signature_missing')
  return {
    header: token.slice(0, first),
    payload: token.slice(first + 1, second),
    signature: token.slice(second + 1),
    signingInput: token.slice(0, second),
  }
}

/** What a decoder made of a part. @throws TokenError encoding where it could make nothing of it */
export function decoded<Decoded>(part: Decoded | undefined): Decoded {
  if (part === undefined) throw new TokenError('encoding')
  return part
}

/**
 * Takes a token apart.
 *
 * @throws TokenError too_large | malformed | signature_missing | encoding
 */
export function splitToken(token: string): TokenParts {
  const { header, payload, signature, signingInput } = takeApart(token)
  return {
    header: decoded(portableDecoder.text(header)),
    payload: decoded(portableDecoder.text(payload)),
    signature: decoded(portableDecoder.bytes(signature)),
    signingInput,
  }
}

/**
 * Requires that a signature has the 64 bytes r||s of ES256 (RFC 7518 section 3.4).
 *
 * @throws TokenError signature_length
 */
export function requireSignatureLength(signature: Uint8Array): void {
  if (signature.length !== signatureBytes) throw new TokenError('signature_length')
}

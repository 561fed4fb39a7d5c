// Owns: taking a compact JWS (RFC 7515 section 7.1) apart into its three decoded parts.
import { decodeBase64url } from './base64.ts'
import { TokenError } from './errors.ts'

/** The longest token that is looked at, in characters. */
export const maxTokenCharacters = 8192

/** A token taken apart; nothing in it has been believed yet. */
export interface TokenParts {
  /** What the signature is over: the first two parts as they were written, joined by a dot. ASCII. */
  readonly signingInput: string
  readonly header: Uint8Array
  readonly payload: Uint8Array
  readonly signature: Uint8Array
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

  const header = decodeBase64url(token.slice(0, first))
  const payload = decodeBase64url(token.slice(first + 1, second))
  const signature = decodeBase64url(token.slice(second + 1))
  if (header === undefined || payload === undefined || signature === undefined) throw new TokenError('encoding')
  return { signingInput: token.slice(0, second), header, payload, signature }
}

// Owns: the rules of the header: what it may ask for, and which key it names.
import { TokenError } from './errors.ts'
import { type JsonObject, member, parseStrictJson, StrictJsonError } from './strict-json.ts'

const maxHeaderDepth = 3
const kidFormat = /^[A-Za-z0-9_-]{8,64}$/
const jwt = /^jwt$/i

/**
 * Reads the header without judging what it says.
 *
 * @param text  null where it was not valid UTF-8
 * @throws TokenError header_json
 */
export function parseHeader(text: string | null): JsonObject {
  if (text === null) throw new TokenError('header_json', { cause: new StrictJsonError('It is not UTF-8.') })
  try {
    return parseStrictJson(text, { maxDepth: maxHeaderDepth })
  } catch (cause) {
    throw new TokenError('header_json', { cause })
  }
}

/**
 * Requires that the header asks for ES256 and nothing else.
 *
 * Members other than alg, typ and kid (jku, jwk, x5u, x5t, ...) are never used or fetched.
 *
 * @throws TokenError header_alg | header_crit | header_typ
 */
export function requireSupportedHeader(header: JsonObject): void {
  if (member(header, 'alg') !== 'ES256') throw new TokenError('header_alg')
  if (member(header, 'crit') !== undefined || member(header, 'b64') !== undefined) throw new TokenError('header_crit')
  const typ = member(header, 'typ')
  if (typ !== undefined && !(typeof typ === 'string' && jwt.test(typ))) throw new TokenError('header_typ')
}

/**
 * Returns the kid that the header names: 8 to 64 characters of base64url.
 *
 * @throws TokenError kid_missing | kid_format
 */
export function readKid(header: JsonObject): string {
  const kid = member(header, 'kid')
  if (kid === undefined) throw new TokenError('kid_missing')
  if (typeof kid !== 'string' || !kidFormat.test(kid)) throw new TokenError('kid_format')
  return kid
}

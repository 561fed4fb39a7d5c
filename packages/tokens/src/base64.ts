// Owns: base64url (RFC 4648 section 5, as JWS uses it) and base64 (section 4, as PEM uses it), canonical forms only.

const invalid = 255

function valuesOf(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(invalid)
  for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value
  return values
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const base64url = valuesOf(`${letters}-_`)
const base64 = valuesOf(`${letters}+/`)

const characters = /^[A-Za-z0-9_-]*$/

/** True of canonical base64url: no other character, no padding, no non-zero bits beyond the last whole byte. */
export function isCanonical(text: string): boolean {
  if (!characters.test(text)) return false
  const rest = text.length % 4
  if (rest === 0) return true
  const last = base64url[text.charCodeAt(text.length - 1)] ?? invalid
  return rest === 1 ? false : rest === 2 ? (last & 15) === 0 : (last & 3) === 0
}

/** Decodes text without padding; undefined where it is not canonical. */
function decode(text: string, values: Uint8Array): Uint8Array | undefined {
  const rest = text.length % 4
  if (rest === 1) return undefined
  const bytes = new Uint8Array((text.length * 3) >> 2)
  const whole = text.length - rest
  const valueAt = (at: number): number => values[text.charCodeAt(at)] ?? invalid
  let at = 0
  for (let from = 0; from < whole; from += 4) {
    const [a, b, c, d] = [valueAt(from), valueAt(from + 1), valueAt(from + 2), valueAt(from + 3)]
    if ((a | b | c | d) > 63) return undefined
    bytes[at++] = (a << 2) | (b >> 4)
    bytes[at++] = (b << 4) | (c >> 2)
    bytes[at++] = (c << 6) | d
  }
  if (rest === 0) return bytes
  const [a, b, c] = [valueAt(whole), valueAt(whole + 1), rest === 3 ? valueAt(whole + 2) : 0]
  if ((a | b | c) > 63) return undefined
  // Bits beyond the last whole byte must be zero, or several texts would come to the same bytes.
  if (rest === 2 ? (b & 15) !== 0 : (c & 3) !== 0) return undefined
  bytes[at++] = (a << 2) | (b >> 4)
  if (rest === 3) bytes[at] = (b << 4) | (c >> 2)
  return bytes
}

/** Decodes canonical base64url: no padding, no other character, no non-zero trailing bits. */
export interface Decoder {
  /** Returns undefined where the text is not canonical base64url. */
  readonly bytes: (text: string) => Uint8Array | undefined
  /** As `bytes`, then reads UTF-8, a byte order mark kept; null where it is not valid. */
  readonly text: (text: string) => string | null | undefined
}

// ignoreBOM keeps a byte order mark in the text, for the reader to refuse; without it the mark would be swallowed.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes with nothing but the language, in browsers and in Node. */
export const portableDecoder: Decoder = {
  bytes: (text) => decode(text, base64url),
  text(text) {
    const bytes = decode(text, base64url)
    if (bytes === undefined) return undefined
    try {
      return utf8.decode(bytes)
    } catch {
      return null
    }
  },
}

/** Decodes canonical base64 with its padding; undefined where the text is anything else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return decode(padding === 0 ? text : text.slice(0, -padding), base64)
}

function encode(bytes: Uint8Array, alphabet: string): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const group = (a << 16) | (b << 8) | c
    const characters = Math.min(bytes.length - at, 3) + 1
    for (let index = 0; index < characters; index++) text += alphabet[(group >> (18 - 6 * index)) & 63]
  }
  return text
}

/** Encodes as base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encode(bytes, `${letters}+/`)
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** Encodes as base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encode(bytes, `${letters}-_`)
}

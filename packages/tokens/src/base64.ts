// Owns: decoding base64url (RFC 4648 section 5, as JWS uses it) and base64 (section 4, as PEM uses it), canonical forms only.

const invalid = 255

function decodingTable(alphabet: string): Uint8Array {
  const table = new Uint8Array(128).fill(invalid)
  for (let value = 0; value < alphabet.length; value++) table[alphabet.charCodeAt(value)] = value
  return table
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const base64url = decodingTable(`${letters}-_`)
const base64 = decodingTable(`${letters}+/`)

function decode(text: string, table: Uint8Array): Uint8Array | undefined {
  const rest = text.length % 4
  if (rest === 1) return undefined
  const bytes = new Uint8Array((text.length * 3) >> 2)
  const whole = text.length - rest
  let at = 0
  let from = 0
  for (; from < whole; from += 4) {
    // A character beyond the table reads as undefined, which the shifts below would take for an 'A'.
    const a = table[text.charCodeAt(from)] ?? invalid
    const b = table[text.charCodeAt(from + 1)] ?? invalid
    const c = table[text.charCodeAt(from + 2)] ?? invalid
    const d = table[text.charCodeAt(from + 3)] ?? invalid
    if ((a | b | c | d) > 63) return undefined
    bytes[at++] = (a << 2) | (b >> 4)
    bytes[at++] = (b << 4) | (c >> 2)
    bytes[at++] = (c << 6) | d
  }
  if (rest === 0) return bytes
  const a = table[text.charCodeAt(from)] ?? invalid
  const b = table[text.charCodeAt(from + 1)] ?? invalid
  const c = rest === 3 ? (table[text.charCodeAt(from + 2)] ?? invalid) : 0
  if ((a | b | c) > 63) return undefined
  // Bits beyond the last whole byte must be zero, or several texts would decode to the same bytes.
  if (rest === 2 ? (b & 15) !== 0 : (c & 3) !== 0) return undefined
  bytes[at++] = (a << 2) | (b >> 4)
  if (rest === 3) bytes[at] = (b << 4) | (c >> 2)
  return bytes
}

/** Decodes canonical base64url without padding; undefined where the text is anything else. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  return decode(text, base64url)
}

/** Decodes canonical base64 with its padding; undefined where the text is anything else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return decode(padding === 0 ? text : text.slice(0, -padding), base64)
}

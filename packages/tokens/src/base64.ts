// Owns: base64url (RFC 4648 section 5, as JWS uses it) and base64 (section 4, as PEM uses it), canonical forms only.

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const values = new Uint8Array(128)
for (const alphabet of [`${letters}+/`, `${letters}-_`]) {
  for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value
}

const onlyBase64url = /^[A-Za-z0-9_-]*$/
const onlyBase64 = /^[A-Za-z0-9+/]*$/

function valueAt(text: string, at: number): number {
  return values[text.charCodeAt(at)] ?? 0
}

/** True where a text without padding has a possible length and no bits beyond its last whole byte: the same bytes have one text only. */
function endsWhole(text: string): boolean {
  const rest = text.length % 4
  if (rest === 0) return true
  return rest !== 1 && (valueAt(text, text.length - 1) & (rest === 2 ? 15 : 3)) === 0
}

/** Decodes text that has been checked into `bytes` and returns how many there are. */
function decodeInto(text: string, bytes: Uint8Array): number {
  const rest = text.length % 4
  const whole = text.length - rest
  let at = 0
  for (let from = 0; from < whole; from += 4) {
    const group = (valueAt(text, from) << 18) | (valueAt(text, from + 1) << 12) | (valueAt(text, from + 2) << 6) | valueAt(text, from + 3)
    bytes[at++] = group >> 16
    bytes[at++] = group >> 8
    bytes[at++] = group
  }
  // Apart from the loop: one read beyond the end makes an engine slow for all of them.
  if (rest > 1) bytes[at++] = (valueAt(text, whole) << 2) | (valueAt(text, whole + 1) >> 4)
  if (rest > 2) bytes[at++] = (valueAt(text, whole + 1) << 4) | (valueAt(text, whole + 2) >> 2)
  return at
}

function decode(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length * 3) >> 2)
  decodeInto(text, bytes)
  return bytes
}

/** True for canonical base64url: no padding, no other character, no non-zero trailing bits. */
export function isBase64url(text: string): boolean {
  return onlyBase64url.test(text) && endsWhole(text)
}

/** Decodes canonical base64url; undefined where the text is anything else. */
export function decodeBase64url(text: string): Uint8Array | undefined {
  return isBase64url(text) ? decode(text) : undefined
}

/** Decodes canonical base64 with its padding; undefined where the text is anything else. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const unpadded = padding === 0 ? text : text.slice(0, -padding)
  return onlyBase64.test(unpadded) && endsWhole(unpadded) ? decode(unpadded) : undefined
}

// ignoreBOM keeps a byte order mark in the text, for the reader to refuse; without it the mark would be swallowed.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
// A fresh array for each token costs more than decoding it. Nothing else runs while its content matters.
const scratch = new Uint8Array(8192)

/**
 * Decodes canonical base64url to text; undefined where its bytes are not valid UTF-8.
 *
 * @param text  what `isBase64url` has said yes to; it is not checked again
 */
export function decodeBase64urlText(text: string): string | undefined {
  const bytes = text.length > scratch.length ? decode(text) : scratch.subarray(0, decodeInto(text, scratch))
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

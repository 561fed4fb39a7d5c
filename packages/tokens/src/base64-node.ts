// Owns: the decoding of base64.ts by Node's own means, for the path that is hot.
import { isUtf8 } from 'node:buffer'
import type { Decoder } from './base64.ts'
import { maxTokenCharacters } from './compact.ts'

/** Texts are decoded here and read at once: a buffer of its own for each was a hundredth of a verification. */
const scratch = Buffer.allocUnsafeSlow(maxTokenCharacters)
const replacement = '\ufffd'

/** Decodes exactly as `portableDecoder` does, faster. */
export const nodeDecoder: Decoder = {
  // Node decodes leniently and encodes canonically, so what comes back as it was is canonical.
  bytes(text) {
    const bytes = Buffer.from(text, 'base64url')
    return bytes.toString('base64url') === text ? bytes : undefined
  },
  text(text) {
    const bytes = text.length <= scratch.length ? scratch : Buffer.allocUnsafe(text.length)
    const length = bytes.write(text, 0, 'base64url')
    if (bytes.toString('base64url', 0, length) !== text) return undefined
    const read = bytes.toString('utf8', 0, length)
    // Only what is not UTF-8, or says this very character, reads as it.
    return read.includes(replacement) && !isUtf8(bytes.subarray(0, length)) ? null : read
  },
}

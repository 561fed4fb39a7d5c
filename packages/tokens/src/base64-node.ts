// Owns: the decoding of base64.ts by Node's own means, for the path that is hot.
import { isUtf8 } from 'node:buffer'
import { type Decoder, isCanonical } from './base64.ts'
import { maxTokenCharacters } from './compact.ts'

/** Texts are decoded here and read at once: a buffer of its own for each was a hundredth of a verification. */
const scratch = Buffer.allocUnsafeSlow(maxTokenCharacters)
const replacement = '\ufffd'

/** Decodes exactly as `portableDecoder` does, faster. Node decodes leniently, so the text is looked at first. */
export const nodeDecoder: Decoder = {
  bytes: (text) => (isCanonical(text) ? Buffer.from(text, 'base64url') : undefined),
  text(text) {
    if (!isCanonical(text)) return undefined
    const bytes = text.length <= scratch.length ? scratch : Buffer.allocUnsafe(text.length)
    const length = bytes.write(text, 0, 'base64url')
    const read = bytes.toString('utf8', 0, length)
    // Only what is not UTF-8, or says this very character, reads as it.
    return read.includes(replacement) && !isUtf8(bytes.subarray(0, length)) ? null : read
  },
}

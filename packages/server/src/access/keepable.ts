// Owns: what stands in the database for a text of a token that not every database keeps.
import { createHash } from 'node:crypto'

/** What every database keeps whole: a text with a NUL or half a surrogate pair stands as its hash. */
export function keepable(text: string): string {
  return /\0|\p{Surrogate}/u.test(text) ? `sha256:${createHash('sha256').update(text, 'utf16le').digest('base64url')}` : text
}

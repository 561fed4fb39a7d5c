// Owns: whether a text holds a word that the team has blocked.
import { z } from 'zod'
import { limits } from './limits.ts'
import { line } from './text.ts'

/** Plain words or phrases, never patterns. */
export const BlockedWords = z.array(line(limits.blockedWordUnits)).max(limits.blockedWords)

// Accents, which any letter may carry; not the vowel signs of a script's own, without which a word is another.
const marks = /\p{Script=Inherited}/gu
// What is not seen parts no word: zero-width characters, soft hyphens.
const unseen = /\p{Default_Ignorable_Code_Point}/gu
const between = /[^\p{L}\p{M}\p{N}]+/gu
// Scripts that put no space between words.
const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** Upper case first: only so do ß and ss meet. */
const fold = (text: string): string =>
  text.normalize('NFKD').replace(unseen, '').replace(marks, '').toUpperCase().toLowerCase().normalize('NFKC')

/** The words of a folded text, each between two spaces. */
const spaced = (folded: string): string => ` ${folded.replace(between, ' ').trim()} `

type Blocked = { readonly whole: readonly string[]; readonly parts: readonly string[] }

const nothing = spaced('')

function blockedOf(words: readonly string[]): Blocked {
  const folded = words.map(fold)
  // An emoji has no words, and stands anywhere.
  const isPart = (word: string): boolean => spaceless.test(word) || spaced(word) === nothing
  return { whole: folded.filter((word) => !isPart(word)).map(spaced), parts: folded.filter(isPart).map((word) => word.trim()) }
}

// A list is folded once, not for every message: it is a new array whenever it changes.
const known = new WeakMap<readonly string[], Blocked>()

/**
 * Whether one of the words or phrases stands in the text as a whole. Case, accents, forms of the same character and whatever parts the
 * words make no difference; a word within a longer one is not found, but where a script puts no spaces.
 */
export function hasBlockedWord(text: string, words: readonly string[]): boolean {
  if (words.length === 0) return false
  const blocked = known.get(words) ?? blockedOf(words)
  known.set(words, blocked)
  const folded = fold(text)
  const within = spaced(folded)
  return blocked.whole.some((word) => within.includes(word)) || blocked.parts.some((part) => part !== '' && folded.includes(part))
}

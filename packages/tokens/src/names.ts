// Owns: what a person's name may be made of, and how it is cleaned for display.

/** The longest given or family name, in UTF-16 units, before cleaning. */
export const maxNameUnits = 200

// ASCII and Latin letters up to U+024F: visible and in NFC already, as most names are.
const plain = /^[!-~À-ɏ]+(?: [!-~À-ɏ]+)*$/
const whiteSpace = /\p{White_Space}+/gu
const loneSurrogate = /\p{Surrogate}/u

// The three flags that Unicode recommends for interchange are spelled with tag characters; everywhere else these hide text.
const flags = '\u{1F3F4}\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}'
// Variation selectors belong to the character before them: emoji, ideographs (Japanese names need them), Mongolian letters.
const variations =
  '(?<=\\p{Emoji})[\\uFE0E\\uFE0F]|(?<=\\p{Script=Han})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]|(?<=[\\u1820-\\u18AA])[\\u180B-\\u180D\\u180F]'
const joiners = '[\\u200C\\u200D]'
// Control, bidi, zero-width and tag characters, and the invisible rest: all that is ignorable, annotation marks, noncharacters.
const invisible = '[\\p{Cc}\\p{Default_Ignorable_Code_Point}\\uFFF9-\\uFFFB\\p{Noncharacter_Code_Point}]'
const keptOrInvisible = new RegExp(`(${flags}|${variations}|${joiners})|${invisible}`, 'gu')

// A joiner shapes the word or emoji it stands in; anywhere else it is only invisible. Malayalam ends words with a virama and a joiner.
const viramas = '\\u094D\\u09CD\\u0A4D\\u0ACD\\u0B4D\\u0BCD\\u0C4D\\u0CCD\\u0D4D\\u0DCA'
const letter = '[\\p{L}\\p{M}\\p{N}]'
const keptOrStrayJoiner = new RegExp(
  `((?<=${letter})${joiners}(?=${letter})|(?<=[${viramas}])\\u200D|(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F])\\u200D(?=\\p{Extended_Pictographic}))|${joiners}`,
  'gu',
)

/** True of most names, which need no more than this look: well-formed, and clean as they are. */
export function isPlainName(name: string): boolean {
  return plain.test(name)
}

/** True where the text has no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text)
}

/**
 * Cleans a name for display: NFC; white space and line breaks collapsed to one space and trimmed; control, bidi, zero-width and tag
 * characters removed, except joiners inside words and emoji. Markup stays as text. Cleaning twice changes nothing more.
 *
 * @param name  well-formed text
 * @returns     the clean name, which may be empty
 */
export function cleanName(name: string): string {
  if (isPlainName(name)) return name
  return name
    .replace(whiteSpace, ' ')
    .replace(keptOrInvisible, '$1')
    .replace(keptOrStrayJoiner, '$1')
    .replace(whiteSpace, ' ')
    .trim()
    .normalize('NFC')
}

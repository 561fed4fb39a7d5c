// Owns: how a text is kept to be searched: the same on both databases, whatever they know of letters.

/** Without case and accents, so that `reunion` finds `Réunion`. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
}

/** A pattern for `like … escape '\\'` that finds a folded text anywhere. */
export function likeAnywhere(text: string): string {
  return `%${folded(text).replace(/[\\%_]/g, '\\$&')}%`
}

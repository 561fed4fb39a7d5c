// Owns: the name under which a browser keeps a file.

/** What no file system takes, and what a shell or a path would understand. */
const unwanted = /[\p{Cc}\p{Cf}"*/:<>?\\|%]+/gu
const maxUnits = 120

/** A name for a file out of words that people chose; `fallback` where nothing of them is left. */
export function fileNameOf(words: string, { fallback, extension }: { fallback: string; extension: string }): string {
  const name = words
    .normalize('NFC')
    .replace(unwanted, ' ')
    .replace(/\s+/gu, ' ')
    .slice(0, maxUnits)
    // A lone half of a pair has no UTF-8.
    .replace(/\p{Surrogate}/gu, '')
    // Windows drops dots and spaces at an end; a dot at the beginning hides the file.
    .replace(/^[. ]+|[. ]+$/g, '')
  return `${name === '' ? fallback : name}.${extension}`
}

/** A Content-Disposition with the name in full (RFC 8187), and without its accents for those who read no such thing. */
export function attachment(fileName: string): string {
  const plain = fileName
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^\x20-\x7e]/g, '_')
    .replace(/["\\]/g, '_')
  const full = encodeURIComponent(fileName).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${full}`
}

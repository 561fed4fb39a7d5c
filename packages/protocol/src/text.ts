// Owns: how free text from people is cleaned before it is kept.
import { z } from 'zod'

// Controls but tab and line feed, bidi overrides and isolates (they can turn the text around them), the byte-order mark.
const unwanted = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu
const loneSurrogate = /\p{Surrogate}/gu

/** Normalises to NFC and line feeds, drops control and bidi characters, keeps at most one empty line in a row, trims. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|\u2028|\u2029/gu, '\n')
    .replace(unwanted, '')
    .replace(loneSurrogate, '\uFFFD')
    .normalize('NFC')
    .replace(/\n{3,}/gu, '\n\n')
    .trim()
}

/** A cleaned text that is not empty, of at most `max` UTF-16 units. */
export const line = (max: number) => z.string().transform(cleanText).pipe(z.string().min(1).max(max))

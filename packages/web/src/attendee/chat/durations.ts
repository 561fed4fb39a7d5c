// Owns: how times and spans are written in the chat.
import { readerLocale } from '../../i18n/index.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** Hours and minutes in the reader's zone. */
export function clockText(at: number): string {
  const locale = readerLocale()
  let format = formats.get(locale)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })
    formats.set(locale, format)
  }
  return format.format(at)
}

/** A span in whole minutes where it has them, else in seconds: '30 seconds', '5 minutes'. */
export function everyText(ms: number, locale: string = readerLocale()): string {
  const inMinutes = ms >= 60_000 && ms % 60_000 === 0
  const value = inMinutes ? ms / 60_000 : Math.round(ms / 1_000)
  return new Intl.NumberFormat(locale, { style: 'unit', unit: inMinutes ? 'minute' : 'second', unitDisplay: 'long' }).format(value)
}

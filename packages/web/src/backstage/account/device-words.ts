// Owns: what a browser calls itself, in words that a person knows his devices by.

const browsers: readonly [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: readonly [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Macintosh|Mac OS X/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]

const first = (table: readonly [RegExp, string][], text: string): string | undefined => table.find(([pattern]) => pattern.test(text))?.[1]

/** "Firefox on Windows". The first match counts, since browsers name those that they resemble as well. */
export function deviceWords(userAgent: string | null | undefined): string {
  const text = userAgent ?? ''
  const browser = first(browsers, text)
  const system = first(systems, text)
  if (browser === undefined) return system ?? 'Another program'
  return system === undefined ? browser : `${browser} on ${system}`
}

export const isPhone = (userAgent: string | null | undefined): boolean => /iPhone|Android.*Mobile/.test(userAgent ?? '')

// Owns: how an organization's colour gets onto the page: in tones that read, light and dark, for the style sheet to choose from.
import type { CSSProperties } from 'react'
import { accentTones } from '../look/accent.ts'

/** For `.page`, with `data-accent` where there is one. */
export function accentStyle(accent: string | null): CSSProperties {
  if (accent === null) return {}
  const tones = (['light', 'dark'] as const).flatMap((scheme) => {
    const { text, fill, onFill, soft } = accentTones(accent, scheme)
    return Object.entries({ accent: text, 'accent-fill': fill, 'on-accent': onFill, 'accent-soft': soft }).map(([name, tone]) => [
      `--${scheme}-${name}`,
      tone,
    ])
  })
  return Object.fromEntries(tones) as CSSProperties
}

// Owns: what a page makes of an organization's colour: the tones that text on it, and text in it, can be read in (WCAG 2.2 AA).

export type Scheme = 'light' | 'dark'

/** `#rrggbb` each. `text`: for words and lines on the page; `fill`: behind words in `onFill`; `soft`: a quiet ground for words in `text`. */
export type AccentTones = { readonly text: string; readonly fill: string; readonly onFill: string; readonly soft: string }

/** Least ratio of ordinary text to its ground. */
export const readable = 4.5

/** The grounds that a page has, from style/base.css: words in the accent must read on all of them. */
const grounds: Readonly<Record<Scheme, readonly [page: string, ...others: string[]]>> = {
  light: ['#ffffff', '#f3f4f7'],
  dark: ['#0d0e11', '#121419', '#1c1f26'],
}
const white = '#ffffff'
const ink = '#15171c'
const softShare = { light: 0.09, dark: 0.16 }

/** The tones of `accent` (`#rrggbb`). The colour itself is kept wherever it reads; else it is moved in lightness, its hue kept. */
export function accentTones(accent: string, scheme: Scheme): AccentTones {
  const [page] = grounds[scheme]
  const soft = mixed(accent, page, softShare[scheme])
  const text = moved(accent, {
    towards: scheme === 'light' ? 0 : 1,
    until: (tone) => [...grounds[scheme], soft].every((ground) => reads(tone, ground)),
  })
  if (reads(white, accent)) return { text, soft, fill: accent, onFill: white }
  if (reads(ink, accent)) return { text, soft, fill: accent, onFill: ink }
  return { text, soft, fill: moved(accent, { towards: 0, until: (tone) => reads(white, tone) }), onFill: white }
}

/** Contrast of two colours as WCAG 2 counts it, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (lighter + 0.05) / (darker + 0.05)
}

const reads = (a: string, b: string): boolean => contrast(a, b) >= readable

type Triple = readonly [number, number, number]

const channelsOf = (hex: string): Triple => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Triple
const hexOf = (channels: Triple): string =>
  `#${channels
    .map((channel) =>
      Math.round(Math.min(1, Math.max(0, channel)) * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
const toLinear = (channel: number): number => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)
const fromLinear = (light: number): number => (light <= 0.0031308 ? light * 12.92 : 1.055 * Math.max(0, light) ** (1 / 2.4) - 0.055)

function luminance(hex: string): number {
  const [red, green, blue] = channelsOf(hex)
  return 0.2126 * toLinear(red) + 0.7152 * toLinear(green) + 0.0722 * toLinear(blue)
}

function mixed(over: string, under: string, share: number): string {
  const ground = channelsOf(under)
  return hexOf(channelsOf(over).map((channel, at) => channel * share + (ground[at] ?? 0) * (1 - share)) as unknown as Triple)
}

/** In 256 steps from where it is towards black (0) or white (1), the first that will do; the end always does. */
function moved(hex: string, { towards, until }: { towards: 0 | 1; until: (tone: string) => boolean }): string {
  if (until(hex)) return hex
  const [lightness, a, b] = oklabOf(hex)
  const steps = 256
  for (let step = 1; step < steps; step += 1) {
    const share = step / steps
    // Less colour towards the ends, where there is less of it to be had.
    const tone = hexOfOklab([lightness + (towards - lightness) * share, a * (1 - share), b * (1 - share)])
    if (until(tone)) return tone
  }
  return towards === 0 ? '#000000' : white
}

// Oklab (Björn Ottosson, 2020): lightness as the eye sees it, so that moving it alone keeps the hue.
function oklabOf(hex: string): Triple {
  const [red, green, blue] = channelsOf(hex).map(toLinear) as unknown as Triple
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function hexOfOklab([lightness, a, b]: Triple): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return hexOf([
    fromLinear(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    fromLinear(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    fromLinear(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ])
}

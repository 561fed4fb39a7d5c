// Owns: what the address of a big screen says of its looks: `?background=transparent|<colour>&size=large`.

export type Looks = { readonly background: string | undefined; readonly text: string | undefined; readonly scale: number }

const hex = /^#?([0-9a-f]{6})$/i

/** Black or white, whichever reads better on a colour (WCAG relative luminance). */
function textOn(rgb: string): string {
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(rgb.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000000' : '#ffffff'
}

/** A colour is six hexadecimal digits; whatever else stands there counts as nothing. */
export function looksOf(search: string): Looks {
  const asked = new URLSearchParams(search)
  const background = asked.get('background') ?? ''
  const [, rgb] = hex.exec(background) ?? []
  const scale = asked.get('size') === 'large' ? 1.35 : 1
  if (background === 'transparent') return { background: 'transparent', text: '#ffffff', scale }
  return rgb === undefined ? { background: undefined, text: undefined, scale } : { background: `#${rgb}`, text: textOn(rgb), scale }
}

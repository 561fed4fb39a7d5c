// Owns: how lengths, sizes and rates are written.

/** Seconds as on a clock: `4:05`, `1:02:09`. */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (part: number): string => String(part).padStart(2, '0')
  const hours = Math.floor(whole / 3_600)
  const minutes = Math.floor(whole / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** Seconds in words: `42 s`, `12 min`, `1 h 5 min`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Bytes, in decimal units as disks count them. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1_000 ** at
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: at < 2 || value >= 100 ? 0 : 1 }).format(value)} ${units[at]}`
}

/** Bits a second: `850 kbit/s`, `4.5 Mbit/s`. */
export function rateText(bits: number): string {
  return bits < 1_000_000 ? `${Math.round(bits / 1_000)} kbit/s` : `${(bits / 1_000_000).toFixed(1)} Mbit/s`
}

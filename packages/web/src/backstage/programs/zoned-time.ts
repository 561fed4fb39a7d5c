// Owns: the clock on the wall of a time zone: what it shows at an instant, and which instant it is when it shows something.

/** What a clock in the zone shows, `YYYY-MM-DD HH:mm:ss`. */
export function wallTime(instant: string, timeZone: string): string {
  return new Date(Date.parse(instant) + offsetMs(Date.parse(instant), timeZone)).toISOString().slice(0, 19).replace('T', ' ')
}

/**
 * The instant (RFC 3339, UTC) at which a clock in the zone shows `wall` (`YYYY-MM-DD HH:mm[:ss]`). Where the clock shows it twice, the first
 * time; where it jumps over it, the time that it would have been without the jump.
 */
export function instantOf(wall: string, timeZone: string): string {
  const asUtc = Date.parse(`${wall.replace(' ', 'T')}Z`)
  const earlier = offsetMs(asUtc - day, timeZone)
  const later = offsetMs(asUtc + day, timeZone)
  const fits = [earlier, later].find((offset) => offsetMs(asUtc - offset, timeZone) === offset)
  return new Date(asUtc - (fits ?? earlier)).toISOString()
}

const day = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far the zone is ahead of UTC at an instant (Unix milliseconds). */
function offsetMs(at: number, timeZone: string): number {
  let format = formats.get(timeZone)
  if (format === undefined) {
    const parts = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
    format = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', ...parts })
    formats.set(timeZone, format)
  }
  const shown = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day: date = 1, hour = 0, minute = 0, second = 0 } = shown
  return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(at / 1_000) * 1_000
}

/** Every zone that this browser knows, the reader's own first. */
export function timeZones(): readonly string[] {
  const own = readerTimeZone()
  return [own, ...[...Intl.supportedValuesOf('timeZone'), 'UTC'].filter((zone) => zone !== own)]
}

/** The zone of the reader's own clock. */
export function readerTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

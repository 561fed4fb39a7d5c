// Owns: what a clock in a program's zone shows, for files that people read.

/** Turns Unix milliseconds into `2030-05-01 18:00:12`, which spreadsheets sort and subtract. */
export function clockOf(timeZone: string): (ms: number) => string {
  // Sweden writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return (ms) => format.format(ms)
}

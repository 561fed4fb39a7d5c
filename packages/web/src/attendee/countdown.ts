// Owns: what the waiting page says about the time until the start.

export type CountdownUnit = 'days' | 'hours' | 'minutes' | 'seconds'
/** `soon`: the time has come, or passed. Otherwise up to three units, from the largest that is not zero. */
export type Countdown =
  | { readonly soon: true }
  | { readonly soon: false; readonly parts: readonly { unit: CountdownUnit; count: number }[] }

const units: readonly { unit: CountdownUnit; ms: number }[] = [
  { unit: 'days', ms: 86_400_000 },
  { unit: 'hours', ms: 3_600_000 },
  { unit: 'minutes', ms: 60_000 },
  { unit: 'seconds', ms: 1_000 },
]

/** The countdown at `now`; both Unix milliseconds. A begun second counts, so it never shows zero. */
export function countdownTo(startsAt: number, now: number): Countdown {
  let leftMs = Math.ceil((startsAt - now) / 1_000) * 1_000
  if (leftMs <= 0) return { soon: true }
  const counts = units.map(({ unit, ms }) => {
    const count = Math.floor(leftMs / ms)
    leftMs -= count * ms
    return { unit, count }
  })
  const first = counts.findIndex(({ count }) => count > 0)
  // Minutes and seconds are always both there: a lone number jumping by one looks like a bomb.
  const from = Math.min(first, counts.length - 2)
  return { soon: false, parts: counts.slice(from, from + 3) }
}

/** Milliseconds from `now` until the countdown reads differently. */
export function msToNextSecond(startsAt: number, now: number): number {
  return (((startsAt - now) % 1_000) + 1_000) % 1_000 || 1_000
}

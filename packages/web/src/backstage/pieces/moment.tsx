// Owns: how a time is written: in the reader's zone, with the program's beside it where they differ, or how long ago it was.
import { Text, Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'

const minuteMs = 60_000
const units = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: minuteMs },
] as const

const readerZone = Intl.DateTimeFormat().resolvedOptions().timeZone

function written(at: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(undefined, options).format(at)
}

const short: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }
const full: Intl.DateTimeFormatOptions = { dateStyle: 'full', timeStyle: 'long' }

/** "Paris" of Europe/Paris, "New York" of America/New_York. */
export const cityOf = (timeZone: string): string => (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')

function relativeWords(at: number, now: number): string {
  const away = at - now
  const { unit, ms } = units.find((each) => Math.abs(away) >= each.ms) ?? { unit: 'minute' as const, ms: minuteMs }
  const count = Math.round(away / ms)
  return count === 0 ? 'just now' : new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(count, unit)
}

/** The time in the program's zone, where its clock shows another time than the reader's; else undefined. */
function inZone(at: Date, timeZone: string): string | undefined {
  const sameDay = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const
  const here = written(at, sameDay)
  const there = written(at, { ...sameDay, timeZone })
  if (here === there) return undefined
  const day = { day: 'numeric', month: 'short' } as const
  const isSameDay = written(at, day) === written(at, { ...day, timeZone })
  const clock = isSameDay ? written(at, { hour: '2-digit', minute: '2-digit', timeZone }) : there
  return `${clock} in ${cityOf(timeZone)}`
}

/** A minute that changes, for words that depend on it. */
function useNow(ticks: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!ticks) return
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [ticks])
  return now
}

/** @param props.timeZone  of the program; shown beside the reader's own where they differ */
export function Moment({
  at,
  timeZone,
  relative = false,
  dateOnly = false,
}: {
  at: string | number
  timeZone?: string
  relative?: boolean
  dateOnly?: boolean
}) {
  const now = useNow(relative)
  const date = new Date(at)
  const beside = timeZone === undefined || dateOnly ? undefined : inZone(date, timeZone)
  const words = relative
    ? relativeWords(date.getTime(), now)
    : written(date, dateOnly ? { day: 'numeric', month: 'short', year: 'numeric' } : short)
  return (
    <Tooltip label={`${written(date, full)} (${cityOf(readerZone)})`} events={{ hover: true, focus: false, touch: true }}>
      <time dateTime={date.toISOString()}>
        {words}
        {beside === undefined ? null : (
          <Text span c="dimmed" inherit>
            {' '}
            ({beside})
          </Text>
        )}
      </time>
    </Tooltip>
  )
}

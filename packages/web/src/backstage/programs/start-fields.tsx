// Owns: when a show starts: a day and a time on the clock of a zone, and which zone that is.
import { Select, SimpleGrid } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import '@mantine/dates/styles.css'
import { useMemo } from 'react'
import { Moment } from '../pieces/moment.tsx'
import { instantOf, readerTimeZone, timeZones, wallTime } from './zoned-time.ts'

type Start = { readonly startsAt: string; readonly timeZone: string }

type StartFieldsProps = Start & { disabled?: boolean; onChange: (start: Start) => void }

const zoneLabel = (zone: string): string => {
  const offset = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' })
    .formatToParts()
    .find(({ type }) => type === 'timeZoneName')?.value
  return `${zone.replaceAll('_', ' ')} (${offset === 'GMT' ? 'GMT+0' : offset})`
}

/** Another zone keeps the time on the clock: people think of 18:00 in Paris, not of an instant. */
export function StartFields({ startsAt, timeZone, disabled = false, onChange }: StartFieldsProps) {
  const wall = wallTime(startsAt, timeZone)
  const zones = useMemo(() => [...new Set([timeZone, ...timeZones()])].map((zone) => ({ value: zone, label: zoneLabel(zone) })), [timeZone])
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
      <DateTimePicker
        label="Start"
        description={
          timeZone === readerTimeZone() ? (
            'On your clock.'
          ) : (
            <>
              For you: <Moment at={startsAt} />
            </>
          )
        }
        value={wall}
        valueFormat="ddd, D MMM YYYY, HH:mm"
        firstDayOfWeek={1}
        weekendDays={[]}
        disabled={disabled}
        onChange={(value) => value !== null && onChange({ startsAt: instantOf(value, timeZone), timeZone })}
      />
      <Select
        label="Time zone"
        description="Where your audience is."
        data={zones}
        value={timeZone}
        searchable
        allowDeselect={false}
        nothingFoundMessage="No such zone"
        maxDropdownHeight={280}
        limit={60}
        disabled={disabled}
        onChange={(zone) => zone !== null && onChange({ startsAt: instantOf(wall, zone), timeZone: zone })}
      />
    </SimpleGrid>
  )
}

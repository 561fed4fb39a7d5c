// Owns: showing what a change changed: each field, what it was, what it is.
import { Text } from '@mantine/core'

type Fields = Readonly<Record<string, unknown>>
type Side = Fields | null

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
/** More fields than these are folded away. */
const shownFields = 4
/** What is beside it in the line already, or counts by itself. */
const saidElsewhere = new Set([
  'id',
  'organizationId',
  'createdAt',
  'createdBy',
  'lastDay',
  'viewers',
  'live',
  'openSessions',
  'attendeeUrl',
])

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || value === 0 || (Array.isArray(value) && value.length === 0)

function written(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(written).join(', ')
  if (value !== 0 && isNothing(value)) return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string' && timePattern.test(value)) {
    return new Date(value).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** "embedOrigins" reads "embed origins". */
const fieldWords = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)

/** The fields to show. Of a thing that came or went, those that hold something; of one that changed, all. */
function namesOf(before: Side, after: Side): string[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  if (before !== null && after !== null) return names
  const whole = before ?? after ?? {}
  return names.filter((name) => !saidElsewhere.has(name) && !isNothing(whole[name]))
}

function FieldList({ names, before, after }: { names: readonly string[]; before: Side; after: Side }) {
  return (
    <dl className="changes">
      {names.map((name) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {fieldWords(name)}
          </Text>
          <Text component="dd" size="sm">
            {before !== null && name in before ? <del>{written(before[name])}</del> : null}
            {before !== null && after !== null && name in before && name in after ? ' → ' : null}
            {after !== null && name in after ? <ins>{written(after[name])}</ins> : null}
          </Text>
        </div>
      ))}
    </dl>
  )
}

export function Changes({ before, after }: { before: Side; after: Side }) {
  const names = namesOf(before, after)
  const sides = { before, after }
  if (names.length <= shownFields) return <FieldList names={names} {...sides} />
  return (
    <div>
      <FieldList names={names.slice(0, shownFields - 1)} {...sides} />
      <details>
        <summary>{names.length - shownFields + 1} more</summary>
        <FieldList names={names.slice(shownFields - 1)} {...sides} />
      </details>
    </div>
  )
}

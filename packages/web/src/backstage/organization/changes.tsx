// Owns: showing what a change changed: each field, what it was, what it is.
import { Text } from '@mantine/core'

type Fields = Readonly<Record<string, unknown>>

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

function written(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(written).join(', ')
  if (typeof value === 'string' && timePattern.test(value)) {
    return new Date(value).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** "embedOrigins" reads "embed origins". */
const fieldWords = (name: string): string =>
  name.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)

export function Changes({ before, after }: { before: Fields | null; after: Fields | null }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  if (names.length === 0) return null
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

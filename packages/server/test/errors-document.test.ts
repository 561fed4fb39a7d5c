// Owns: that docs/errors.md says what the table says.
import { readFileSync } from 'node:fs'
import { type ErrorCode, errorRow, errors } from '@voila/protocol'
import { expect, test } from 'vitest'

const document = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
const rows = [...document.matchAll(/^\| `([a-z_0-9]+)` \| (\d{3}) \| (\d{4}|) \| ([a-z ]*) \| (.*) \|$/gm)]

test('docs/errors.md has one row for each code, in the table’s order', () => {
  expect(rows.map(([, code]) => code)).toEqual(Object.keys(errors))
})

test.each(Object.keys(errors) as ErrorCode[])('docs/errors.md says the truth about %s', (code) => {
  const { status, close, retry, says } = errorRow(code)
  const row = rows.find(([, name]) => name === code)
  expect(row?.slice(2)).toEqual([String(status), String(close ?? ''), retry.replace('-', ' '), says])
})

// Owns: that what the platform answers in any test is what its API's documentation says of that address.
import { type ErrorCode, ProblemAnswer } from '@voila/protocol'
import { expect } from 'vitest'
import { codesOf, operationOf } from '../src/http/openapi/document.ts'
import { type RouteRow, routeTable } from '../src/http/route-table.ts'

export type Answered = { method: string; path: string; status: number; contentType: string; body: unknown }

const rows = routeTable
  .filter(({ path }) => path.startsWith('/api/'))
  .map((row) => ({ row, names: row.path.split(':').length, pattern: new RegExp(`^${row.path.replace(/:\w+/g, '[^/]+')}$`) }))
  // Where two could be meant, the one with fewer names in it.
  .sort((a, b) => a.names - b.names)

const rowAt = (method: string, path: string): RouteRow | undefined =>
  rows.find(({ row, pattern }) => row.method === method && pattern.test(path.split('?', 1)[0] ?? ''))?.row

/** Said by the server itself, before or beside any route. */
const anywhere: readonly ErrorCode[] = ['invalid_request', 'too_large', 'method_not_allowed', 'internal', 'unavailable']

/** Fails the test where an answer of a described address is not as described. A field too many counts too. */
export function expectAsDescribed({ method, path, status, contentType, body }: Answered): void {
  const row = rowAt(method, path)
  const operation = row === undefined ? undefined : operationOf(row)
  if (row === undefined || operation === undefined) return
  const where = `${method} ${row.path} answered ${status} ${contentType}`
  if (status >= 400) {
    const { code } = ProblemAnswer.parse(body)
    expect([...codesOf(row), ...anywhere], where).toContain(code)
    return
  }
  const { answer } = operation
  const success = operation.status ?? (answer === undefined ? 204 : 200)
  const partial = status === 206 && answer !== undefined && 'mediaTypes' in answer
  expect(partial ? success : status, where).toBe(success)
  if (answer === undefined) return
  if ('mediaTypes' in answer) {
    expect(answer.mediaTypes, where).toContain(contentType.split(';', 1)[0])
    return
  }
  expect(answer.parse(body), where).toEqual(body)
}

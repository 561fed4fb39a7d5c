import { describe, expect, test } from 'vitest'
import { type ErrorRow, errors, programStates, Refusal } from '../src/index.ts'

const rows: [string, ErrorRow][] = Object.entries(errors)

describe('the error table', () => {
  test.each(rows)('%s: says what happened in plain words, without an exclamation mark', (_code, row) => {
    expect(row.says).toMatch(/^[A-Z].*[.]$/)
    expect(row.says).not.toMatch(/!|token|jwt|kid\b.*\{/i)
  })

  test.each(rows)('%s: its status and its retry agree', (_code, row) => {
    expect(row.status).toBeGreaterThanOrEqual(400)
    if (row.retry === 'new-token') expect([400, 401, 403]).toContain(row.status)
    if (row.retry === 'reconnect') expect(row.close).toBeDefined()
  })

  test.each(
    rows.filter(([, row]) => row.close !== undefined),
  )('%s: the range of its close code says whether to come back', (_code, row) => {
    const retries = [1012, 4408, 4413, 4429]
    const newToken = [4401, 4419]
    const terminal = [1009, 4400, 4403, 4409, 4410]
    const expected = { reconnect: retries, later: retries, 'new-token': newToken, never: terminal }[row.retry]
    expect(expected).toContain(row.close)
  })

  test('a refusal carries its code as its message and nothing of its detail', () => {
    expect(new Refusal('internal', { detail: 'select * from …' }).message).toBe('internal')
  })
})

describe('the states of a program', () => {
  test('only the moves of the design are possible', () => {
    const moves = Object.entries(programStates).flatMap(([from, row]) => row.next.map((to) => `${from} -> ${to}`))
    expect(moves).toEqual([
      'draft -> scheduled',
      'draft -> archived',
      'scheduled -> draft',
      'scheduled -> rehearsal',
      'scheduled -> live',
      'scheduled -> archived',
      'rehearsal -> scheduled',
      'live -> ended',
      'ended -> live',
      'ended -> archived',
    ])
  })

  test('everybody sees the picture in live alone', () => {
    expect(
      Object.entries(programStates)
        .filter(([, row]) => row.picture === 'all')
        .map(([state]) => state),
    ).toEqual(['live'])
  })
})

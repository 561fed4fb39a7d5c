// Owns: the proof that Backstage has words for whatever the server can tell it.
import { readFileSync } from 'node:fs'
import { errors, memberRoles } from '@voila/protocol'
import { tokenErrors } from '@voila/tokens/inspect'
import { describe, expect, test } from 'vitest'
import { deviceWords } from '../src/backstage/account/device-words.ts'
import { wordsFor } from '../src/backstage/form-words.ts'
import { refusalWords } from '../src/backstage/keys/refusal-words.ts'
import { actionNames, actionWords } from '../src/backstage/organization/action-words.ts'
import { rolesToGive } from '../src/backstage/role-words.ts'

const routeTable = readFileSync(new URL('../../server/src/http/route-table.ts', import.meta.url), 'utf8')
const actions = [...new Set([...routeTable.matchAll(/audit: '([^']+)'/g)].map(([, action]) => action ?? ''))]

describe('the audit log', () => {
  test('has words for every action of the route table, and for no other', () => {
    expect(actions.length).toBeGreaterThan(20)
    expect([...actionNames].sort()).toEqual([...actions].sort())
  })
  test('tells an action without words by its name', () => {
    expect(actionWords('moon.landed')).toBe('moon.landed')
  })
})

describe('a refusal', () => {
  test('of a token is told in the words for whoever signs, with the claim at fault', () => {
    expect(refusalWords('expired')).toBe(tokenErrors.expired)
    expect(refusalWords('claim_type', 'exp')).toBe('A claim has the wrong JSON type: exp.')
  })
  test('of another kind in the words of the table', () => {
    expect(refusalWords('program_not_open')).toBe(errors.program_not_open.says)
    expect(refusalWords('of tomorrow')).toBe('This was refused.')
  })
})

test('owners are made by owners alone', () => {
  expect(rolesToGive('owner')).toEqual(memberRoles)
  for (const role of memberRoles.filter((each) => each !== 'owner')) expect(rolesToGive(role)).not.toContain('owner')
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36', 'Chrome on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0',
    'Edge on Windows',
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Mac'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1',
    'Safari on iPhone',
  ],
  ['curl/8.5.0', 'Another program'],
  ['', 'Another program'],
])('a browser that calls itself %s is told as %s', (agent, words) => {
  expect(deviceWords(agent)).toBe(words)
})

test.each([
  [{ code: 'too_small', origin: 'string', minimum: 1 }, 'Fill this in.'],
  [{ code: 'too_small', origin: 'string', minimum: 12 }, 'Use at least 12 characters.'],
  [{ code: 'too_big', origin: 'string', maximum: 100 }, 'Use at most 100 characters.'],
  [{ code: 'too_small', origin: 'array', minimum: 1 }, 'Choose at least one.'],
  [{ code: 'invalid_format', format: 'email' }, 'This is not an e-mail address.'],
  [{ code: 'invalid_format', format: 'url' }, 'Write the whole address, https:// included.'],
  [{ code: 'custom' }, undefined],
])('a form says of %j: %s', (issue, words) => {
  expect(wordsFor(issue as never)).toBe(words)
})

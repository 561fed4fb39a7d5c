// Owns: that what is exported is documented, and that the README's snippets run and its tables are whole.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as tokens from '../src/index.ts'
import { organizationId, program } from './handmade.ts'

const sources = new URL('../src/', import.meta.url)
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

describe('every source file', () => {
  test.each(files)('%s says what it owns, and each of its exports what it does', (file) => {
    const lines = readFileSync(new URL(file, sources), 'utf8').split('\n')
    expect(lines[0]).toMatch(/^\/\/ Owns: /)
    const bare = lines.filter(
      (line, at) => /^export (async )?(function|const|class|interface|type) \w/.test(line) && lines[at - 1]?.trim().endsWith('*/') !== true,
    )
    expect(bare).toEqual([])
  })
})

describe('the README', () => {
  const snippets = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code ?? '')
  /** Runs a snippet with the package in place of its import, and returns what it declares under a name. */
  function run(code: string, given: Record<string, unknown>, result: string): unknown {
    const body = code.replace(/^import .*$/gm, '')
    return new Function(...Object.keys({ ...tokens, ...given }), `${body}\nreturn ${result}`)(...Object.values({ ...tokens, ...given }))
  }

  test('what it signs, what it verifies', () => {
    const pair = tokens.generateKeyPair()
    const kid = 'pk_0123456789abcdefghijkl'
    const process = { env: { VOILA_PRIVATE_KEY: pair.privateKey, VOILA_KID: kid, VOILA_ORGANIZATION_ID: organizationId } }
    const user = { id: 'u-1', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' }
    const [sign = '', verify = ''] = snippets
    const token = run(sign, { process, user, programId: program.id }, 'token')
    const verified = run(verify, { token, publicPem: pair.publicKey, kid, organizationId, programId: program.id }, 'attendee')
    expect(verified).toMatchObject({ subject: 'u-1', givenName: 'Ada', sharePersonalData: true, warnings: [] })
    expect(run(verify, { token: `${token}x`, publicPem: pair.publicKey, kid, organizationId, programId: program.id }, 'refused')).toBe(
      'encoding',
    )
  })
  test('its tables hold every code, in the words of the code, and no other', () => {
    const rows = [...readme.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, code, says]) => [code, says])
    expect(rows).toEqual([...Object.entries(tokens.tokenErrors), ...Object.entries(tokens.keyErrors)])
  })
})

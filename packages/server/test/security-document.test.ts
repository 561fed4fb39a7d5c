// Owns: that docs/security.md is true: the tests that it names are there, and headers are sent as it writes them.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeProgram, makeSigner, type Running, start } from './running.ts'

const root = new URL('../../../', import.meta.url)
const document = readFileSync(new URL('docs/security.md', root), 'utf8')
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Each row of a table of attacks: what is tried, and the tests that try it. */
const attacks = [
  ...document.slice(document.indexOf('## What is tried'), document.indexOf('## Headers')).matchAll(/^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$/gm),
]
  .map(([, attack = '', tried = '']) => ({ attack, tried }))
  .filter(({ attack }) => attack !== 'attack')

const named = attacks.flatMap(({ tried }) =>
  [...tried.matchAll(/`([^`]+)`((?: “[^”]+”)*)/g)].flatMap(([, file = '', names = '']) =>
    [...names.matchAll(/“([^”]+)”/g)].map(([, name = '']) => ({ file, name })),
  ),
)

describe('what docs/security.md says is tried', () => {
  test.each(attacks)('$attack', ({ tried }) => {
    // A file, then the names in it, and nothing else: whatever is written otherwise would not be looked for.
    expect(tried).toMatch(/^`(packages\/\w+\/)?test\/[^`]+\.test\.ts`( “[^”]+”)+( `[^`]+\.test\.ts`( “[^”]+”)+)*$/)
  })

  test.each(named)('$file: $name', ({ file, name }) => {
    const path = fileURLToPath(new URL(file, root))
    expect(existsSync(path)).toBe(true)
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`\\(\\s*(['"\`])${escaped(name)}\\1`))
  })
})

describe('the headers that docs/security.md writes', () => {
  let running: Running
  let programId = ''
  beforeAll(async () => {
    running = await start()
    const signer = await makeSigner(running)
    programId = await makeProgram(running, signer)
    await running.admin('PATCH', `/api/programs/${programId}`, { embedOrigins: ['https://intranet.aldermoor.example'] })
  })
  afterAll(() => running.close())

  const everywhere = [...document.matchAll(/^\| `([a-z-]+)` \| (`?)([^|]+?)\2 \| [^|]+ \|$/gm)].map(([, name = '', , value = '']) => ({
    name,
    value,
  }))
  const addresses = ['/api/nothing', '/api/organizations', '/healthz', '/assets/app-1a2b.js', '/media/nothing/nothing/index.m3u8']
  const pages = { attendee: () => `/${programId}`, backstage: () => '/backstage', embed: () => `/embed/${programId}` }

  test('are six, and there is a value for each', () => {
    expect(everywhere.map(({ name }) => name)).toEqual([
      'x-content-type-options',
      'referrer-policy',
      'permissions-policy',
      'cross-origin-resource-policy',
      'content-security-policy',
      'x-trace-id',
    ])
  })

  test.each(addresses)('are those of %s', async (path) => {
    const { headers } = await running.call(path)
    for (const { name, value } of everywhere) {
      if (name === 'x-trace-id') expect(headers.get(name)).toMatch(/^[0-9a-f]{16}$/)
      else expect(headers.get(name)).toBe(value)
    }
  })

  test.each(Object.entries(pages))('are those of the page %s, but for its policy', async (_page, path) => {
    const { headers } = await running.call(path())
    for (const { name, value } of everywhere) {
      if (name !== 'x-trace-id' && name !== 'content-security-policy') expect(headers.get(name)).toBe(value)
    }
  })

  /** A page's policy as the document writes it: for a host, without the colour of its line breaks. */
  async function policyOf(path: string): Promise<string[]> {
    const { headers } = await running.call(path)
    return (headers.get('content-security-policy') ?? '').replaceAll(new URL(running.platform.url).host, 'live.example.com').split('; ')
  }
  const written = (/^```csp attendee\n([\s\S]+?)\n```$/m.exec(document)?.[1] ?? '').split(';\n')
  const differs = (own: string[]): string[] => own.filter((directive) => !written.includes(directive))

  test('the policy of the attendee page is the one that is written', async () => {
    expect(await policyOf(pages.attendee())).toEqual(written)
  })

  test('Backstage’s differs in what is said', async () => {
    const difference = differs(await policyOf(pages.backstage()))
    expect(difference).toHaveLength(1)
    expect(document).toContain(`Backstage differs in \`${difference[0]}\``)
  })

  test('the player’s differs in who may frame it: the origins of its program', async () => {
    expect(differs(await policyOf(pages.embed()))).toEqual(['frame-ancestors https://intranet.aldermoor.example'])
  })

  test.each([pages.attendee, pages.backstage])('a page that nobody may frame says so to old browsers too', async (path) => {
    const { headers } = await running.call(path())
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  })
})

// Owns: what `npm run check` makes of the registry's word on dependencies: grave ones stop it, and no word is said to be none.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../scripts/audit.mjs', import.meta.url))
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A registry that knows these advisories, or none at all. */
async function registry(advisories: Record<string, object[]> | undefined): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    const asked = request.method === 'POST' && request.url?.endsWith('/advisories/bulk') === true
    if (!asked || advisories === undefined) response.writeHead(asked ? 405 : 404).end('{}')
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(advisories))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function audited(url: string, env: Record<string, string> = {}): Promise<{ code: number | null; said: string }> {
  // npm remembers what it was told of a library.
  const cache = mkdtempSync(join(tmpdir(), 'voila-audit-'))
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, VOILA_AUDIT_REQUIRE: '', npm_config_registry: url, npm_config_cache: cache, ...env },
  })
  let said = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  rmSync(cache, { recursive: true, force: true })
  return { code, said }
}

const advisory = (severity: string): object => ({
  id: 1,
  url: 'https://github.com/advisories/GHSA-test',
  title: 'Answers whatever it is asked',
  severity,
  vulnerable_versions: '<99',
})

test('a registry that knows of nothing lets it pass', async () => {
  expect(await audited(await registry({}))).toMatchObject({ code: 0, said: expect.stringContaining('No vulnerability') })
})

test('a grave one in what runs in production stops it, and is named', async () => {
  const { code, said } = await audited(await registry({ ws: [advisory('high')] }))
  expect(code).toBe(1)
  expect(said).toMatch(/^ws .*Answers whatever it is asked https:\/\/github\.com\/advisories\/GHSA-test$/m)
})

test('a lesser one, and one in what only tests use, do not', async () => {
  expect(await audited(await registry({ ws: [advisory('low')], 'size-limit': [advisory('critical')] }))).toMatchObject({ code: 0 })
})

test.each([
  ['knows of no vulnerabilities', () => registry(undefined)],
  ['is not there', async () => 'http://127.0.0.1:9/'],
])('a registry that %s stops nothing, says so, and stops it where that is asked for', async (_what, url) => {
  expect(await audited(await url())).toMatchObject({ code: 0, said: expect.stringContaining('NOT AUDITED') })
  expect(await audited(await url(), { VOILA_AUDIT_REQUIRE: 'all' })).toMatchObject({ code: 1 })
})

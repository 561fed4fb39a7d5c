// Owns: published keys as a team keeps them in Backstage: an address added, its keys told apart, one taken back, and what that does to who is in.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AdmissionAnswer, Problem, Program } from '@voila/protocol'
import jwt from 'jsonwebtoken'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KeyServer, newKey, type Published, startKeyServer } from '../../packages/server/test/jwks/key-server.ts'
import { needs } from '../require.ts'
import { openBrowser, type Visitor, visitor } from './browser.ts'
import { look, overflows } from './look.ts'
import { type PlatformProcess, startPlatform } from './platform-process.ts'

const adminSecret = `va_${'j'.repeat(40)}`
const patience = { timeout: 15_000 }

describe.skipIf(needs.chromium())('published keys', { timeout: 60_000 }, () => {
  let folder: string
  let server: KeyServer
  let browser: Browser
  let platform: PlatformProcess
  let maren: Visitor
  let organizationId: string
  let programId: string
  const [first, second] = [newKey('intranet-2026-11'), newKey('intranet-2026-12')]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'voila-jwks-'))
    server = await startKeyServer(folder)
    platform = await startPlatform({ VOILA_ADMIN_SECRET: adminSecret, FETCH_PRIVATE_HOSTS: server.host, FETCH_CA_FILE: server.caFile })
    browser = await openBrowser()
    maren = await visitor(browser)
  })
  afterAll(async () => {
    await browser?.close()
    await platform?.stop()
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function api<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${platform.baseUrl}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${adminSecret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return (await response.json()) as Answer
  }

  /** As the customer's server signs, with the library that the guide names. */
  function tokenBy({ kid, privateKey }: Published): string {
    const now = Math.floor(Date.now() / 1_000)
    return jwt.sign(
      {
        organization_id: organizationId,
        token_use: 'selfcontained-access',
        sub: 'lena.brandt',
        given_name: 'Lena',
        family_name: 'Brandt',
        roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
        nbf: now,
        iat: now,
        exp: now + 600,
        jti: `lena-${kid}`,
      },
      privateKey.export({ type: 'pkcs8', format: 'pem' }),
      { algorithm: 'ES256', keyid: kid },
    )
  }
  async function enter(key: Published): Promise<string> {
    const token = tokenBy(key)
    const answer = await api<AdmissionAnswer & Problem>('POST', `programs/${programId}/sessions`, { token })
    return answer.code ?? answer.session.token
  }

  test('are found at an address, each that can’t be used with its reason', async () => {
    const { page } = maren
    await page.goto(platform.setupUrl)
    await page.getByRole('textbox', { name: 'Organization' }).fill('Aldermoor Instruments')
    await page.getByRole('textbox', { name: 'Your name' }).fill('Maren Holt')
    await page.getByRole('textbox', { name: 'E-mail' }).fill('maren.holt@aldermoor.example')
    await page.getByRole('textbox', { name: 'Password' }).fill('a long enough password')
    await page.getByRole('button', { name: /Create owner/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Programs' }).waitFor()
    organizationId = /\/o\/([0-9a-f-]{36})\/programs$/.exec(page.url())?.[1] ?? ''
    const starts = { title: 'The year ahead', startsAt: '2030-05-01T18:00:00+02:00' }
    programId = (await api<Program>('POST', `organizations/${organizationId}/programs`, starts)).id
    for (const to of ['scheduled', 'live']) await api('POST', `programs/${programId}/state`, { to })

    server.publishes([
      first.jwk,
      second.jwk,
      { ...newKey('for-encryption').jwk, use: 'enc' },
      { kty: 'RSA', kid: 'older-rsa-key', n: 'AQAB', e: 'AQAB' },
    ])
    await page.getByRole('link', { name: 'Partner keys' }).click()
    await page.getByRole('button', { name: 'Add an address' }).click()
    const field = page.getByRole('textbox', { name: 'Address of the JWK set' })
    await field.fill('http://intranet.example.com/jwks.json')
    await page.getByRole('button', { name: 'Add and read it' }).click()
    await page.getByText('Write the whole address, https:// included.').waitFor()
    await field.fill(server.url)
    await page.getByRole('button', { name: 'Add and read it' }).click()
    const keys = page.getByRole('table', { name: `Keys at ${server.url}` })
    await keys.getByText('intranet-2026-11').waitFor()
    await keys.getByText('Its use is not sig, or its key_ops lack verify.').waitFor()
    await keys.getByText('It is not an EC key on P-256.').waitFor()
    expect(await look(page, 'published-keys')).toEqual([])
    expect(await overflows(page)).toBe(false)
    expect(await enter(first)).toMatch(/^vs_/)
    expect(await enter(second)).toMatch(/^vs_/)
  })

  test('are known to the token inspector, which says of a stranger’s that it is not one of them', async () => {
    const { page } = maren
    await page.getByRole('link', { name: 'Token inspector' }).click()
    await page.getByRole('textbox', { name: 'Token', exact: true }).fill(tokenBy(second))
    await page.getByText('Accepted', { exact: true }).waitFor(patience)
    await page.getByRole('textbox', { name: 'Token', exact: true }).fill(tokenBy(newKey()))
    await page.getByText('Refused: kid_unknown').waitFor(patience)
    await page.getByRole('link', { name: 'Partner keys' }).click()
  })

  test('one that is taken back ends what it opened, and opens nothing more, though it stays published', async () => {
    const bearer = await enter(first)
    const { page } = maren
    await page.reload()
    const row = page.getByRole('row').filter({ hasText: 'intranet-2026-11' })
    await row.getByRole('button', { name: 'Revoke…' }).click()
    await page.getByText(/2 sessions that came of it end/).waitFor()
    await page.getByRole('button', { name: 'Revoke key' }).click()
    await row.getByText('Revoked', { exact: true }).waitFor()
    const session = await fetch(`${platform.baseUrl}/api/programs/${programId}/session`, { headers: { authorization: `Bearer ${bearer}` } })
    expect(session.status).toBe(403)
    expect(await enter(first)).toBe('key_revoked')
    expect(await enter(second)).toMatch(/^vs_/)
  })

  test('an address that fails is shown with its reason, and its keys go on', async () => {
    server.answers((_request, response) => response.writeHead(302, { location: 'https://elsewhere.example/' }).end())
    const { page } = maren
    // A look is repeated every five seconds at most.
    await page.waitForTimeout(5_500)
    await page.getByRole('button', { name: `More about ${server.url}` }).click()
    await page.getByRole('menuitem', { name: 'Read now' }).click()
    await page.getByText(/The server sent us to another address/).waitFor(patience)
    expect(await enter(second)).toMatch(/^vs_/)
  })

  test('and is removed with what it opened', async () => {
    const { page } = maren
    await page.getByRole('button', { name: `More about ${server.url}` }).click()
    await page.getByRole('menuitem', { name: /Remove address/ }).click()
    await page.getByRole('textbox', { name: /Type/ }).fill(server.host)
    await page.getByRole('button', { name: 'Remove address' }).click()
    await page.getByText('None. Keys that you declare above need no address.').waitFor()
    expect(await enter(second)).toBe('kid_unknown')
  })
})

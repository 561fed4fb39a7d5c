// Owns: that each server of examples/ does what its README says, as it says it: signs a person in, redirects him, and shows him the player.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { AdmissionAnswer } from '@voila/protocol'
import type { Browser, Frame, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { chromiumPath, needs } from '../require.ts'
import { openBrowser, visitor } from './browser.ts'
import { type Demo, freePort, startDemo } from './demo-process.ts'

const always = (): boolean => false
const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
/** Each that is a server, and what it needs here. The other two are no servers, and are looked at by themselves. */
const servers = {
  'node-jsonwebtoken': always,
  'node-express': always,
  'node-fastify': always,
  python: needs.pyjwt,
  php: needs.php,
  ruby: needs.ruby,
}
const others = ['next', 'shell']
/** Tried with the snippets, and with the player. */
const elsewhere = ['sign', 'react']

let demo: Demo
let folder: string
let browser: Browser | undefined
beforeAll(async () => {
  browser = chromiumPath === undefined ? undefined : await openBrowser()
  demo = await startDemo({ args: ['--no-source'] })
  folder = mkdtempSync(join(tmpdir(), 'voila-examples-'))
  symlinkSync(examples, join(folder, 'examples'))
  copyFileSync(demo.facts.privateKeyFile, join(folder, 'private.pem'))
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'))
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const readme = (name: string): string => readFileSync(join(examples, name, 'README.md'), 'utf8')
/** The three commands of a README: copy, install, run. */
function commandsOf(name: string): string[] {
  const [, block = ''] = /^```sh\n([\s\S]+?)\n```$/m.exec(readme(name)) ?? []
  return block.split('\n').map((line) => line.replaceAll('aldermoor ', `${name} `).replace(/aldermoor(?=[)/]|$)/g, name))
}
const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  // Debian's own Python and Ruby know Debian's libraries.
  PATH: `/usr/bin:${process.env.PATH}`,
  VOILA_URL: demo.facts.baseUrl,
  VOILA_ORGANIZATION_ID: demo.facts.organizationId,
  VOILA_KID: demo.facts.kid,
  VOILA_PROGRAM_ID: demo.facts.programId,
  ...more,
})
const fillIn = (name: string): void => void execFileSync('sh', ['-ec', commandsOf(name)[0] ?? ''], { cwd: folder, env: environment() })

/** Who a token lets in. */
async function admitted(token: string): Promise<unknown> {
  const answer = await fetch(`${demo.facts.baseUrl}/api/programs/${demo.facts.programId}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  return ((await answer.json()) as AdmissionAnswer).attendee
}
const ada = expect.objectContaining({ givenName: 'Ada', familyName: 'Lovelace' })

/** Follows a link of an example, as far as the address without the token. */
async function follow(location: string | null): Promise<string | null> {
  expect(location).toMatch(new RegExp(`^${demo.facts.baseUrl}/${demo.facts.programId}\\?token=`))
  const answer = await fetch(location ?? '', { redirect: 'manual' })
  expect(answer.headers.getSetCookie()).not.toEqual([])
  return answer.headers.get('location')
}

test('every folder of examples/ is tried, and is three commands', () => {
  const folders = readdirSync(examples, { withFileTypes: true }).filter((each) => each.isDirectory() && !elsewhere.includes(each.name))
  expect(folders.map(({ name }) => name).sort()).toEqual([...Object.keys(servers), ...others].sort())
  for (const { name } of folders) expect(commandsOf(name)).toHaveLength(3)
})

describe.skipIf(needs.chromium()).each(Object.entries(servers))('the intranet in %s', (name, missing) => {
  let site = ''
  let server: ChildProcess | undefined
  const skipped = missing()

  beforeAll(async () => {
    if (skipped) return
    fillIn(name)
    const port = String(await freePort())
    // The platform's own page says localhost too: a site is of another origin by its port.
    site = `http://localhost:${port}`
    const command = (commandsOf(name)[2] ?? '')
      .replace(/^\((.*)\)$/, '$1')
      .replace('3000', port)
      .replace('&& ', '&& exec ')
    server = spawn('sh', ['-ec', command], { cwd: folder, env: environment({ PORT: port }), stdio: 'ignore' })
    const allowed = await fetch(`${demo.facts.baseUrl}/api/programs/${demo.facts.programId}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${demo.facts.adminSecret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ embedOrigins: [site] }),
    })
    expect(allowed.status).toBe(200)
    await vi.waitFor(async () => expect((await fetch(`${site}/nothing`)).status).toBe(404), { timeout: 30_000, interval: 100 })
  })
  afterAll(() => void server?.kill('SIGTERM'))

  const signIn = (password: string): Promise<Response> =>
    fetch(`${site}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ email: 'ada@aldermoor.example', password }),
    })
  const ask = (path: string, cookie = '', method = 'GET'): Promise<Response> =>
    fetch(`${site}${path}`, { method, redirect: 'manual', headers: { cookie } })
  const chatOf = (where: Page | Frame): Locator => where.getByRole('log')
  const leadsTo = (answer: Response): string => new URL(answer.headers.get('location') ?? '', site).href

  test.skipIf(skipped)('gives a stranger no token, and no page that would ask for one', async () => {
    for (const path of ['/all-hands', '/watch']) {
      const answer = await ask(path)
      expect([answer.status, leadsTo(answer)]).toEqual([302, `${site}/`])
    }
    expect((await ask('/voila-token', '', 'POST')).status).toBe(401)
    expect((await ask('/voila-token', 'aldermoor=made-up-0123456789abcdef', 'POST')).status).toBe(401)
    const refused = await signIn('difference-engine')
    expect(refused.status).toBe(401)
    const [cookie = ''] = refused.headers.getSetCookie()
    expect((await ask('/voila-token', cookie.split(';')[0], 'POST')).status).toBe(401)
  })

  test.skipIf(skipped)('redirects who has signed in, and hands out his token to his page alone', async () => {
    const signedIn = await signIn('analytical-engine')
    expect([signedIn.status, leadsTo(signedIn)]).toEqual([303, `${site}/`])
    const set = signedIn.headers.getSetCookie().at(-1) ?? ''
    expect(set).toMatch(/httponly/i)
    expect(set).toMatch(/samesite=lax/i)
    const [cookie = ''] = set.split(';')
    const led = await ask('/all-hands', cookie)
    expect(led.status).toBe(302)
    expect(led.headers.get('cache-control')).toContain('no-store')
    expect(led.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await follow(led.headers.get('location'))).toBe(`/${demo.facts.programId}`)
    const told = await ask('/voila-token', cookie, 'POST')
    expect(told.headers.get('cache-control')).toContain('no-store')
    expect(await admitted(await told.text())).toEqual(ada)
  })

  test.skipIf(skipped)('takes Ada from its form to the platform and into its own page, where she is the one who chatted', async () => {
    const { page, context, problems, requests } = await visitor(browser as Browser)
    const failed: string[] = []
    page.on('response', (response) => {
      const { origin, pathname } = new URL(response.url())
      if (response.status() >= 400 && (origin === site || !pathname.startsWith('/media/')) && pathname !== '/favicon.ico')
        failed.push(pathname)
    })
    await page.goto(site)
    await page.getByLabel('Address').fill('ada@aldermoor.example')
    await page.getByLabel('Password').fill('analytical-engine')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: /platform/ }).click()
    const box = page.getByRole('textbox', { name: /message/i })
    await box.fill(`Hello from ${name}`)
    // The servers before this one were Ada's too, and five messages in ten seconds are all that anybody may write.
    await page.locator('button.send:enabled').waitFor()
    await box.press('Enter')
    await chatOf(page)
      .filter({ hasText: `Hello from ${name}` })
      .waitFor()
    expect(await chatOf(page).innerText()).toContain('Ada Lovelace')
    expect(page.url()).toBe(`${demo.facts.baseUrl}/${demo.facts.programId}`)
    const before = requests.length
    await page.goto(`${site}/watch`)
    await expect.poll(() => page.frames().length, { timeout: 20_000 }).toBe(2)
    // Nobody else has written here: what she finds is marked as her own, so she is the same person in both.
    const log = chatOf(page.frames()[1] ?? page)
    await log.getByText(`Hello from ${name}`, { exact: true }).waitFor()
    expect(await log.innerText()).toMatch(/Ada Lovelace\s+You/)
    expect(requests.slice(before).filter((url) => url.includes('eyJ'))).toEqual([])
    // Without a feed there is no picture, which the player asks for.
    expect({ failed, problems: problems.filter((problem) => !problem.includes('404')) }).toEqual({ failed: [], problems: [] })
    await context.close()
  })
})

test('what the Node examples ask npm for is what is tried here', () => {
  const require = createRequire(import.meta.url)
  for (const name of Object.keys(servers).filter((each) => each.startsWith('node-'))) {
    const { dependencies } = JSON.parse(readFileSync(join(examples, name, 'package.json'), 'utf8')) as { dependencies: object }
    for (const [library, range] of Object.entries(dependencies)) {
      const file = require.resolve
        .paths(library)
        ?.map((path) => join(path, library, 'package.json'))
        .find((path) => existsSync(path))
      const { version } = JSON.parse(readFileSync(file ?? library, 'utf8')) as { version: string }
      expect(version.split('.')[0], library).toBe(range.replace('^', '').split('.')[0])
    }
  }
})

describe('the route handlers for Next.js', () => {
  type Handler = (request: Request) => Response
  const asked = (cookie: string): Request => new Request('https://intranet.aldermoor.example/all-hands', { headers: { cookie } })
  let here = ''
  let GET: Handler
  let POST: Handler
  beforeAll(async () => {
    fillIn('next')
    here = process.cwd()
    // The key is read from where the app runs.
    process.chdir(join(folder, 'next'))
    const handlers = async (path: string): Promise<Record<string, Handler>> =>
      await import(/* @vite-ignore */ pathToFileURL(join(folder, 'next/app', path, 'route.js')).href)
    GET = (await handlers('all-hands')).GET as Handler
    POST = (await handlers('voila-token')).POST as Handler
  })
  afterAll(() => process.chdir(here))

  test('send somebody who has signed in to the show, and a stranger to the start', async () => {
    const led = GET(asked('aldermoor=4711'))
    expect(led.status).toBe(302)
    expect(led.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await follow(led.headers.get('location'))).toBe(`/${demo.facts.programId}`)
    expect(GET(asked('')).headers.get('location')).toBe('https://intranet.aldermoor.example/')
  })
  test('hand out the token for the player, and none to a stranger', async () => {
    expect(await admitted(await POST(asked('aldermoor=4711')).text())).toEqual(ada)
    expect(POST(asked('')).status).toBe(401)
  })
})

describe.skipIf(needs.openssl())('the link of the shell', () => {
  test('lets in who was named', async () => {
    fillIn('shell')
    const printed = execFileSync('sh', ['-ec', commandsOf('shell')[2] ?? ''], { cwd: folder, env: environment(), encoding: 'utf8' }).trim()
    expect(await admitted(new URL(printed).searchParams.get('token') ?? '')).toEqual(ada)
    expect(await follow(printed)).toBe(`/${demo.facts.programId}`)
  })
})

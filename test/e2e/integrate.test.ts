// Owns: that docs/integrate.md is true: its commands and files are taken out of the page and run, from the key pair to the name in the chat.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { demoClip, publishFlv } from '@voila/media'
import jsonwebtoken from 'jsonwebtoken'
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import snippets from '../../examples/sign/snippets.json' with { type: 'json' }
import { needs } from '../require.ts'
import { openBrowser, untilPlaying, visitor } from './browser.ts'
import { type Demo, freePort, startDemo } from './demo-process.ts'

const execute = promisify(execFile)
/** npx takes its time on a busy machine. */
const patience = { timeout: 300_000 }
const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs/integrate.md'), 'utf8')

type Block = { kind: string; name: string; text: string }
const blocks: Block[] = [...page.matchAll(/^```(\w*) ?(\S*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', name = '', text = '']) => ({
  kind,
  name,
  text,
}))
const taken = new Set<Block>()

/** The one file of this name, or the one command that holds this text. */
function block(wanted: string): Block {
  const named = blocks.filter(({ name }) => name === wanted)
  const found = named.length > 0 ? named : blocks.filter(({ kind, text }) => kind === 'sh' && text.includes(wanted))
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`${found.length} blocks hold ${wanted}`)
  taken.add(only)
  return only
}

const say = async (where: Page | Frame, text: string): Promise<void> => {
  const box = where.getByRole('textbox', { name: /message/i })
  await box.fill(text)
  await box.press('Enter')
}

describe.skipIf(needs.chromium() || needs.openssl() || needs.curl())('the guide for integrators, done as it says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'voila-integrate-'))
  const known: Record<string, string> = {}
  const started: ChildProcess[] = []
  let demo: Demo
  let browser: Browser
  let feed: { stop(): Promise<void> } | undefined
  let intranet = ''
  let redirectPort = 0

  /** What a reader of the page fills in: in commands the address of his own site, in files what stands in capitals. */
  const filled = (text: string): string => text.replaceAll('https://intranet.example.com', intranet)
  const filledFile = (text: string): string =>
    ['VOILA_URL', 'ORGANIZATION_ID', 'PROGRAM_ID', 'KID'].reduce(
      (all, placeholder) => all.replaceAll(placeholder, known[`VOILA_${placeholder.replace('VOILA_', '')}`] ?? ''),
      text,
    )
  const environment = () => ({ ...process.env, npm_config_offline: 'true', ...known })
  /** Not the synchronous form: the feed comes out of this process. */
  const run = async (wanted: string, cwd = folder): Promise<string> =>
    (await execute('sh', ['-ec', filled(block(wanted).text)], { cwd, env: environment() })).stdout
  const write = (name: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), filledFile(block(name).text))
  }
  const after = (label: string, text: string): string => {
    const [, value] = new RegExp(`^${label} +(\\S+)$`, 'm').exec(text) ?? []
    if (value === undefined) throw new Error(`no ${label} in ${text}`)
    return value
  }

  /** The code with which a token is refused; undefined where it lets in. */
  async function refusalOf(token: string | null | undefined): Promise<string | undefined> {
    const answer = await fetch(`${known.VOILA_URL}/api/programs/${known.VOILA_PROGRAM_ID}/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    return ((await answer.json()) as { code?: string }).code
  }

  /** As Backstage makes one. */
  async function makeApiKey(scopes: string[]): Promise<string> {
    const answer = await fetch(`${known.VOILA_URL}/api/organizations/${known.VOILA_ORGANIZATION_ID}/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${known.VOILA_ADMIN_SECRET}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Intranet', scopes }),
    })
    return ((await answer.json()) as { key: string }).key
  }

  /** Runs a server of the page until the end of the tests. */
  async function serve(wanted: string, port: number): Promise<void> {
    const child = spawn('sh', ['-ec', `exec ${block(wanted).text}`], {
      cwd: folder,
      env: { ...environment(), PORT: String(port) },
      stdio: 'inherit',
    })
    started.push(child)
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/nothing`).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 10_000 },
      )
      .toBe(404)
  }

  beforeAll(async () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    demo = await startDemo({ args: ['--no-source'] })
    browser = await openBrowser()
    known.VOILA_URL = demo.facts.baseUrl
    known.VOILA_ADMIN_SECRET = demo.facts.adminSecret
  })
  afterAll(async () => {
    for (const child of started) child.kill('SIGTERM')
    await feed?.stop()
    await browser?.close()
    await demo?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('five openssl commands make the pair', async () => {
    expect(await run('openssl ecparam')).toMatch(/BEGIN PUBLIC KEY[\s\S]+BEGIN PRIVATE KEY/)
  })

  test('the public half is declared, by command and by REST, and a program is made and opened', patience, async () => {
    known.VOILA_ORGANIZATION_ID = after('organization', await run('create-organization --name'))
    known.VOILA_API_KEY = await makeApiKey(['keys:write', 'programs:write'])
    const made = await run('declare-key')
    known.VOILA_KID = after('kid', made)
    known.VOILA_PROGRAM_ID = after('program', made)
    const other = join(folder, 'other')
    mkdirSync(other)
    await run('openssl ecparam', other)
    expect(JSON.parse(await run('/partner-keys"', other))).toMatchObject({
      kid: expect.stringMatching(/^pk_/),
      state: 'active',
      name: 'Intranet',
    })
    const opened = await run('--to scheduled')
    expect(opened).toMatch(/state +live/)
    feed = publishFlv({ url: `${after('server', opened)}/${after('stream key', opened)}`, source: fileURLToPath(demoClip), loop: true })
  })

  test('the sample signs, and inspecting says that all is well', patience, async () => {
    write('sign/node-jsonwebtoken.cjs')
    const said = await run('voila-tokens inspect')
    expect(said).toContain('"given_name": "Ada"')
    expect(said).not.toContain('✗')
  })

  test('a real 302 from another site leads into the picture and the chat, under the name in the token', patience, async () => {
    write('redirect.mjs')
    redirectPort = await freePort()
    await serve('node redirect.mjs', redirectPort)
    const ada = await visitor(browser)
    await ada.page.goto(`http://127.0.0.1:${redirectPort}/all-hands`)
    expect(ada.page.url()).toBe(`${known.VOILA_URL}/${known.VOILA_PROGRAM_ID}`)
    await untilPlaying(ada.page)
    await say(ada.page, 'Hello from the redirect')
    const log = ada.page.getByRole('log')
    await log.getByText('Hello from the redirect', { exact: true }).waitFor()
    expect(await log.innerText()).toContain('Ada Lovelace')
    expect(ada.problems).toEqual([])
    await ada.context.close()
  })

  test('the page with the embedded player plays and chats, under its own policy', patience, async () => {
    const port = await freePort()
    intranet = `http://127.0.0.1:${port}`
    expect(JSON.parse(await run('-X PATCH'))).toMatchObject({ embedOrigins: [intranet] })
    for (const name of ['watch.html', 'watch.js', 'embed.mjs']) write(name)
    await serve('node embed.mjs', port)
    const grace = await visitor(browser)
    const failed: string[] = []
    grace.page.on('response', (response) => void (response.status() >= 400 && failed.push(`${response.status()} ${response.url()}`)))
    await grace.page.goto(`${intranet}/watch`)
    await expect.poll(() => grace.page.frames().length, { timeout: 20_000 }).toBe(2)
    const frame = grace.page.frames()[1]
    if (frame === undefined) throw new Error('no frame')
    await untilPlaying(frame)
    await say(frame, 'Hello from the embed')
    const log = frame.getByRole('log')
    await log.getByText('Hello from the embed', { exact: true }).waitFor()
    expect(await log.innerText()).toContain('Grace Hopper')
    expect({ failed, problems: grace.problems }).toEqual({ failed: [], problems: [] })
    expect(grace.requests.filter((url) => url.includes('eyJ'))).toEqual([])
    await grace.context.close()
  })

  describe('a common mistake', () => {
    /** `ahead` seconds from now, when it is asked. */
    const at = (ahead: number): number => Math.floor(Date.now() / 1_000) + ahead
    const right = () => ({
      organization_id: known.VOILA_ORGANIZATION_ID,
      given_name: 'Ada',
      sub: '4711',
      roles: [{ eventId: known.VOILA_PROGRAM_ID }],
      iat: at(0),
      exp: at(300),
      jti: randomUUID(),
    })
    const key = () => readFileSync(join(folder, 'private.pem'))
    const sign = (claims: object, options: jsonwebtoken.SignOptions = {}, secret: Buffer | string = key()): string =>
      jsonwebtoken.sign({ ...right(), ...claims }, secret, { algorithm: 'ES256', keyid: known.VOILA_KID ?? '', ...options })
    /** The library refuses to sign a time that is no number; text it signs as it is. */
    const signText = (claims: object): string =>
      jsonwebtoken.sign(JSON.stringify(claims), key(), { algorithm: 'ES256', keyid: known.VOILA_KID ?? '' })
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

    const made: Record<string, () => string> = {
      claim_type: () => signText({ ...right(), exp: String(at(300)) }),
      lifetime_too_long: () => sign({ exp: Date.now() }),
      claim_missing: () => sign({ sub: undefined }),
      expired: () => sign({ iat: at(-600), exp: at(-300) }),
      not_yet_valid: () => sign({ nbf: at(200) }),
      issued_in_future: () => sign({ iat: at(200), exp: at(600) }),
      header_alg: () => sign({}, { algorithm: 'HS256' }, 'a secret that both sides know'),
      kid_missing: () => jsonwebtoken.sign(right(), key(), { algorithm: 'ES256' }),
      kid_unknown: () => sign({}, { keyid: 'pk_ofAnotherInstallation' }),
      signature: () => sign({}, {}, stranger),
      signature_length: () => `${sign({})}AAAA`,
      event_mismatch: () => sign({ roles: [{ eventId: 'aaaaaaaaaaaa' }] }),
      organization_mismatch: () => sign({ organization_id: 'another' }),
      role_not_allowed: () => sign({ roles: [{ name: 'ROLE_MODERATOR', eventId: known.VOILA_PROGRAM_ID }] }),
      malformed: () => sign({}).split('.').slice(0, 2).join('.'),
    }
    /** Those that are not of the token, and are seen elsewhere on this page. */
    const elsewhere = ['key_expired', 'key_revoked', 'keys_off', 'program_not_open', 'origin_denied']

    test('every code of the table is made here', () => {
      const told = page.slice(page.indexOf('## When somebody'), page.indexOf('## Rotate'))
      const codes = [...told.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = '']) => cell.replaceAll('`', '').split(', '))
      expect(codes.sort()).toEqual([...Object.keys(made), ...elsewhere].sort())
    })

    test.each(Object.keys(made))('is refused as the table says: %s', async (code) => {
      expect(await refusalOf(made[code]?.())).toBe(code)
    })

    test('is listed for whoever has to find it', patience, async () => {
      await expect.poll(() => run('list refusals'), { timeout: 60_000 }).toContain('role_not_allowed')
    })
  })

  test('a retired key admits until its time, and a revoked one nobody', patience, async () => {
    expect(await run('retire-key')).toMatch(/retiring/)
    const admit = async (): Promise<string | undefined> => {
      const led = await fetch(`http://127.0.0.1:${redirectPort}/all-hands`, { redirect: 'manual' })
      const token = new URL(led.headers.get('location') ?? '').searchParams.get('token')
      return await refusalOf(token)
    }
    expect(await admit()).toBeUndefined()
    expect(await run('revoke-key')).toMatch(/revoked/)
    expect(await admit()).toBe('key_revoked')
  })

  /** Run by test/compat/snippets.test.ts, where their languages are. */
  const examples = blocks.filter(({ name }) => name !== '')
  test.each(examples.map(({ name, text }) => [name, text]))('%s is the file of the examples', (name, text) => {
    expect(text).toBe(readFileSync(join(root, 'examples', name), 'utf8'))
    if (name.startsWith('sign/')) block(name)
  })
  test('every way to sign is on the page', () => {
    expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining(snippets.map(({ file }) => `sign/${file}`)))
  })

  test('nothing on the page was left out', () => {
    expect(blocks.filter((each) => !taken.has(each))).toEqual([])
  })
})

// Owns: the two commands as a person uses them: real processes, their words and their exit codes.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateKeyPair, signToken } from '@voila/tokens'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { setUp } from './backstage/people.ts'
import { type Running, start, writeWebsite } from './running.ts'

const bin = (name: string): string => fileURLToPath(new URL(`../bin/${name}.js`, import.meta.url))
const patience = { timeout: 60_000, interval: 50 }

type Process = { child: ChildProcess; out(): string; err(): string; ended: Promise<number | null> }

/** A command as it is installed, with nothing of this process's environment but the path. */
function command(name: 'voila' | 'voila-admin', args: readonly string[], env: Record<string, string> = {}, input?: string): Process {
  const child = spawn(process.execPath, [bin(name), ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  child.stdin.end(input ?? '')
  return { child, out: () => out, err: () => err, ended: new Promise((resolve) => child.once('close', resolve)) }
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voila-command-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('voila', { timeout: 120_000 }, () => {
  const env = (): Record<string, string> => ({
    PORT: '0',
    RTMP_PORT: '0',
    DATA_DIR: join(folder, 'data'),
    VOILA_WEB_DIR: writeWebsite(folder),
  })

  test('says where it listens, logs JSON, stops in order when told, and answers from what it kept', async () => {
    const voila = command('voila', [], env())
    try {
      await vi.waitFor(() => expect(voila.err()).toContain('Voilà listens on '), patience)
      const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(voila.err()) ?? []
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
      const secret = readFileSync(join(folder, 'data', 'admin-secret'), 'utf8').trim()
      const made = command('voila-admin', ['create-organization', '--name', 'Kept', '--url', url, '--data', join(folder, 'data')])
      expect(await made.ended).toBe(0)
      voila.child.kill('SIGTERM')
      expect(await voila.ended).toBe(0)
      for (const line of voila.out().trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
      expect(voila.out() + voila.err()).not.toContain(secret)
    } finally {
      voila.child.kill('SIGKILL')
    }
    const again = command('voila', [], env())
    try {
      await vi.waitFor(() => expect(again.err()).toContain('Voilà listens on '), patience)
      const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(again.err()) ?? []
      const list = command('voila-admin', ['list', 'organizations', '--url', url, '--data', join(folder, 'data')])
      expect(await list.ended).toBe(0)
      expect(list.out()).toContain('Kept')
      again.child.kill('SIGINT')
      expect(await again.ended).toBe(0)
    } finally {
      again.child.kill('SIGKILL')
    }
  })

  test('prints a set-up link at each start, on standard error alone, until somebody has an account', async () => {
    const link = /http:\/\/localhost:\d+\/backstage\/setup#token=([A-Za-z0-9_-]{43})/
    const tokens: string[] = []
    for (const round of [1, 2, 3]) {
      const voila = command('voila', [], env())
      try {
        await vi.waitFor(() => expect(voila.err()).toContain('Voilà listens on '), patience)
        if (round === 3) break
        await vi.waitFor(() => expect(voila.err()).toMatch(link), patience)
        const token = link.exec(voila.err())?.[1] ?? ''
        tokens.push(token)
        expect(voila.out()).not.toContain(token)
        if (round === 1) continue
        const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(voila.err()) ?? []
        const made = await fetch(`${url}/api/setup`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: url },
          body: JSON.stringify({ token, name: 'Ada', email: 'ada@x.example', password: 'long enough for it', organizationName: 'X' }),
        })
        expect(made.status).toBe(201)
      } finally {
        voila.child.kill('SIGTERM')
        await voila.ended
        if (round === 3) expect(voila.err()).not.toMatch(link)
      }
    }
    expect(new Set(tokens).size).toBe(2)
  })

  test('a port in use is one clear line and exit 1', async () => {
    const taken: Server = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    for (const name of ['PORT', 'RTMP_PORT']) {
      const voila = command('voila', [], { ...env(), LOG_LEVEL: 'silent', [name]: String(port) })
      expect(await voila.ended).toBe(1)
      expect(voila.err().trim()).toMatch(new RegExp(`^Port ${port} is in use already\\..*$`))
    }
    taken.close()
  })

  test('wrong settings are all told, and exit 1; a database that is away is said as such', async () => {
    const wrong = command('voila', [], { ...env(), PORT: 'x', LOG_LEVEL: 'y', VOILA_SECRET: 'short' })
    expect(await wrong.ended).toBe(1)
    for (const name of ['PORT', 'LOG_LEVEL', 'VOILA_SECRET']) expect(wrong.err()).toContain(`  ${name} must be`)
    const away = command('voila', [], {
      ...env(),
      DATABASE_URL: 'postgres://voila:hunter2@127.0.0.1:1/voila',
      VOILA_SECRET: 'x'.repeat(32),
      VOILA_ADMIN_SECRET: `va_${'x'.repeat(32)}`,
    })
    expect(await away.ended).toBe(1)
    expect(away.err()).toMatch(/^The PostgreSQL of DATABASE_URL can’t be reached/)
    expect(away.err()).not.toContain('hunter2')
  })

  test('--help tells every setting, and a word it does not know is exit 2', async () => {
    const [help, unknown] = [command('voila', ['--help']), command('voila', ['--port', '1'])]
    expect(await help.ended).toBe(0)
    for (const name of ['HOST', 'PUBLIC_URL', 'TRUST_PROXY', 'DATABASE_URL', 'RECORDINGS_MAX_DAYS'])
      expect(help.out()).toContain(`  ${name} `)
    expect(await unknown.ended).toBe(2)
  })
})

describe('voila-admin', { timeout: 120_000 }, () => {
  let running: Running
  beforeAll(async () => {
    running = await start()
  })
  afterAll(() => running.close())

  async function admin(args: readonly string[], input?: string): Promise<{ code: number | null; out: string; err: string }> {
    const env = { VOILA_URL: running.platform.url, VOILA_ADMIN_SECRET: running.config.adminSecret }
    const ran = command('voila-admin', args, env, input)
    return { code: await ran.ended, out: ran.out(), err: ran.err() }
  }
  async function json<Answer>(args: readonly string[], input?: string): Promise<Answer> {
    const { code, out, err } = await admin([...args, '--json'], input)
    if (code !== 0) throw new Error(err)
    return JSON.parse(out) as Answer
  }

  test('makes all that an attendee needs to get in, and ends it', async () => {
    const pair = generateKeyPair()
    const file = join(folder, 'public.pem')
    writeFileSync(file, pair.publicKey)
    const organization = (await json<{ id: string }>(['create-organization', '--name', 'Aldermoor'])).id
    const { kid } = await json<{ kid: string }>(['declare-key', '--organization', organization, '--name', 'Intranet', '--file', file])
    const program = (
      await json<{ id: string }>([
        'create-program',
        '--organization',
        organization,
        '--title',
        'Show',
        '--starts-at',
        '2030-01-01T00:00:00Z',
      ])
    ).id
    for (const to of ['scheduled', 'live']) expect((await admin(['set-state', '--program', program, '--to', to])).code).toBe(0)
    const keys = await admin(['stream-key', '--program', program])
    expect(keys.out).toMatch(/server\s+rtmp:\/\/.*\nstream key\s+\S+\nbackup key\s+\S+\n/)

    const token = signToken(
      { organization_id: organization, given_name: 'Ann', sub: 'ann', roles: [{ eventId: program }] },
      { privateKey: pair.privateKey, kid, expiresInSeconds: 60 },
    )
    const exchange = () =>
      running.call(`/api/programs/${program}/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      })
    expect((await exchange()).status).toBe(201)
    const revoked = await admin(['revoke-key', '--organization', organization, '--kid', kid])
    expect([revoked.code, revoked.out]).toEqual([0, expect.stringContaining('revoked')])
    expect((await exchange()).status).toBe(403)

    const list = await admin(['list', 'keys', '--organization', organization])
    expect(list.out).toMatch(new RegExp(`^kid .*\n${kid} +revoked `))
  })

  test('prints a link for the first owner while there is none, and one for a new password of whoever has an account', async () => {
    const link = await admin(['setup-link'])
    expect(link.out).toMatch(/^http:\/\/localhost:\d+\/backstage\/setup#token=\S{43}\nworks once, until 20/)
    const { owner } = await setUp(running)
    const again = await admin(['setup-link'])
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('Somebody has an account already')])
    const reset = await admin(['password-link', '--email', owner.email])
    expect(reset.out).toMatch(/\/backstage\/reset-password#token=\S{43}\n/)
    expect((await admin(['password-link', '--email', 'x@y.example'])).err).toContain('no account with this address')
  })

  test('a key may come by standard input; a private one is not sent', async () => {
    const organization = (await json<{ id: string }>(['create-organization', '--name', 'Other'])).id
    const pair = generateKeyPair()
    const declare = ['declare-key', '--organization', organization, '--name', 'x', '--file', '-']
    const before = running.log().length
    const refused = await admin(declare, pair.privateKey)
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('private_key; nothing was sent')
    expect(running.log().slice(before)).not.toContain('partner-keys')
    expect((await json<{ state: string }>(declare, pair.publicKey)).state).toBe('active')
  })

  test.each([
    [['set-state', '--program', 'zzzzzzzzzzzz', '--to', 'live'], 1, /no event at this address.*\(program_unknown, trace [0-9a-f]{16}\)/s],
    [['list', 'organizations', '--url', 'http://127.0.0.1:1'], 1, /Nothing answers at http:\/\/127\.0\.0\.1:1/],
    [['declare-key', '--organization', 'x', '--name', 'x', '--file', '/nowhere'], 1, /\/nowhere can't be read/],
    [['set-state', '--program', 'zzzzzzzzzzzz'], 2, /set-state needs --to\./],
    [['create-organization', '--name', 'x', '--to', 'live'], 2, /takes no --to/],
    [['destroy'], 2, /no command 'destroy'/],
    [['--colour'], 2, /colour/],
    [[], 2, /Usage: voila-admin/],
  ] as const)('%j is exit %i', async (args, code, says) => {
    const ran = await admin(args)
    expect(ran.code).toBe(code)
    expect(ran.err).toMatch(says)
    expect(ran.out).toBe('')
  })

  test('what the API refuses is said in its words, with the field that is wrong', async () => {
    const organization = (await json<{ id: string }>(['create-organization', '--name', 'Third'])).id
    const ran = await admin(['create-program', '--organization', organization, '--title', 'x', '--starts-at', 'tomorrow'])
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('startsAt')])
  })

  test('without a secret it says where one comes from; with a wrong one it is refused', async () => {
    const none = command('voila-admin', ['list', 'organizations', '--data', folder])
    expect(await none.ended).toBe(1)
    expect(none.err()).toContain('VOILA_ADMIN_SECRET')
    const wrong = command('voila-admin', ['list', 'organizations'], {
      VOILA_URL: running.platform.url,
      VOILA_ADMIN_SECRET: `va_${'x'.repeat(40)}`,
    })
    expect(await wrong.ended).toBe(1)
    expect(wrong.err()).toContain('admin_required')
  })
})

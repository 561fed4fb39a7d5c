// Owns: the command line: what it prints, on which stream, and its exit status.
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../src/cli/command-line.ts'
import { importPublicKey } from '../src/index.ts'
import { claims, encode, header, kid, now, organizationId, pair, program, token, tokenWith } from './handmade.ts'

const entry = fileURLToPath(new URL('../src/cli.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'voila-tokens-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

const publicFile = join(folder, 'public.pem')
const privateFile = join(folder, 'private.pem')
const wrongCurveFile = join(folder, 'p384.pem')
beforeAll(() => {
  writeFileSync(publicFile, pair.publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(privateFile, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(wrongCurveFile, generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'pem' }))
})

interface Ran {
  status: number | null
  out: string
  err: string
}

/** Runs a command line in this process. */
function run(args: string[], input?: string): Ran {
  const out: string[] = []
  const err: string[] = []
  const status = runCommandLine(args, { readStdin: () => input, out: (text) => out.push(text), err: (text) => err.push(text) })
  return { status, out: out.join('\n'), err: err.join('\n') }
}

/** Runs a command line in a process of its own. */
function spawn(args: string[], input = ''): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', entry, ...args], {
    input,
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, out: stdout.trim(), err: stderr.trim() }
}
const judging = ['--key', publicFile, '--program', program.id, '--organization', organizationId, '--kid', kid, '--now', String(now)]
const signing = ['--key', privateFile, '--kid', kid, '--organization', organizationId, '--program', program.id, '--now', String(now)]
const person = ['--given-name', 'Zoë', '--family-name', 'Müller', '--sub', 'zoe-1']

describe('help and usage', () => {
  test('--help explains every command and the exit status, and is a yes', () => {
    const { status, out } = run(['--help'])
    expect(status).toBe(0)
    for (const word of ['keygen', 'sign', 'inspect', 'verify', '--json', 'Exit status: 0 yes, 1 refused, 2']) expect(out).toContain(word)
    expect(run(['verify', '--help'])).toMatchObject({ status: 0, out })
  })
  test.each<[what: string, args: string[], says: RegExp]>([
    ['nothing', [], /Say what to do/],
    ['an unknown command', ['frobnicate'], /frobnicate is not a command/],
    ['an unknown option', ['verify', '--bogus'], /--bogus/],
    ['an option without its value', ['verify', '--key'], /--key/],
    ['two tokens', ['inspect', 'a', 'b'], /One token/],
    ['verify without a key', ['verify', 'a.b.c', '--program', 'x'], /--key/],
    ['verify without a program', ['verify', 'a.b.c', '--key', publicFile], /--program/],
    ['a file that is not there', ['verify', 'a.b.c', '--key', join(folder, 'none.pem'), '--program', 'x'], /cannot be read \(ENOENT\)/],
    ['no token and a keyboard for stdin', ['inspect'], /nothing is piped in/],
    ['token and key both from stdin', ['verify', '--key', '-', '--program', 'x'], /cannot both/],
    ['a time that is none', ['inspect', 'a.b.c', '--now', 'tomorrow'], /--now/],
    ['sign without a kid', ['sign', '--key', privateFile], /--kid/],
    ['an expiry that is none', ['sign', ...signing, ...person, '--expires-in', 'soon'], /--expires-in/],
    ['claims that are not JSON', ['sign', ...signing, '--claims', publicFile], /--claims is not JSON/],
  ])('%s: exit 2, on stderr alone', (_, args, says) => {
    const { status, out, err } = run(args)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toMatch(says)
  })
})

describe('keygen, sign and verify, one after the other', () => {
  test('through files and pipes', () => {
    const out = join(folder, 'new')
    expect(run(['keygen', '--out', out])).toMatchObject({ status: 0, out: expect.stringContaining('stays on your server') })
    expect(statSync(join(out, 'private.pem')).mode & 0o777).toBe(0o600)

    const signed = run([
      'sign',
      '--key',
      join(out, 'private.pem'),
      '--kid',
      kid,
      '--organization',
      'o',
      '--program',
      'p',
      '--given-name',
      'Ada',
      '--email',
      'a@example.com',
    ])
    expect(signed).toMatchObject({ status: 0, err: '' })
    expect(signed.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)

    const verified = run(['verify', '--key', join(out, 'public.pem'), '--program', 'p', '--json'], `${signed.out}\n`)
    expect(verified.status).toBe(0)
    expect(JSON.parse(verified.out)).toMatchObject({ ok: true, token: { kid, givenName: 'Ada', roles: ['ROLE_ATTENDEE'], warnings: [] } })

    const again = readFileSync(join(out, 'private.pem'), 'utf8')
    expect(run(['keygen', '--out', out])).toMatchObject({ status: 1, err: expect.stringContaining('not overwritten') })
    expect(readFileSync(join(out, 'private.pem'), 'utf8')).toBe(again)
  })
  test('keygen --json', () => {
    const { status, out } = run(['keygen', '--out', join(folder, 'json'), '--json'])
    const made = JSON.parse(out)
    expect(status).toBe(0)
    expect(made.thumbprint).toBe(importPublicKey(readFileSync(made.publicKeyFile, 'utf8')).thumbprint)
    expect(out).not.toContain('PRIVATE KEY')
  })
})

describe('sign', () => {
  test('the private key from stdin, roles, sharing and expiry', () => {
    const args = signing.map((part) => (part === privateFile ? '-' : part))
    const { status, out } = run(
      ['sign', ...args, ...person, '--role', 'ROLE_ATTENDEE', '--role', 'ROLE_MODERATOR', '--share', '--expires-in', '7d', '--json'],
      readFileSync(privateFile, 'utf8'),
    )
    expect(status).toBe(0)
    const payload = JSON.parse(Buffer.from(JSON.parse(out).token.split('.')[1], 'base64url').toString())
    expect(payload).toMatchObject({ given_name: 'Zoë', family_name: 'Müller', sharePersonalData: true, exp: now + 604_800 })
    expect(payload.roles).toEqual([
      { name: 'ROLE_ATTENDEE', eventId: program.id },
      { name: 'ROLE_MODERATOR', eventId: program.id },
    ])
  })
  test('claims from stdin, with options on top', () => {
    const { status, out } = run(
      ['sign', ...signing, '--claims', '-', '--given-name', 'Grace'],
      JSON.stringify({ given_name: 'Ada', sub: 's', exp: now + 5 }),
    )
    expect(status).toBe(0)
    expect(JSON.parse(Buffer.from(out.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      given_name: 'Grace',
      sub: 's',
      exp: now + 5,
    })
  })
  test.each<[what: string, args: string[], says: RegExp]>([
    ['nobody', ['--given-name', 'Ada'], /claim_missing.*Give sub/],
    ['a bad address', ['--given-name', 'Ada', '--email', 'ada'], /claim_email/],
    ['too long a life', [...person, '--expires-in', '366d'], /lifetime_too_long/],
    ['a bad kid', [...person, '--kid', 'x'], /kid_format/],
  ])('%s: exit 1 and nothing on stdout', (_, args, says) => {
    const { status, out, err } = run(['sign', ...signing, ...args])
    expect({ status, out }).toEqual({ status: 1, out: '' })
    expect(err).toMatch(says)
  })
  test('quoted exp in the claims, as JSON', () => {
    const { status, out } = run(
      ['sign', ...signing, '--claims', '-', '--json'],
      JSON.stringify({ given_name: 'Ada', sub: 's', exp: String(now + 5) }),
    )
    expect(status).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ ok: false, code: 'claim_type', claim: 'exp', says: expect.stringContaining('exp is quoted') })
  })
  test('a public key in place of the private one', () => {
    expect(run(['sign', ...signing, ...person, '--key', publicFile])).toMatchObject({ status: 1, err: expect.stringContaining('not_pem') })
  })
})

describe('verify', () => {
  test('a yes names the person, and warnings', () => {
    const { status, out } = run(['verify', tokenWith({ token_use: undefined }), ...judging])
    expect(status).toBe(0)
    expect(out).toMatch(/^Accepted: Ada Lovelace \(ada-1\) enters program program12345 with ROLE_ATTENDEE\.\nWarning: token_use is absent/)
  })
  test('it says what it could not compare', () => {
    expect(run(['verify', token(), '--key', publicFile, '--program', program.id, '--now', String(now)]).out).toMatch(
      /kid was not compared.*\n.*organization was not compared/,
    )
  })
  test('a role that the key may grant', () => {
    const moderator = tokenWith({ roles: [{ name: 'ROLE_MODERATOR', eventId: program.id }] })
    expect(run(['verify', moderator, ...judging]).status).toBe(1)
    expect(run(['verify', moderator, ...judging, '--allow-role', 'ROLE_MODERATOR']).status).toBe(0)
  })
  test.each<[mistake: string, text: string, code: string, says: RegExp, more?: string[]]>([
    ['quoted exp', tokenWith({ exp: String(now + 60) }), 'claim_type', /exp is quoted/],
    ['exp in milliseconds', tokenWith({ exp: now * 1000 }), 'lifetime_too_long', /exp is in milliseconds/],
    [
      'a DER signature',
      `${encode(header)}.${encode(claims)}.${encode(Buffer.from([0x30, 68, ...Array<number>(68).fill(2)]))}`,
      'signature_length',
      /DER/,
    ],
    ['the wrong curve', `${encode(header)}.${encode(claims)}.${encode(Buffer.alloc(96))}`, 'signature_length', /wrong curve/],
    ['not yet valid on this clock', tokenWith({ nbf: now + 120 }), 'not_yet_valid', /ahead of this clock/],
    ['another program’s id', token(), 'event_mismatch', /another program’s id/, ['--program', 'other']],
    ['another organization’s key', token(), 'organization_mismatch', /another organization’s key/, ['--organization', 'org-b']],
    ['another kid', token(), 'kid_unknown', /pk_0123456789/, ['--kid', 'pk_other_kid']],
    ['expired', token(), 'expired', /ago on this clock/, ['--now', String(now + 9999)]],
  ])('%s: exit 1 and the mistake by name', (_, text, code, says, more = []) => {
    const human = run(['verify', text, ...judging, ...more])
    expect(human).toMatchObject({ status: 1, out: expect.stringMatching(new RegExp(`^Refused: ${code}\\.`)) })
    expect(human.out).toMatch(says)
    const machine = run(['verify', '-', ...judging, ...more, '--json'], text)
    expect(machine.status).toBe(1)
    expect(JSON.parse(machine.out)).toMatchObject({ ok: false, code, says: expect.stringMatching(says) })
  })
  test('a key on the wrong curve, and a private key', () => {
    expect(run(['verify', token(), ...judging, '--key', wrongCurveFile])).toMatchObject({
      status: 1,
      out: expect.stringMatching(/not_p256.*prime256v1/),
    })
    const { status, out } = run(['verify', token(), ...judging, '--key', privateFile, '--json'])
    expect({ status, code: JSON.parse(out).code }).toEqual({ status: 1, code: 'private_key' })
  })
})

describe('as a process', () => {
  test('yes, refused and usage are 0, 1 and 2, each on its stream, and stdin is read', { timeout: 120_000 }, () => {
    expect(spawn(['verify', ...judging], `${token()}\n`)).toMatchObject({ status: 0, out: expect.stringMatching(/^Accepted/), err: '' })
    expect(spawn(['verify', '-', ...judging, '--json'], tokenWith({ exp: String(now) })).out).toContain('exp is quoted')
    expect(spawn(['inspect', 'nonsense'])).toMatchObject({ status: 1, out: expect.stringContaining('malformed'), err: '' })
    expect(spawn(['frobnicate'])).toMatchObject({ status: 2, out: '', err: expect.stringContaining('not a command') })
  })
})

describe('inspect', () => {
  test('shows a token without a key, and fails nothing that it cannot judge', () => {
    const { status, out } = run(['inspect', token(), '--now', String(now)])
    expect(status).toBe(0)
    expect(out).toContain('"given_name": "Ada"')
    expect(out).toMatch(/· signature +It has the right length/)
  })
  test('goes on after the first mistake', () => {
    const { status, out } = run(['inspect', tokenWith({ exp: '1', email: 'x' }), '--now', String(now)])
    expect(status).toBe(1)
    expect(out).toMatch(/✗ times +claim_type: .*exp is quoted[\s\S]*✗ identity +claim_email/)
  })
  test('--json holds every check', () => {
    const { status, out } = run(['inspect', ...judging, '--json'], token())
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true, code: null, claims: { sub: 'ada-1' }, notes: [] })
    expect(JSON.parse(run(['inspect', 'nonsense', '--json']).out)).toMatchObject({ ok: false, code: 'malformed' })
  })
})

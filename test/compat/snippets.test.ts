// Owns: that the files of examples/sign, filled in, sign tokens that are let in, in each language that runs here, and hold the same claims in all.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateKeyPair, importPublicKey, type VerifiedToken, verifyToken } from '@voila/tokens'
import { afterAll, describe, expect, test } from 'vitest'
import snippets from '../../examples/sign/snippets.json' with { type: 'json' }
import { needs } from '../require.ts'

const sources = fileURLToPath(new URL('../../examples/sign/', import.meta.url))
const kid = 'pk_guide0123456789abcdefg'
const program = { id: 'k3v9x0q2m7ab', organizationId: '0190f7c8-5b1e-7c3a-9d55-2f6e8a1b4c70' }
const filling = { ORGANIZATION_ID: program.organizationId, KID: kid, PROGRAM_ID: program.id }

type Run = { readonly command: string; readonly missing: () => boolean }
const always = (): boolean => false
/** How each is run here. Java, Go and firebase/php-jwt are not: Debian has no such library, or none of this version. */
const runs: Record<string, Run> = {
  'node-jsonwebtoken': { command: process.execPath, missing: always },
  'node-voila': { command: process.execPath, missing: always },
  // Debian's own: another python that comes first on the path knows nothing of Debian's libraries.
  'python-pyjwt': { command: '/usr/bin/python3', missing: needs.pyjwt },
  'php-openssl': { command: 'php', missing: needs.php },
  'ruby-jwt': { command: '/usr/bin/ruby', missing: needs.ruby },
  openssl: { command: 'sh', missing: needs.openssl },
}

const text = (file: string): string => readFileSync(join(sources, file), 'utf8')

test('the list names every file, and each once', () => {
  const files = readdirSync(sources).filter((file) => file !== 'snippets.json')
  expect(snippets.map(({ file }) => file).sort()).toEqual(files.sort())
  expect(new Set(snippets.map(({ id }) => id)).size).toBe(snippets.length)
})

describe.each(snippets)('$title', ({ file, run }) => {
  test.each(Object.keys(filling))('has %s to fill in, once', (placeholder) => {
    expect(text(file).split(placeholder)).toHaveLength(2)
  })
  test('reads private.pem, and is run by its name', () => {
    expect(text(file).match(/private\.pem/g)).toHaveLength(1)
    expect(run).toContain(file)
  })
  test.each([
    'organization_id',
    'given_name',
    'family_name',
    'email',
    'roles',
    'ROLE_ATTENDEE',
    'eventId',
    'sharePersonalData',
  ])('says %s', (word) => expect(text(file)).toContain(word))
})

/** A folder with one file of the examples, filled in, and a key pair; `signed` runs it. */
function signing(id: string): { signed(args?: string[]): string; verified(token: string): VerifiedToken } {
  const { file } = snippets.find((each) => each.id === id) ?? { file: '' }
  const folder = mkdtempSync(join(tmpdir(), `voila-${id}-`))
  afterAll(() => rmSync(folder, { recursive: true }))
  const pair = generateKeyPair()
  const { publicKey } = importPublicKey(pair.publicKey)
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'private.pem'), pair.privateKey)
  writeFileSync(
    join(folder, file),
    Object.entries(filling).reduce((all, [placeholder, value]) => all.replace(placeholder, value), text(file)),
  )
  const seconds = (): number => Math.floor(Date.now() / 1000)
  const declared = { kid, organizationId: program.organizationId, publicKey, state: 'active', notAfter: seconds() + 86_400 } as const
  return {
    signed: (args = []) => execFileSync(runs[id]?.command ?? '', [file, ...args], { cwd: folder, encoding: 'utf8' }).trim(),
    verified: (token) => verifyToken(token, { findKey: (wanted) => (wanted === kid ? declared : undefined), program, now: seconds() }),
  }
}

describe.each(Object.entries(runs))('%s, filled in and run', (id, { missing }) => {
  const { signed, verified } = signing(id)

  test.skipIf(missing())('is let in, as Ada, for five minutes, without a warning', () => {
    const attendee = verified(signed())
    expect(attendee).toMatchObject({
      kid,
      roles: ['ROLE_ATTENDEE'],
      subject: '4711',
      givenName: 'Ada',
      familyName: 'Lovelace',
      email: 'ada@aldermoor.example',
      sharePersonalData: false,
      warnings: [],
    })
    expect(attendee.expiresAt - attendee.issuedAt).toBe(300)
  })

  test.skipIf(missing())('two tokens have ids of their own', () => {
    expect(verified(signed()).jti).not.toBe(verified(signed()).jti)
  })
})

// DER writes half of all numbers with a byte in front, and one in 256 shorter.
describe.each(['openssl', 'php-openssl'])('%s, which has no library to do it', (id) => {
  const { signed, verified } = signing(id)

  test.skipIf(runs[id]?.missing())('signs well each time', () => {
    for (let round = 0; round < 60; round += 1) verified(signed())
  })
})

describe.skipIf(needs.openssl())('the shell', () => {
  const { signed, verified } = signing('openssl')

  test('writes a name with quotes and backslashes as it was given', () => {
    expect(verified(signed(['4712', 'Zoë "Z"', 'O\\Brien', 'zoe@aldermoor.example']))).toMatchObject({
      givenName: 'Zoë "Z"',
      familyName: 'O\\Brien',
    })
  })
})

// Owns: that the packed package works alone: command line, import and types, with nothing installed beside it.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const source = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../../../node_modules/typescript-7/bin/tsc', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'voila-tokens-package-'))
const installed = join(folder, 'app', 'node_modules', '@voila', 'tokens')
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  // Built beside the sources' own dist, so that a test never leaves or meets another build.
  const staged = join(folder, 'staged')
  mkdirSync(staged)
  for (const name of ['package.json', 'README.md', 'LICENSE', 'bin', 'src', 'test'])
    cpSync(join(source, name), join(staged, name), { recursive: true })
  execFileSync(process.execPath, [tsc, '-p', join(source, 'tsconfig.build.json'), '--outDir', join(staged, 'dist')])
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--offline', '--ignore-scripts', '--pack-destination', folder], {
      cwd: staged,
      encoding: 'utf8',
    }),
  )
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1'])
  writeFileSync(join(folder, 'app', 'package.json'), '{"type":"module"}')
}, 120_000)

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: join(folder, 'app'), encoding: 'utf8' }).trim()
}
const binary = join(installed, 'bin', 'voila-tokens.js')

test('it has no dependency, and holds no source and no test', () => {
  const { dependencies, peerDependencies, bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  expect({ dependencies, peerDependencies, bin }).toEqual({ bin: { 'voila-tokens': './bin/voila-tokens.js' } })
  const files = execFileSync('find', ['.', '-type', 'f'], { cwd: installed, encoding: 'utf8' }).split('\n')
  expect(files).toEqual(
    expect.arrayContaining(['./README.md', './LICENSE', './dist/index.js', './dist/index.d.ts', './dist/inspect.js', './dist/cli.js']),
  )
  expect(files.filter((file) => /^\.\/(src|test)\//.test(file))).toEqual([])
})

test('its command line signs and verifies', () => {
  node(binary, 'keygen', '--out', 'keys')
  const signed = node(
    binary,
    'sign',
    '--key',
    'keys/private.pem',
    '--kid',
    'pk_12345678',
    '--organization',
    'o',
    '--program',
    'p',
    '--given-name',
    'Ada',
    '--sub',
    's',
  )
  expect(node(binary, 'verify', signed, '--key', 'keys/public.pem', '--program', 'p')).toMatch(/^Accepted: Ada/)
  expect(
    spawnSync(process.execPath, [binary, 'verify', signed, '--key', 'keys/public.pem', '--program', 'q'], { cwd: join(folder, 'app') })
      .status,
  ).toBe(1)
})

test('it can be imported, whole and for the browser', () => {
  const script = `
    import { signToken, verifyToken, generateKeyPair, importPublicKey, TokenError } from '@voila/tokens'
    import { inspectToken } from '@voila/tokens/inspect'
    const pair = generateKeyPair()
    const token = signToken({ organization_id: 'o', given_name: 'Ada', sub: 's', roles: [{ eventId: 'p' }] }, { privateKey: pair.privateKey, kid: 'pk_12345678', expiresInSeconds: 60 })
    const key = { kid: 'pk_12345678', organizationId: 'o', publicKey: importPublicKey(pair.publicKey).publicKey, state: 'active', notAfter: Infinity }
    const now = Date.now() / 1000
    const say = (program) => { try { return verifyToken(token, { findKey: () => key, program, now }).givenName } catch (error) { return error instanceof TokenError && error.code } }
    console.log(say({ id: 'p', organizationId: 'o' }), say({ id: 'q', organizationId: 'o' }), inspectToken(token).checks.length)`
  writeFileSync(join(folder, 'app', 'use.js'), script)
  expect(node('use.js')).toBe('Ada event_mismatch 12')
})

test('its types stand alone, and those for the browser need nothing of Node', () => {
  const app = join(folder, 'app')
  const options = { strict: true, module: 'nodenext', target: 'es2023', noEmit: true, skipLibCheck: false }
  writeFileSync(
    join(app, 'browser.ts'),
    `import { inspectToken, readPublicKeyPem } from '@voila/tokens/inspect'\nexport const ok: boolean = inspectToken('').ok\nexport const x: Uint8Array = readPublicKeyPem('').x\n`,
  )
  writeFileSync(
    join(app, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, types: [], lib: ['es2023', 'dom'] }, files: ['browser.ts'] }),
  )
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', app], { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})

// Owns: what is promised of the configuration: all faults at once, secrets made once, one table for code, help and document.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Environment, readConfig } from '../src/config.ts'
import { settingsHelp, settingsTable } from '../src/settings.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'voila-config-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const secrets = { VOILA_SECRET: 'x'.repeat(32), VOILA_ADMIN_SECRET: `va_${'y'.repeat(32)}` }

function configOf(env: Environment = {}) {
  const read = readConfig({ DATA_DIR: dataDir, ...env })
  if ('faults' in read) throw new Error(read.faults.join('\n'))
  return read.config
}
function faultsOf(env: Environment): readonly string[] {
  const read = readConfig({ DATA_DIR: dataDir, ...env })
  return 'faults' in read ? read.faults : []
}

describe('without anything set', () => {
  test('it listens on this machine alone, keeps SQLite in the data folder, and records', () => {
    expect(configOf()).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: undefined,
      trustProxy: false,
      allowedOrigins: [],
      dataDir,
      databaseUrl: undefined,
      sessionSeconds: 43_200,
      mediaCredentialSeconds: 120,
      rtmp: { host: '127.0.0.1', port: 1935 },
      rtmps: undefined,
      recordings: { maxBytes: 50e9, maxDays: 30 },
      logLevel: 'info',
    })
  })

  test('secrets are made once, for their owner alone', () => {
    const first = configOf()
    expect(first.adminSecret).toMatch(/^va_[A-Za-z0-9_-]{43}$/)
    expect(first.secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    for (const name of ['secret', 'admin-secret']) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600)
    expect(configOf()).toMatchObject({ secret: first.secret, adminSecret: first.adminSecret })
    expect(readFileSync(join(dataDir, 'admin-secret'), 'utf8').trim()).toBe(first.adminSecret)
  })

  test('it can’t be changed', () => {
    const config = configOf()
    expect(() => Object.assign(config, { port: 1 })).toThrow()
    expect(() => Object.assign(config.rtmp, { port: 1 })).toThrow()
  })
})

test('an empty variable is an absent one', () => {
  expect(configOf({ PORT: '', PUBLIC_URL: ' ', DATABASE_URL: '' })).toMatchObject({
    port: 8080,
    publicUrl: undefined,
    databaseUrl: undefined,
  })
})

test('every fault is told at once, by name, and never the value', () => {
  const faults = faultsOf({
    PORT: '80000',
    PUBLIC_URL: 'https://live.example.com/show',
    TRUST_PROXY: '2',
    ALLOWED_ORIGINS: 'https://a.example,nonsense',
    DATABASE_URL: 'mysql://user:hunter2@db/x',
    VOILA_SECRET: 'short',
    SESSION_HOURS: 'long',
    RTMPS_PORT: '1936',
    RECORDINGS: 'maybe',
    LOG_LEVEL: 'loud',
  })
  const names = faults.map((fault) => fault.split(' ')[0])
  expect(names.sort()).toEqual([
    'ALLOWED_ORIGINS',
    'DATABASE_URL',
    'LOG_LEVEL',
    'PORT',
    'PUBLIC_URL',
    'RECORDINGS',
    'RTMPS_CERT_FILE',
    'RTMPS_KEY_FILE',
    'SESSION_HOURS',
    'TRUST_PROXY',
    'VOILA_ADMIN_SECRET',
    'VOILA_SECRET',
  ])
  expect(faults.join('\n')).not.toMatch(/hunter2|short/)
})

test.each([
  ['PORT', '8081', { port: 8081 }],
  ['PUBLIC_URL', 'https://live.example.com/', { publicUrl: 'https://live.example.com' }],
  ['TRUST_PROXY', 'on', { trustProxy: true }],
  ['TRUST_PROXY', '10.0.0.0/8, loopback,::1', { trustProxy: ['10.0.0.0/8', 'loopback', '::1'] }],
  ['ALLOWED_ORIGINS', 'https://a.example, http://b.example:81/', { allowedOrigins: ['https://a.example', 'http://b.example:81'] }],
  ['SESSION_HOURS', '0.5', { sessionSeconds: 1_800 }],
  ['SESSION_MAX_DAYS', '2', { sessionMaxSeconds: 172_800 }],
  ['SESSION_MAX_DAYS', '0', { sessionSeconds: 43_200, sessionMaxSeconds: 43_200 }],
  ['RTMP_HOST', '0.0.0.0', { rtmp: { host: '0.0.0.0', port: 1935, publicUrl: undefined } }],
  ['PUBLIC_RTMP_URL', 'rtmp://in.example.com/live', { rtmp: { host: '127.0.0.1', port: 1935, publicUrl: 'rtmp://in.example.com/live' } }],
  ['RECORDINGS', 'OFF', { recordings: undefined }],
])('%s=%s is understood', (name, value, expected) => {
  expect(configOf({ [name]: value })).toMatchObject(expected)
})

test.each([
  ['TRUST_PROXY', '10.0.0.0/33'],
  ['TRUST_PROXY', 'everybody'],
  ['PORT', '-1'],
  ['PORT', '8080.5'],
  ['PUBLIC_URL', 'live.example.com'],
  ['PUBLIC_RTMP_URL', 'http://in.example.com'],
  ['MEDIA_CREDENTIAL_SECONDS', '4'],
  ['VOILA_ADMIN_SECRET', 'x'.repeat(40)],
])('%s=%s is refused', (name, value) => {
  expect(faultsOf({ [name]: value }).join()).toContain(`${name} must be`)
})

describe('with PostgreSQL', () => {
  test('both secrets are required, since every node must have the same', () => {
    const env = { DATABASE_URL: 'postgres://voila@db/voila' }
    expect(faultsOf(env).map((fault) => fault.split(' ')[0])).toEqual(['VOILA_SECRET', 'VOILA_ADMIN_SECRET'])
    expect(configOf({ ...env, ...secrets })).toMatchObject({ databaseUrl: 'postgres://voila@db/voila', secret: secrets.VOILA_SECRET })
  })
})

test('RTMPS has its files checked at once', () => {
  const file = join(dataDir, 'cert.pem')
  writeFileSync(file, 'pem')
  const env = { RTMPS_PORT: '1936', RTMPS_CERT_FILE: file, RTMPS_KEY_FILE: join(dataDir, 'none.pem') }
  expect(faultsOf(env)).toEqual([expect.stringMatching(/^RTMPS_KEY_FILE names a file that can't be read/)])
  expect(configOf({ ...env, RTMPS_KEY_FILE: file }).rtmps).toEqual({ port: 1936, certFile: file, keyFile: file, publicUrl: undefined })
})

test('a data folder that can’t be used is a fault', () => {
  writeFileSync(join(dataDir, 'file'), '')
  expect(faultsOf({ DATA_DIR: join(dataDir, 'file') })).toEqual([expect.stringMatching(/^DATA_DIR names a folder that can't be used/)])
})

test('a VOILA_ variable that is no setting is warned about', () => {
  const read = readConfig({ DATA_DIR: dataDir, VOILA_SECRETS: 'x', VOILA_TEST_POSTGRES: 'x', VOILA_URL: 'x' })
  expect('warnings' in read && read.warnings).toEqual(['VOILA_SECRETS is not a setting and has no effect.'])
})

describe('mail', () => {
  const smtp = { SMTP_URL: 'smtps://voila:hunter2@mail.example.com:465' }
  test('goes out through a server, from somebody', () => {
    expect(configOf({ ...smtp, MAIL_FROM: 'Voilà <live@example.com>' }).mail).toEqual({
      smtpUrl: smtp.SMTP_URL,
      from: 'Voilà <live@example.com>',
    })
    expect(configOf().mail).toBeUndefined()
  })
  test.each([
    [smtp, 'MAIL_FROM is required with SMTP_URL.'],
    [{ ...smtp, MAIL_FROM: 'nobody' }, 'MAIL_FROM must be an address'],
    [{ ...smtp, MAIL_FROM: 'x <a@b.example>\r\nBcc: c@d.example' }, 'MAIL_FROM must be an address'],
    [
      { SMTP_URL: 'https://mail.example.com', MAIL_FROM: 'a@b.example' },
      'SMTP_URL must be an address that starts with smtp:// or smtps://',
    ],
  ])('%j: %s', (env, fault) => {
    expect(faultsOf(env).join()).toContain(fault)
    expect(faultsOf(env).join()).not.toContain('hunter2')
  })
})

test('docs/configuration.md holds the table, and help names every setting', () => {
  const table = settingsTable()
  expect(readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')).toContain(table)
  for (const [, name = ''] of table.matchAll(/^\| `([A-Z_]+)` /gm)) expect(settingsHelp()).toContain(name)
})

// Owns: a real identity provider, SimpleSAMLphp as Debian packages it, in a folder of its own, with people who sign in by name and password.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './demo-process.ts'

const installed = '/usr/share/simplesamlphp'

export type SimpleSaml = {
  readonly origin: string
  /** What a person copies from its page. */
  readonly metadata: string
  output(): string
  stop(): Promise<void>
}

/** By name; the password is the name and `-pass`. */
export const people = {
  amelie: { givenName: 'Amélie', sn: 'Laurent', mail: 'amelie.laurent@aldermoor.example' },
  bo: { givenName: 'Bo', sn: 'Lindqvist', mail: 'bo.lindqvist@aldermoor.example' },
} as const

const php = (value: unknown): string => `json_decode(base64_decode('${Buffer.from(JSON.stringify(value)).toString('base64')}'), true)`

function writeConfig(folder: string, { origin, port }: { origin: string; port: number }): void {
  const users = Object.entries(people).map(([name, facts]) => [
    `${name}:${name}-pass`,
    Object.fromEntries([['uid', [name]], ...Object.entries(facts).map(([key, value]) => [key, [value]])]),
  ])
  const config = {
    baseurlpath: `${origin}/`,
    certdir: `${folder}/`,
    loggingdir: `${folder}/`,
    datadir: `${folder}/`,
    tempdir: `${folder}/tmp`,
    metadatadir: `${folder}/metadata`,
    attributenamemapdir: '/etc/simplesamlphp/attributemap/',
    'metadata.sources': [{ type: 'flatfile', directory: `${folder}/metadata` }],
    secretsalt: randomBytes(24).toString('hex'),
    'auth.adminpassword': randomBytes(24).toString('hex'),
    technicalcontact_email: 'na@example.org',
    timezone: 'UTC',
    'logging.handler': 'errorlog',
    'enable.saml20-idp': true,
    'module.enable': { exampleauth: true, core: true, saml: true },
    'session.cookie.name': `SimpleSAML${port}`,
    'session.cookie.secure': false,
    'session.phpsession.cookiename': `SimpleSAMLphp${port}`,
    'session.phpsession.savepath': `${folder}/tmp`,
    'language.cookie.secure': false,
    'language.default': 'en',
    'store.type': 'phpsession',
    'theme.use': 'default',
  }
  writeFileSync(join(folder, 'config.php'), `<?php $config = ${php(config)};`)
  writeFileSync(
    join(folder, 'authsources.php'),
    `<?php $config = ${php({ people: ['exampleauth:UserPass'] })}; $config['people'] += ${php(Object.fromEntries(users))};`,
  )
  writeFileSync(
    join(folder, 'metadata', 'saml20-idp-hosted.php'),
    `<?php $metadata['__DYNAMIC:1__'] = ${php({ host: '__DEFAULT__', privatekey: 'idp.key', certificate: 'idp.crt', auth: 'people' })};`,
  )
}

/**
 * Starts it for one service provider.
 *
 * @param options.serviceProvider  our metadata, which it reads with its own parser
 * @param options.more             further settings for that service provider, in the words of SimpleSAMLphp
 */
export async function startSimpleSaml(options: { serviceProvider: string; more?: Readonly<Record<string, unknown>> }): Promise<SimpleSaml> {
  const folder = mkdtempSync(join(tmpdir(), 'voila-simplesaml-'))
  mkdirSync(join(folder, 'metadata'))
  mkdirSync(join(folder, 'tmp'))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3', '-subj', '/CN=idp.aldermoor.example'],
    ...['-keyout', join(folder, 'idp.key'), '-out', join(folder, 'idp.crt')],
  ])
  writeConfig(folder, { origin, port })
  writeFileSync(join(folder, 'sp.xml'), options.serviceProvider)
  writeFileSync(
    join(folder, 'metadata', 'saml20-sp-remote.php'),
    `<?php
$parsed = \\SimpleSAML\\Metadata\\SAMLParser::parseFile('${join(folder, 'sp.xml')}');
$metadata[$parsed->getEntityId()] = array_merge($parsed->getMetadata20SP(), ${php(options.more ?? {})});`,
  )
  const child: ChildProcess = spawn('php', ['-S', `127.0.0.1:${port}`, '-t', join(installed, 'www')], {
    env: { ...process.env, SIMPLESAMLPHP_CONFIG_DIR: folder, PHP_CLI_SERVER_WORKERS: '3' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its workers are processes too: they end with their group.
    detached: true,
  })
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  child.stderr?.on('data', (chunk) => (output += chunk))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))

  async function stop(): Promise<void> {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }

  const deadline = Date.now() + 20_000
  for (;;) {
    const response = await fetch(`${origin}/saml2/idp/metadata.php`).catch(() => undefined)
    if (response?.ok === true) return { origin, metadata: await response.text(), output: () => output, stop }
    if (Date.now() > deadline) {
      await stop()
      throw new Error(`SimpleSAMLphp is not ready: ${response?.status}\n${output}`)
    }
    await new Promise((done) => setTimeout(done, 100))
  }
}

// Owns: a whole platform for tests to call: on a database of its own, with an organization, a key and a program when asked.
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { AdmissionAnswer, Organization, PartnerKeyAnswer, Program, ProgramState } from '@voila/protocol'
import { type AttendeeClaims, generateKeyPair, signToken } from '@voila/tokens'
import { type Config, type Environment, readConfig } from '../src/config.ts'
import { createPlatform, type Platform } from '../src/platform.ts'
import { databases, type TestDatabase } from './databases.ts'
import { expectAsDescribed } from './described.ts'

export const adminSecret = `va_${'a'.repeat(40)}`

export type Answer<Body = unknown> = { status: number; headers: Headers; text: string; body: Body }

export type Running = {
  readonly platform: Platform
  readonly config: Config
  readonly database: TestDatabase
  /** Everything that was logged, as text. */
  log(): string
  /** A request as it is, without following redirects. */
  call<Body = unknown>(path: string, init?: RequestInit): Promise<Answer<Body>>
  /** As the administration. */
  admin<Body = unknown>(method: string, path: string, body?: unknown): Promise<Answer<Body>>
  close(): Promise<void>
}

/** A website as the build makes it, with a script beside its compressed forms. */
export function writeWebsite(dataDir: string): string {
  const webDir = join(dataDir, 'web')
  mkdirSync(join(webDir, 'assets'), { recursive: true })
  const html =
    '<!doctype html><html lang="en"><head><title>Voilà</title><script type="module" src="/assets/app-1a2b.js"></script></head><body><div id="root"></div></body></html>'
  writeFileSync(join(webDir, 'index.html'), html)
  writeFileSync(join(webDir, 'embed.html'), html.replace('app-1a2b', 'embed-3c4d'))
  writeFileSync(join(webDir, 'backstage.html'), html.replace('app-1a2b', 'backstage-5e6f'))
  writeFileSync(join(webDir, 'screen.html'), html.replace('app-1a2b', 'screen-9c0d'))
  writeFileSync(join(webDir, 'api-docs.html'), html.replace('app-1a2b', 'docs-7a8b'))
  writeFileSync(join(webDir, 'voila.js'), '(() => {})()')
  writeFileSync(join(webDir, 'voila.d.ts'), 'export type Voila = object')
  const script = 'console.log("page")'
  writeFileSync(join(webDir, 'assets', 'app-1a2b.js'), script)
  writeFileSync(join(webDir, 'assets', 'app-1a2b.js.gz'), gzipSync(script))
  return webDir
}

export function readTestConfig(env: Environment): Config {
  const read = readConfig(env)
  if ('faults' in read) throw new Error(read.faults.join('\n'))
  return read.config
}

/** @param options.database  one that is already there, for a second node */
export async function start(
  options: { kind?: 'sqlite' | 'postgres'; env?: Environment; now?: () => number; database?: TestDatabase } = {},
): Promise<Running> {
  const kind = databases.find((each) => each.kind === (options.kind ?? 'sqlite'))
  if (kind === undefined) throw new Error('no such database')
  const database = options.database ?? (await kind.make())
  const { dataDir, databaseUrl } = database.where
  const config = readTestConfig({
    PORT: '0',
    RTMP_PORT: '0',
    DATA_DIR: dataDir,
    VOILA_SECRET: 's'.repeat(40),
    VOILA_ADMIN_SECRET: adminSecret,
    VOILA_WEB_DIR: writeWebsite(dataDir),
    RECORDINGS: 'off',
    LOG_LEVEL: 'trace',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...options.env,
  })
  let logged = ''
  const destination = {
    write(line: string) {
      logged += line
    },
  }
  const platform = await createPlatform(config, { destination, ...(options.now === undefined ? {} : { now: options.now }) })

  async function call<Body>(path: string, init: RequestInit = {}): Promise<Answer<Body>> {
    const response = await fetch(`${platform.url}${path}`, { redirect: 'manual', ...init })
    const contentType = response.headers.get('content-type') ?? ''
    const endless = contentType.startsWith('text/event-stream')
    if (endless) await response.body?.cancel()
    const text = endless ? '' : await response.text()
    const body: unknown = /json/.test(contentType) && text !== '' ? JSON.parse(text) : undefined
    expectAsDescribed({ method: init.method ?? 'GET', path, status: response.status, contentType, body })
    return { status: response.status, headers: response.headers, text, body: body as Body }
  }
  return {
    platform,
    config,
    database,
    log: () => logged,
    call,
    admin: (method, path, body) =>
      call(path, {
        method,
        headers: { authorization: `Bearer ${config.adminSecret}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async close() {
      await platform.close()
      if (options.database === undefined) await database.drop()
    },
  }
}

export type Signer = { readonly organizationId: string; readonly kid: string; readonly privateKey: KeyObject; readonly publicPem: string }

/** An organization that has declared a key. */
export async function makeSigner(
  running: Running,
  options: { name?: string; allowedRoles?: string[]; organizationId?: string } = {},
): Promise<Signer> {
  const organizationId =
    options.organizationId ??
    (await running.admin<Organization>('POST', '/api/organizations', { name: options.name ?? 'Aldermoor' })).body.id
  const pair = generateKeyPair()
  const declared = await running.admin<PartnerKeyAnswer>('POST', `/api/organizations/${organizationId}/partner-keys`, {
    name: 'Intranet',
    pem: pair.publicKey,
    ...(options.allowedRoles === undefined ? {} : { allowedRoles: options.allowedRoles }),
  })
  if (declared.status !== 201) throw new Error(declared.text)
  return { organizationId, kid: declared.body.kid, privateKey: createPrivateKey(pair.privateKey), publicPem: pair.publicKey }
}

const pathTo: Readonly<Record<ProgramState, readonly ProgramState[]>> = {
  draft: [],
  scheduled: ['scheduled'],
  rehearsal: ['scheduled', 'rehearsal'],
  live: ['scheduled', 'live'],
  ended: ['scheduled', 'live', 'ended'],
  archived: ['archived'],
}

/** A program of the signer's organization in a state. */
export async function makeProgram(
  running: Running,
  signer: Pick<Signer, 'organizationId'>,
  options: { state?: ProgramState; title?: string; signInUrl?: string } = {},
): Promise<string> {
  const made = await running.admin<Program>('POST', `/api/organizations/${signer.organizationId}/programs`, {
    title: options.title ?? 'The year ahead',
    startsAt: '2030-05-01T18:00:00+02:00',
    ...(options.signInUrl === undefined ? {} : { signInUrl: options.signInUrl }),
  })
  if (made.status !== 201) throw new Error(made.text)
  for (const to of pathTo[options.state ?? 'live']) {
    const moved = await running.admin('POST', `/api/programs/${made.body.id}/state`, { to })
    if (moved.status !== 200) throw new Error(moved.text)
  }
  return made.body.id
}

/** A token as the organization's own server signs it. */
export function tokenOf(signer: Signer, programId: string, claims: Partial<AttendeeClaims> = {}, now?: number): string {
  return signToken(
    {
      organization_id: signer.organizationId,
      given_name: 'Amélie',
      family_name: 'Laurent',
      email: 'amelie.laurent@aldermoor.example',
      sub: 'amelie.laurent',
      roles: [{ name: 'ROLE_ATTENDEE', eventId: programId }],
      ...claims,
    },
    {
      privateKey: signer.privateKey,
      kid: signer.kid,
      expiresInSeconds: 3_600,
      ...(now === undefined ? {} : { now: Math.floor(now / 1_000) }),
    },
  )
}

export function exchange(running: Running, programId: string, token: unknown): Promise<Answer<AdmissionAnswer>> {
  return running.call(`/api/programs/${programId}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
}

/** The cookie that an answer sets, as the next request sends it, with its attributes. */
export function cookieOf(answer: Answer): { cookie: string; attributes: string } {
  const [set = ''] = answer.headers.getSetCookie()
  const [cookie = '', ...attributes] = set.split('; ')
  return { cookie, attributes: attributes.join('; ') }
}

// Owns: nginx and Caddy as processes of their own, with the very configuration of deploy/ and a certificate made for the occasion.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './demo-process.ts'

/** The name under which the proxy serves; nothing but a browser that was told so knows where it is. */
export const proxiedName = 'voila.test'

export type Ports = { http: number; https: number; upstream: number }
export type RunningProxy = {
  ports: Ports
  origin: string
  certificate: string
  /** Everything it has written: its logs, and what it said. */
  written(): string
  stop(): Promise<void>
}
export type ProxyKind = 'nginx' | 'caddy'

type Place = { folder: string; logs: string; ports: Ports }

/** Replaces what an operator replaces. @throws Error where the configuration no longer says what is to be replaced */
function substituted(text: string, pairs: readonly (readonly [from: string | RegExp, to: string])[]): string {
  return pairs.reduce((before, [from, to]) => {
    const after = before.replaceAll(from, to)
    if (after === before) throw new Error(`the configuration holds no ${from}`)
    return after
  }, text)
}

const configuration = (name: string): string => readFileSync(fileURLToPath(new URL(`../../deploy/${name}`, import.meta.url)), 'utf8')

function nginx({ folder, logs, ports }: Place): { command: string; args: string[] } {
  const site = substituted(configuration('nginx.conf'), [
    ['https://live.example.com', `https://${proxiedName}:${ports.https}`],
    [/\/etc\/letsencrypt\/live\/live\.example\.com\/(\w+)\.pem/g, `${folder}/$1.pem`],
    ['live.example.com', proxiedName],
    // The machine that runs the tests may have no IPv6.
    [/ +listen \[::\]:.*\n/g, ''],
    ['listen 443 ', `listen 127.0.0.1:${ports.https} `],
    ['listen 80;', `listen 127.0.0.1:${ports.http};`],
    ['127.0.0.1:8080', `127.0.0.1:${ports.upstream}`],
    ['/var/log/nginx', logs],
  ])
  writeFileSync(join(folder, 'voila.conf'), site)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${folder}/${name};`)
  const main = [
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    `pid ${folder}/nginx.pid;`,
    `error_log ${logs}/error.log info;`,
    'events { worker_connections 512; }',
    'http {',
    ...temporary,
    `  include ${folder}/voila.conf;`,
    '}',
  ]
  writeFileSync(join(folder, 'nginx.conf'), `${main.join('\n')}\n`)
  return { command: 'nginx', args: ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'] }
}

function caddy({ folder, logs, ports }: Place): { command: string; args: string[] } {
  const text = substituted(configuration('Caddyfile'), [
    ['https://live.example.com', `https://${proxiedName}:${ports.https}`],
    ['http://live.example.com {', `http://${proxiedName}:${ports.http} {`],
    [/^live\.example\.com \{/gm, `https://${proxiedName}:${ports.https} {\n\ttls ${folder}/fullchain.pem ${folder}/privkey.pem`],
    [/^\{/gm, `{\n\tadmin off\n\thttp_port ${ports.http}\n\thttps_port ${ports.https}\n\tdefault_bind 127.0.0.1`],
    ['127.0.0.1:8080', `127.0.0.1:${ports.upstream}`],
    ['/var/log/caddy', logs],
  ])
  writeFileSync(join(folder, 'Caddyfile'), text)
  return { command: 'caddy', args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'] }
}

function makeCertificate(folder: string): void {
  const subject = ['-subj', `/CN=${proxiedName}`, '-addext', `subjectAltName=DNS:${proxiedName}`]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', join(folder, 'privkey.pem')]
  execFileSync('openssl', ['req', '-x509', ...key, '-out', join(folder, 'fullchain.pem'), '-days', '2', ...subject], { stdio: 'ignore' })
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function untilListening(child: ChildProcess, ports: Ports, said: () => string): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!((await opens(ports.https)) && (await opens(ports.http)))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`the proxy is not ready:\n${said()}`)
    }
    await new Promise((done) => setTimeout(done, 50))
  }
}

/** Ports that nobody uses: the platform's public address must be known before it starts, and so before the proxy does. */
export async function proxyPorts(): Promise<Omit<Ports, 'upstream'>> {
  return { http: await freePort(), https: await freePort() }
}

/** Starts a proxy in front of a platform that listens on `ports.upstream`. */
export async function startProxy(kind: ProxyKind, ports: Ports): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), `voila-${kind}-`))
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  makeCertificate(folder)
  const { command, args } = { nginx, caddy }[kind]({ folder, logs, ports })
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: folder } })
  let said = ''
  child.stdout.on('data', (chunk) => (said += chunk))
  child.stderr.on('data', (chunk) => (said += chunk))
  child.once('error', (error) => (said += error.message))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await untilListening(child, ports, () => said)
  return {
    ports,
    origin: `https://${proxiedName}:${ports.https}`,
    certificate: readFileSync(join(folder, 'fullchain.pem'), 'utf8'),
    written: () =>
      said +
      readdirSync(logs)
        .map((name) => readFileSync(join(logs, name), 'utf8'))
        .join(''),
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

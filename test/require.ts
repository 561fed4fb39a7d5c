// Owns: whether a test that needs something outside Node (PostgreSQL, Chromium, ffmpeg, openssl, nginx …) runs, and how loudly it is skipped.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'

const requireAll = process.env.VOILA_TEST_REQUIRE === 'all'

function has(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Where Chromium is, or undefined. `VOILA_TEST_CHROMIUM` names another one. */
export const chromiumPath: string | undefined = [process.env.VOILA_TEST_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
)

/** The PostgreSQL that tests may use, each in a schema of its own. */
export const postgresUrl = process.env.VOILA_TEST_POSTGRES ?? `postgres://${process.env.PGUSER ?? 'root'}@127.0.0.1:5432/test`

async function reachable(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return await new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 5432) })
    const done = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => done(false))
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
}

function hasPyjwt(): boolean {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import jwt, cryptography'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The libraries are Debian's, so the Ruby is too. */
function hasRubyJwt(): boolean {
  try {
    execFileSync('/usr/bin/ruby', ['-e', 'require "jwt"; require "webrick"'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Files that this process may have open. */
const openFiles = (): number => Number(execFileSync('sh', ['-c', 'ulimit -n']).toString().trim().replace('unlimited', 'Infinity'))

const postgresHere = await reachable(postgresUrl)

function missing(what: string, here: boolean): boolean {
  if (here) return false
  if (requireAll) throw new Error(`${what} is required by VOILA_TEST_REQUIRE=all, and it is not here`)
  console.warn(`\n  !! SKIPPED: ${what} is not here, so the tests that need it did not run\n`)
  return true
}

/** Each answers true when its tests are to be skipped (for `describe.skipIf`), having said so; throws when nothing may be skipped. */
export const needs = {
  caddy: (): boolean => missing('Caddy', has('caddy')),
  chromium: (): boolean => missing('Chromium', chromiumPath !== undefined),
  curl: (): boolean => missing('curl', has('curl')),
  ffmpeg: (): boolean => missing('ffmpeg', has('ffmpeg')),
  nginx: (): boolean => missing('nginx', has('nginx')),
  files: (many: number): boolean => missing(`Room for ${many} open files (ulimit -n)`, openFiles() >= many),
  openssl: (): boolean => missing('openssl', has('openssl')),
  php: (): boolean => missing('PHP (Debian’s php-cli)', has('php')),
  postgres: (): boolean => missing(`PostgreSQL (VOILA_TEST_POSTGRES)`, postgresHere),
  pyjwt: (): boolean => missing('PyJWT (Debian’s python3-jwt)', hasPyjwt()),
  simplesamlphp: (): boolean => missing('SimpleSAMLphp (and php)', has('php') && existsSync('/usr/share/simplesamlphp/www/saml2')),
  ruby: (): boolean => missing('ruby-jwt and WEBrick (Debian’s ruby-jwt, ruby-webrick)', hasRubyJwt()),
  systemd: (): boolean => missing('systemd-analyze', has('systemd-analyze')),
  sqlite3: (): boolean => missing('sqlite3', has('sqlite3')),
} as const

// Owns: a checkout that can run: the right Node, installed packages, current builds. Node built-ins only, since nothing is installed yet.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wanted = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node.replace('>=', '')

/** Ends the process with one line that says what to do. */
export function giveUp(line) {
  console.error(`\n  ${line}\n`)
  process.exit(1)
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const [needMajor, needMinor] = wanted.split('.').map(Number)
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return
  giveUp(
    `Voilà needs Node ${wanted} or newer; this is Node ${process.versions.node}. Install a newer one, then run the same command again.`,
  )
}

/** Runs a command in the checkout. Resolves to its exit code; its output is shown, or kept and shown only when it fails. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: process.platform === 'win32' && command === 'npm',
    })
    const kept = []
    child.stdout?.on('data', (chunk) => kept.push(chunk))
    child.stderr?.on('data', (chunk) => kept.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code !== 0) process.stderr.write(Buffer.concat(kept))
      resolve(code ?? 1)
    })
  })
}

/** Runs a program of an installed package with this very Node. */
export function runTool(path, args, options) {
  return run(process.execPath, [join(root, 'node_modules', path), ...args], options)
}

async function step(label, work) {
  const started = Date.now()
  const live = process.stdout.isTTY
  process.stdout.write(`  ${label} …${live ? '' : '\n'}`)
  const ticking = live ? setInterval(() => process.stdout.write('.'), 2000) : undefined
  const code = await work()
  clearInterval(ticking)
  if (code !== 0) giveUp(`${label} failed; the lines above say why.`)
  if (live) process.stdout.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}

function filesBelow(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (['node_modules', 'dist', 'test'].includes(entry.name) ? [] : filesBelow(join(path, entry.name))))
}

function fingerprint(paths) {
  const hash = createHash('sha256')
  for (const file of paths.flatMap((path) => filesBelow(join(root, path)))) hash.update(relative(root, file)).update(readFileSync(file))
  return hash.digest('hex')
}

const isCurrent = (stamp, print) => existsSync(stamp) && readFileSync(stamp, 'utf8') === print
const manifests = () => [
  'package.json',
  'package-lock.json',
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/package.json`),
]

async function install() {
  const stamp = join(root, 'node_modules', '.voila-installed')
  const print = fingerprint(manifests())
  if (isCurrent(stamp, print)) return
  await step('Installing packages (about a minute the first time)', () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true }),
  )
  writeFileSync(stamp, print)
}

const tsc = (name) => () => runTool('typescript-7/bin/tsc', ['-p', `packages/${name}/tsconfig.build.json`], { quiet: true })

/** The packages in the order in which they can be built; those of one row do not need each other. */
const builds = [
  { tokens: tsc('tokens'), protocol: tsc('protocol'), media: tsc('media') },
  { server: tsc('server'), web: () => runTool('vite/bin/vite.js', ['build', 'packages/web', '--logLevel', 'warn'], { quiet: true }) },
]

async function build() {
  const below = ['tsconfig.base.json']
  for (const row of builds) {
    const names = Object.keys(row)
    const stale = names.flatMap((name) => {
      const dist = join(root, 'packages', name, 'dist')
      // Backstage shows the examples.
      const print = fingerprint([...below, `packages/${name}`, ...(name === 'web' ? ['examples'] : [])])
      return isCurrent(join(dist, '.stamp'), print) ? [] : [{ name, dist, print }]
    })
    below.push(...names.map((name) => `packages/${name}`))
    if (stale.length === 0) continue
    await step(`Building ${stale.map(({ name }) => name).join(', ')}`, async () => {
      const codes = await Promise.all(
        stale.map(async ({ name, dist, print }) => {
          // What has left the sources must leave the build too; the folder itself stays, since a running server may serve from it.
          rmSync(join(dist, '.stamp'), { force: true })
          if (name !== 'web') rmSync(dist, { recursive: true, force: true })
          const code = await row[name]()
          if (code !== 0) return code
          mkdirSync(dist, { recursive: true })
          writeFileSync(join(dist, '.stamp'), print)
          return 0
        }),
      )
      return Math.max(...codes)
    })
  }
}

/** Makes this checkout ready: installs and builds what is missing or stale. Ends the process with a clear line where it can't. */
export async function ready({ built = true } = {}) {
  requireNode()
  try {
    await install()
    if (built) await build()
  } catch (error) {
    if (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'EPERM')
      giveUp(`This folder can't be written to: ${error.path ?? root}`)
    throw error
  }
}

// Owns: the audit of dependencies: whether the registry knows of a grave vulnerability in what runs in production. No registry, no verdict.
import { spawn } from 'node:child_process'
import { root } from './bootstrap.mjs'

/** What holds a release up; the rest is looked at when a library is taken up to date. */
const grave = ['high', 'critical']
/** A registry that does not answer holds nobody up for longer. */
const patienceMs = 60_000

/** What `npm audit` says, as JSON; undefined where it could not ask. */
async function asked() {
  const npm = spawn('npm', ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=20000'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
    timeout: patienceMs,
  })
  let output = ''
  npm.stdout.on('data', (chunk) => (output += chunk))
  await new Promise((resolve) => npm.once('close', resolve).once('error', resolve))
  try {
    const report = JSON.parse(output)
    return report.vulnerabilities === undefined ? undefined : report
  } catch {
    return undefined
  }
}

const report = await asked()
if (report === undefined) {
  console.warn('  !! NOT AUDITED: no registry that knows of vulnerabilities could be asked')
  process.exitCode = process.env.VOILA_AUDIT_REQUIRE === 'all' ? 1 : 0
} else {
  const found = Object.values(report.vulnerabilities).filter(({ severity }) => grave.includes(severity))
  for (const { name, severity, range, via } of found) {
    const why = via.map((each) => (typeof each === 'string' ? `by ${each}` : `${each.title} ${each.url}`)).join('; ')
    console.error(`${name} ${range} (${severity}): ${why}`)
  }
  if (found.length === 0) console.log('No vulnerability of high or critical severity is known in what runs in production.')
  process.exitCode = found.length === 0 ? 0 : 1
}

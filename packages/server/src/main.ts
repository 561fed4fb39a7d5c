// Owns: the `voila` command: one platform in this process, from start to stop.
import { parseArgs } from 'node:util'
import { type Config, readConfig } from './config.ts'
import { createPlatform, type Platform } from './platform.ts'
import { settingsHelp } from './settings.ts'
import { isOutage } from './store/outage.ts'

const usage = `Usage: voila [--help]

Starts the platform. It is configured by environment variables:

${settingsHelp()}
`

/** To standard error: standard output is the log's. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function giveUp(lines: readonly string[], { code = 1 } = {}): never {
  for (const line of lines) say(line)
  process.exit(code)
}

function readArguments(): void {
  let help: boolean | undefined
  try {
    help = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } }).values.help
  } catch (error) {
    giveUp([error instanceof Error ? error.message : String(error), '', usage], { code: 2 })
  }
  if (help === true) {
    process.stdout.write(usage)
    process.exit(0)
  }
}

function configure(): Config {
  const read = readConfig(process.env)
  if ('faults' in read) return giveUp(['Voilà can’t start with this configuration:', ...read.faults.map((fault) => `  ${fault}`)])
  for (const warning of read.warnings) say(warning)
  return read.config
}

/** Why it did not start, in a line for the person who started it. */
function reasonOf(error: unknown, config: Config): string {
  const { code, port, message } = error as { code?: unknown; port?: unknown; message?: unknown }
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use already. Stop what uses it, or choose another with PORT, RTMP_PORT or RTMPS_PORT.`
  if (code === 'EACCES' && port !== undefined) return `Port ${port} may not be opened by this user.`
  if (code === 'EADDRNOTAVAIL') return `HOST or RTMP_HOST names an address that this machine does not have.`
  if (isOutage(error)) {
    const where = config.databaseUrl === undefined ? `The database in ${config.dataDir}` : 'The PostgreSQL of DATABASE_URL'
    return `${where} can’t be reached: ${message}`
  }
  return `Voilà could not start: ${message}`
}

async function start(config: Config): Promise<Platform> {
  try {
    return await createPlatform(config)
  } catch (error) {
    return giveUp([reasonOf(error, config)])
  }
}

readArguments()
const config = configure()
const platform = await start(config)
say(
  `Voilà listens on ${platform.url}${config.publicUrl === undefined ? '' : `, for ${config.publicUrl}`}; feeds on port ${platform.rtmpPort}.`,
)
const setupUrl = await platform.setupUrl()
// Not through the log, which others may read.
if (setupUrl !== undefined) say(`Nobody can sign in to Backstage yet. The first owner opens this link, within a day:\n  ${setupUrl}`)

let stopping = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) giveUp(['Stopped at once.'])
    stopping = true
    say('Stopping; the same again stops at once.')
    platform.close().then(
      () => process.exit(0),
      (error: unknown) => giveUp([`It did not stop cleanly: ${error instanceof Error ? error.message : error}`]),
    )
  })
}

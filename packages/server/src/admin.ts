// Owns: `voila-admin`: a small client of the administration API. Exit: 0 done, 1 refused or failed, 2 wrong use.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { KeyError } from '@voila/tokens'
import { type Command, commands, options, type Request, type Values } from './admin-commands.ts'

const done = 0
const failed = 1
const misused = 2

const nameWidth = 22
const usage = `Usage: voila-admin <command> [options]

${Object.entries(commands)
  .map(([name, { says, required, optional = [] }]) => {
    const asked = [...required.map((option) => `--${option} …`), ...optional.map((option) => `[--${option} …]`)].join(' ')
    return `  ${name.padEnd(nameWidth)}${says}\n${asked === '' ? '' : `  ${''.padEnd(nameWidth)}${asked}\n`}`
  })
  .join('')}
Options
${Object.entries(options)
  .map(([name, says]) => `  ${`--${name}`.padEnd(nameWidth)}${says}`)
  .join('\n')}

  ${'--url'.padEnd(nameWidth)}where the platform is (VOILA_URL, else http://127.0.0.1:8080)
  ${'--data'.padEnd(nameWidth)}the data folder whose admin-secret is read (DATA_DIR, else data)
  ${'--json'.padEnd(nameWidth)}prints the API's answer as it is
  ${'--help'.padEnd(nameWidth)}this text

The secret comes from VOILA_ADMIN_SECRET, else from the file admin-secret of the data folder.
`

/** Ends the command with a reason. */
class Exit extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

function readSecret(dataDir: string): string {
  const set = process.env.VOILA_ADMIN_SECRET
  if (set !== undefined && set !== '') return set
  const file = join(dataDir, 'admin-secret')
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    throw new Exit(
      failed,
      `There is no administration secret: set VOILA_ADMIN_SECRET, or name the data folder with --data (${file} can't be read).`,
    )
  }
}

async function ask(url: string, secret: string, { method, path, body }: Request): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Exit(failed, `Nothing answers at ${url}. Start the platform, or name its address with --url.`)
  }
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answer
  const { title, code, detail, traceId } = (answer ?? {}) as Record<string, string | undefined>
  const lines = [title ?? `The platform answered ${response.status}.`, ...(detail === undefined ? [] : [detail])]
  throw new Exit(failed, `${lines.join('\n')}${code === undefined ? '' : `\n(${code}, trace ${traceId})`}`)
}

function readArguments() {
  const text = { type: 'string' as const }
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        ...Object.fromEntries(Object.keys(options).map((name) => [name, text])),
        url: text,
        data: text,
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new Exit(misused, `${error instanceof Error ? error.message : error}`)
  }
}

function commandNamed(name: string): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command !== undefined) return command
  throw new Exit(misused, name === '' ? usage : `There is no command '${name}'. See voila-admin --help.`)
}

/** The values of a command's options. @throws Exit where one is missing or is another command's */
function valuesFor(name: string, command: Command, all: Readonly<Record<string, unknown>>): Values {
  const values = Object.fromEntries(Object.entries(all).filter(([option]) => Object.hasOwn(options, option))) as Values
  const known = [...command.required, ...(command.optional ?? [])]
  const missing = command.required.filter((option) => values[option] === undefined)
  if (missing.length > 0) throw new Exit(misused, `${name} needs ${missing.map((option) => `--${option}`).join(' and ')}.`)
  const stray = Object.keys(values).find((option) => !known.includes(option))
  if (stray !== undefined) throw new Exit(misused, `${name} takes no --${stray}.`)
  return values
}

function requestOf(command: Command, values: Values): Request {
  try {
    return command.request(values)
  } catch (error) {
    if (error instanceof KeyError) throw new Exit(failed, `${error.message}\n(${error.code}; nothing was sent)`)
    throw new Exit(failed, `${values.file} can't be read.`)
  }
}

async function run(): Promise<string> {
  const { values: all, positionals } = readArguments()
  if (all.help === true) return usage
  const name = positionals.join(' ')
  const command = commandNamed(name)
  const request = requestOf(command, valuesFor(name, command, all))
  const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
  const url = textOf(all.url) ?? textOf(process.env.VOILA_URL) ?? 'http://127.0.0.1:8080'
  const secret = readSecret(textOf(all.data) ?? textOf(process.env.DATA_DIR) ?? 'data')
  const answer = await ask(url.replace(/\/+$/, ''), secret, request)
  return all.json === true ? `${JSON.stringify(answer, null, 2)}\n` : `${command.show(answer).join('\n')}\n`
}

try {
  process.stdout.write(await run())
  process.exitCode = done
} catch (error) {
  const { code, message } = error instanceof Exit ? error : new Exit(failed, String(error))
  process.stderr.write(`${message.trimEnd()}\n`)
  process.exitCode = code
}

// Owns: the configuration: environment in, frozen Config out, every fault reported at once.
import { randomBytes } from 'node:crypto'
import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rootCertificates } from 'node:tls'
import { type Setting, type SettingName, settings, type Values } from './settings.ts'
import { makeFolder } from './store/folder.ts'

/** What the rest of the platform reads. Nothing else looks at the environment. */
export type Config = {
  readonly host: string
  readonly port: number
  /** Origin, without a slash at the end; undefined: `http://localhost` and the port that was opened. */
  readonly publicUrl: string | undefined
  readonly trustProxy: boolean | readonly string[]
  readonly allowedOrigins: readonly string[]
  /** Absolute. */
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly secret: string
  readonly adminSecret: string
  /** Where mails go out; undefined: nowhere. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | undefined
  readonly sessionSeconds: number
  /** From the last token on, where a browser prolongs its session. Not less than `sessionSeconds`. */
  readonly sessionMaxSeconds: number
  readonly mediaCredentialSeconds: number
  readonly rtmp: { readonly host: string; readonly port: number; readonly publicUrl: string | undefined }
  readonly rtmps:
    | { readonly port: number; readonly certFile: string; readonly keyFile: string; readonly publicUrl: string | undefined }
    | undefined
  readonly recordings: { readonly maxBytes: number; readonly maxDays: number } | undefined
  /** For what is fetched from others' servers. `ca`: PEM, the usual authorities among them; undefined: the usual ones alone. */
  readonly fetch: { readonly privateHosts: readonly string[]; readonly ca: readonly string[] | undefined }
  readonly webDir: string | undefined
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

export type Environment = Readonly<Record<string, string | undefined>>
export type ConfigRead = { readonly config: Config; readonly warnings: readonly string[] } | { readonly faults: readonly string[] }

function readValues(env: Environment): { values: Values; faults: string[] } {
  const faults: string[] = []
  const entries = Object.entries<Setting<unknown>>(settings).map(([name, { read, fallback }]) => {
    const given = env[name]?.trim()
    const counts = given === undefined || given === '' ? fallback : given
    if (counts === undefined) return [name, undefined]
    try {
      return [name, read(counts)]
    } catch (error) {
      faults.push(`${name} ${error instanceof Error ? error.message : 'is wrong'}.`)
      return [name, undefined]
    }
  })
  return { values: Object.fromEntries(entries) as Values, faults }
}

/** What no variable can tell alone. */
function crossFaults(env: Environment, values: Values): string[] {
  const isSet = (name: SettingName): boolean => (env[name]?.trim() ?? '') !== ''
  const faults: string[] = []
  if (isSet('DATABASE_URL')) {
    for (const name of ['VOILA_SECRET', 'VOILA_ADMIN_SECRET'] as const) {
      if (!isSet(name)) faults.push(`${name} is required with PostgreSQL, since all nodes must share it.`)
    }
  }
  if (isSet('SMTP_URL') && !isSet('MAIL_FROM')) faults.push('MAIL_FROM is required with SMTP_URL.')
  if (isSet('RTMPS_PORT')) {
    for (const name of ['RTMPS_CERT_FILE', 'RTMPS_KEY_FILE'] as const) {
      if (!isSet(name)) faults.push(`${name} is required with RTMPS_PORT.`)
    }
  }
  for (const name of ['RTMPS_CERT_FILE', 'RTMPS_KEY_FILE', 'FETCH_CA_FILE'] as const) {
    const file = values[name]
    if (file === undefined) continue
    try {
      accessSync(file, constants.R_OK)
    } catch {
      faults.push(`${name} names a file that can't be read: ${file}`)
    }
  }
  return faults
}

/** Reads a secret that was made earlier, or makes it, readable by its owner alone. */
function keptSecret({ dataDir, name, prefix }: { dataDir: string; name: string; prefix: string }): string {
  const file = join(dataDir, name)
  try {
    writeFileSync(file, `${prefix}${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error
  }
  const kept = readFileSync(file, 'utf8').trim()
  if (kept.length < 32) throw new Error(`${file} is too short for a secret; delete it and a new one is made`)
  return kept
}

function unknownNames(env: Environment): string[] {
  const known = new Set<string>([...Object.keys(settings), 'VOILA_URL'])
  return Object.keys(env)
    .filter((name) => name.startsWith('VOILA_') && !name.startsWith('VOILA_TEST_') && !known.has(name))
    .map((name) => `${name} is not a setting and has no effect.`)
}

/**
 * Reads the configuration, and makes the data folder and the two secrets where they are missing.
 *
 * @returns the frozen configuration, or every fault there is, each a line for a person
 */
export function readConfig(env: Environment): ConfigRead {
  const { values, faults } = readValues(env)
  faults.push(...crossFaults(env, values))
  if (faults.length > 0) return { faults }

  const dataDir = resolve(values.DATA_DIR)
  let secrets: { secret: string; adminSecret: string }
  try {
    makeFolder(dataDir)
    accessSync(dataDir, constants.W_OK)
    secrets = {
      secret: values.VOILA_SECRET ?? keptSecret({ dataDir, name: 'secret', prefix: '' }),
      adminSecret: values.VOILA_ADMIN_SECRET ?? keptSecret({ dataDir, name: 'admin-secret', prefix: 'va_' }),
    }
  } catch (error) {
    return { faults: [`DATA_DIR names a folder that can't be used: ${dataDir} (${error instanceof Error ? error.message : error}).`] }
  }
  return { config: freeze(configOf(values, { dataDir, ...secrets })), warnings: unknownNames(env) }
}

function configOf(values: Values, made: { dataDir: string; secret: string; adminSecret: string }): Config {
  const { RTMPS_PORT, RTMPS_CERT_FILE, RTMPS_KEY_FILE, SMTP_URL, MAIL_FROM } = values
  return {
    ...made,
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL,
    trustProxy: values.TRUST_PROXY,
    allowedOrigins: values.ALLOWED_ORIGINS ?? [],
    databaseUrl: values.DATABASE_URL,
    mail: SMTP_URL === undefined || MAIL_FROM === undefined ? undefined : { smtpUrl: SMTP_URL, from: MAIL_FROM },
    sessionSeconds: Math.round(values.SESSION_HOURS * 3_600),
    sessionMaxSeconds: Math.round(Math.max(values.SESSION_HOURS * 3_600, values.SESSION_MAX_DAYS * 86_400)),
    mediaCredentialSeconds: values.MEDIA_CREDENTIAL_SECONDS,
    rtmp: { host: values.RTMP_HOST ?? values.HOST, port: values.RTMP_PORT, publicUrl: values.PUBLIC_RTMP_URL },
    rtmps:
      RTMPS_PORT === undefined || RTMPS_CERT_FILE === undefined || RTMPS_KEY_FILE === undefined
        ? undefined
        : { port: RTMPS_PORT, certFile: RTMPS_CERT_FILE, keyFile: RTMPS_KEY_FILE, publicUrl: values.PUBLIC_RTMPS_URL },
    recordings: values.RECORDINGS === 'off' ? undefined : { maxBytes: values.RECORDINGS_MAX_BYTES, maxDays: values.RECORDINGS_MAX_DAYS },
    fetch: {
      privateHosts: values.FETCH_PRIVATE_HOSTS ?? [],
      ca: values.FETCH_CA_FILE === undefined ? undefined : [...rootCertificates, readFileSync(values.FETCH_CA_FILE, 'utf8')],
    },
    webDir: values.VOILA_WEB_DIR === undefined ? undefined : resolve(values.VOILA_WEB_DIR),
    logLevel: values.LOG_LEVEL,
  }
}

function freeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part)
  return Object.freeze(value)
}

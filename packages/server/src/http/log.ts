// Owns: what the log says, and that no secret gets into it, whoever wrote the line.
import { type Logger, pino } from 'pino'
import type { Config } from '../config.ts'

/**
 * Shapes of what must never be kept: tokens, bearers, stream keys, media credentials, private keys, query strings. Lines are also written
 * with care; this is for the error whose message quotes what somebody sent.
 */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|(?="|$))/g, '[private key]'],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?/g, '[token]'],
  [/\bv[ska]_[A-Za-z0-9_-]{20,}/g, '[bearer]'],
  [/\b[a-z0-9]{12}-[pb]-[A-Za-z0-9_-]{22}/g, '[stream key]'],
  [/(\/media\/[a-z0-9]{12}\/)[A-Za-z0-9_-]{20,}/g, '$1[credential]'],
  [/([?&](?:token|session|key)=)[^&\s"\\]+/g, '$1[redacted]'],
  [/(voila_(?:browser|embed|saml_[A-Za-z0-9_-]{6,8})=)[A-Za-z0-9_-]+/g, '$1[redacted]'],
  [/((?:SAMLResponse|RelayState)=)[^&\s"\\]+/g, '$1[redacted]'],
]

/** The line without anything of a secret's shape. */
export function withoutSecrets(line: string): string {
  return secrets.reduce((text, [shape, instead]) => text.replace(shape, instead), line)
}

const fields = [
  'token',
  'session',
  'bearer',
  'secret',
  'adminSecret',
  'streamKey',
  'pem',
  'privateKey',
  'authorization',
  'cookie',
  'databaseUrl',
]

/** Facts of an error; a driver's own fields hold parameters and rows, so they stay out. */
function errorFacts(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause instanceof Error ? { cause: errorFacts(error.cause) } : {}),
  }
}

export type LogDestination = { write(line: string): void }

/** A logger of JSON lines to standard output, or to where a test looks. */
export function createLog(config: Pick<Config, 'logLevel'>, destination: LogDestination = process.stdout): Logger {
  return pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Requests and replies are never logged as such: their addresses and headers carry tokens.
      serializers: { err: errorFacts, error: errorFacts, req: () => undefined, res: () => undefined },
      redact: { paths: fields.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    },
    { write: (line: string) => destination.write(withoutSecrets(line)) },
  )
}

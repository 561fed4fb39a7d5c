// Owns: how the commands read their input, and the faults that are the caller's (exit 2) or a refusal (exit 1).
import { readFileSync } from 'node:fs'
import { KeyError, TokenError } from '../errors.ts'

/** The command line or a file it names cannot be understood: exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Where a command reads and writes; a process, or a test. */
export interface Terminal {
  /** Reads all of stdin; undefined where it is a keyboard. */
  readonly readStdin: () => string | undefined
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** What a command answers; the exit status says it too. */
export type Answer = 'yes' | 'refused'

/** Says in one line why something was refused. */
export function refusal(error: unknown): { code: string; claim?: string; says: string } | undefined {
  if (error instanceof KeyError) return { code: error.code, says: error.message }
  if (!(error instanceof TokenError)) return undefined
  return { code: error.code, ...(error.claim === undefined ? {} : { claim: error.claim }), says: error.message }
}

/**
 * Reads a file, or stdin where the path is `-`.
 *
 * @throws UsageError
 */
export function readInput(terminal: Terminal, path: string, option: string): string {
  if (path === '-') {
    const text = terminal.readStdin()
    if (text === undefined) throw new UsageError(`${option} is to come from stdin, and nothing is piped in.`)
    return text
  }
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${option}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
  }
}

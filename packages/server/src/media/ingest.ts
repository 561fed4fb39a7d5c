// Owns: who may publish: the stream keys of a program, and which state accepts a feed.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { ingestGraceMs, type ProgramState, programStates } from '@voila/protocol'

/** What ingest needs to know of a program. Versions start at 1 and go up when a key is rotated. `stateSince`: Unix milliseconds. */
export type IngestProgram = {
  readonly id: string
  readonly state: ProgramState
  readonly stateSince: number
  readonly streamKeyVersion: number
  readonly backupKeyVersion: number
}

export type Input = 'primary' | 'backup'

const shape = /^([a-z0-9]{12})-(p|b)-([A-Za-z0-9_-]{22})$/

function streamKey(key: Buffer, program: IngestProgram, input: Input): string {
  const version = input === 'primary' ? program.streamKeyVersion : program.backupKeyVersion
  const mac = createHmac('sha256', key).update(`${program.id}\0${input}\0${version}`).digest().subarray(0, 16).toString('base64url')
  return `${program.id}-${input === 'primary' ? 'p' : 'b'}-${mac}`
}

/**
 * The two stream keys of a program. They are derived from the platform's secret and a version, so the database holds none of them and
 * rotating one is counting up.
 */
export function streamKeys(key: Buffer, program: IngestProgram): { primary: string; backup: string } {
  return { primary: streamKey(key, program, 'primary'), backup: streamKey(key, program, 'backup') }
}

/** Whether a program takes a feed at this moment (Unix milliseconds). */
export function acceptsFeed(program: IngestProgram, now: number): boolean {
  const { ingest } = programStates[program.state]
  return ingest === 'accepted' || (ingest === 'grace' && now < program.stateSince + ingestGraceMs)
}

/** The program and input that a stream key publishes to, or undefined: unknown, rotated away, or a state that takes no feed. */
export function authorizePublisher(
  key: Buffer,
  { streamKey: given, program, now }: { streamKey: string; program: (id: string) => IngestProgram | undefined; now: number },
): { streamId: string; input: Input } | undefined {
  const [, programId, letter] = shape.exec(given) ?? []
  const found = programId === undefined ? undefined : program(programId)
  if (found === undefined || !acceptsFeed(found, now)) return undefined
  const input: Input = letter === 'p' ? 'primary' : 'backup'
  const expected = streamKey(key, found, input)
  return timingSafeEqual(Buffer.from(given), Buffer.from(expected)) ? { streamId: found.id, input } : undefined
}

// Owns: the command sign.
import { TokenError } from '../errors.ts'
import { hintFor } from '../hints.ts'
import { type AttendeeClaims, signToken } from '../sign.ts'
import { type Answer, readInput, refusal, type Terminal, UsageError } from './terminal.ts'

/** What sign is told. */
export interface SignCommand {
  readonly key: string | undefined
  readonly kid: string | undefined
  readonly claims: string | undefined
  readonly expiresIn: string | undefined
  readonly organization: string | undefined
  readonly program: string | undefined
  readonly roles: readonly string[]
  readonly givenName: string | undefined
  readonly familyName: string | undefined
  readonly email: string | undefined
  readonly sub: string | undefined
  readonly share: boolean
  readonly now: number | undefined
  readonly json: boolean
}

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }
const defaultExpirySeconds = 24 * 3600

function expirySeconds(text: string): number {
  const match = /^(-?\d+)([smhd]?)$/.exec(text)
  const unit = unitSeconds[match?.[2] ?? '']
  if (match === null || unit === undefined) throw new UsageError('--expires-in is a number of seconds, or a number with m, h or d.')
  return Number(match[1]) * unit
}

function claimsFromFile(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new UsageError('--claims is not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError('--claims is not a JSON object.')
  return value as Record<string, unknown>
}

function claimsOf(command: SignCommand, terminal: Terminal): Record<string, unknown> {
  const claims = command.claims === undefined ? {} : claimsFromFile(readInput(terminal, command.claims, '--claims'))
  const given = {
    organization_id: command.organization,
    given_name: command.givenName,
    family_name: command.familyName,
    email: command.email,
    sub: command.sub,
    sharePersonalData: command.share ? true : undefined,
    roles: command.program === undefined ? undefined : rolesOf(command.program, command.roles),
  }
  return { ...claims, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
}

function rolesOf(program: string, names: readonly string[]): { name: string; eventId: string }[] {
  return (names.length === 0 ? ['ROLE_ATTENDEE'] : names).map((name) => ({ name, eventId: program }))
}

/** Signs a token and prints it alone, so that it can be piped. */
export function sign(command: SignCommand, terminal: Terminal): Answer {
  if (command.key === undefined) throw new UsageError('--key names the file of the private key.')
  if (command.kid === undefined) throw new UsageError('--kid is the id that the platform gave the public key.')
  if (command.key === '-' && command.claims === '-') throw new UsageError('--key and --claims cannot both come from stdin.')
  const privateKey = readInput(terminal, command.key, '--key')
  const claims = claimsOf(command, terminal)
  const expiresInSeconds = command.expiresIn === undefined ? undefined : expirySeconds(command.expiresIn)
  if (expiresInSeconds !== undefined && claims.exp !== undefined) throw new UsageError('--claims holds an exp: leave out --expires-in.')
  const now = command.now ?? Math.floor(Date.now() / 1000)
  try {
    // What the file holds is judged by signToken itself, whatever its type.
    const token = signToken(claims as unknown as AttendeeClaims, {
      privateKey,
      kid: command.kid,
      now,
      expiresInSeconds: expiresInSeconds ?? (claims.exp === undefined ? defaultExpirySeconds : undefined),
    })
    terminal.out(command.json ? JSON.stringify({ ok: true, token }) : token)
    return 'yes'
  } catch (error) {
    const refused = refusal(error)
    if (refused === undefined) throw error
    const hint =
      error instanceof TokenError
        ? hintFor(error.code, { token: '', now, claim: error.claim, claims: JSON.parse(JSON.stringify(claims)) })
        : undefined
    const says = hint === undefined ? refused.says : `${refused.says} ${hint}`
    if (command.json) terminal.out(JSON.stringify({ ok: false, ...refused, says }))
    else terminal.err(`Not signed: ${refused.code}. ${says}`)
    return 'refused'
  }
}

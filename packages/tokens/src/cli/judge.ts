// Owns: the commands inspect and verify.
import { requireSignatureLength, splitToken } from '../compact.ts'
import { KeyError, TokenError } from '../errors.ts'
import { type Check, type Inspection, inspectToken } from '../inspect.ts'
import { importPublicKey } from '../keys.ts'
import { signatureHolds } from '../signature.ts'
import { type JsonObject, member } from '../strict-json.ts'
import { type PartnerKey, type VerifiedToken, verifyToken } from '../verify.ts'
import { tokenWarnings } from '../warnings.ts'
import { type Answer, readInput, type Terminal, UsageError } from './terminal.ts'

/** What inspect and verify are told. */
export interface JudgeCommand {
  /** The token itself; `-` or undefined: stdin. */
  readonly token: string | undefined
  readonly key: string | undefined
  readonly kid: string | undefined
  readonly organization: string | undefined
  readonly program: string | undefined
  readonly allowedRoles: readonly string[]
  readonly now: number | undefined
  readonly json: boolean
}

/** A token with what it is judged against, and where that had to be taken from the token itself. */
interface Case {
  readonly token: string
  readonly now: number
  readonly key?: PartnerKey
  readonly program?: { id: string; organizationId: string }
  readonly notes: readonly string[]
}

function textOf(object: JsonObject | undefined, name: string): string {
  const value = object === undefined ? undefined : member(object, name)
  return typeof value === 'string' ? value : ''
}

function caseOf(command: JudgeCommand, terminal: Terminal): Case {
  const fromStdin = command.token === undefined || command.token === '-'
  if (fromStdin && command.key === '-') throw new UsageError('The token and --key cannot both come from stdin.')
  const token = (fromStdin ? readInput(terminal, '-', 'The token') : (command.token ?? '')).trim()
  const pem = command.key === undefined ? undefined : readInput(terminal, command.key, '--key')
  const { header, claims } = inspectToken(token)
  const organizationId = command.organization ?? textOf(claims, 'organization_id')
  const notes: string[] = []
  if (pem !== undefined && command.kid === undefined) notes.push('The kid was not compared: give --kid.')
  if (pem !== undefined && command.organization === undefined) notes.push('The organization was not compared: give --organization.')
  return {
    token,
    now: command.now ?? Date.now() / 1000,
    notes,
    ...(pem === undefined
      ? {}
      : {
          key: {
            kid: command.kid ?? textOf(header, 'kid'),
            organizationId,
            publicKey: importPublicKey(pem).publicKey,
            state: 'active',
            notAfter: Number.POSITIVE_INFINITY,
            allowedRoles: ['ROLE_ATTENDEE', ...command.allowedRoles],
          },
        }),
    ...(command.program === undefined ? {} : { program: { id: command.program, organizationId } }),
  }
}

function signatureValid({ token, key }: Case): boolean | undefined {
  if (key === undefined) return undefined
  try {
    const parts = splitToken(token)
    requireSignatureLength(parts.signature)
    return signatureHolds(parts.signingInput, parts.signature, key.publicKey)
  } catch (error) {
    if (error instanceof TokenError) return undefined
    throw error
  }
}

function inspection(judged: Case): Inspection {
  const { token, now, key, program } = judged
  return inspectToken(token, { now, program, signatureValid: signatureValid(judged), ...(key === undefined ? {} : { key }) })
}

/** Says why --key cannot be used; the message for those who paste keys elsewhere would frighten here. */
function keyRefusal(error: KeyError): { code: string; says: string } {
  const says: Partial<Record<string, string>> = {
    private_key: 'This is a private key. Give the public half: openssl ec -in private.pem -pubout.',
    not_p256: `${error.message} It may be on the wrong curve: make the pair with openssl ecparam -name prime256v1.`,
  }
  return { code: error.code, says: says[error.code] ?? error.message }
}

function withCase(command: JudgeCommand, terminal: Terminal, answer: (judged: Case) => Answer): Answer {
  let judged: Case
  try {
    judged = caseOf(command, terminal)
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    const refused = keyRefusal(error)
    if (command.json) terminal.out(JSON.stringify({ ok: false, ...refused }))
    else terminal.out(`Refused: the key, ${refused.code}. ${refused.says}`)
    return 'refused'
  }
  return answer(judged)
}

function firstFailure({ checks }: Inspection): Check | undefined {
  return checks.find(({ outcome }) => outcome === 'fail')
}

/** Shows what is in a token and judges what can be judged: refused where any check fails. */
export function inspect(command: JudgeCommand, terminal: Terminal): Answer {
  return withCase(command, terminal, (judged) => {
    const found = inspection(judged)
    const failure = firstFailure(found)
    const answer = failure === undefined ? 'yes' : 'refused'
    if (command.json) {
      terminal.out(JSON.stringify({ ...found, code: failure?.code ?? null, notes: judged.notes }))
      return answer
    }
    const marks = { pass: '✓', fail: '✗', 'not judged': '·' } as const
    terminal.out(
      [
        ...(found.header === undefined ? [] : [`header  ${JSON.stringify(found.header, null, 2)}`]),
        ...(found.claims === undefined ? [] : [`payload ${JSON.stringify(found.claims, null, 2)}`]),
        ...found.checks.map(
          ({ id, outcome, code, says }) => `${marks[outcome]} ${id.padEnd(12)} ${code === undefined ? '' : `${code}: `}${says}`,
        ),
        ...judged.notes,
      ].join('\n'),
    )
    return answer
  })
}

function accepted(token: VerifiedToken): string[] {
  const name = [token.givenName, token.familyName].filter((part) => part !== null).join(' ')
  return [
    `Accepted: ${name} (${token.subject}) enters program ${token.programId} with ${token.roles.join(', ')}.`,
    ...token.warnings.map((warning) => `Warning: ${tokenWarnings[warning]}`),
  ]
}

/** Verifies a token as the platform does, for one key and one program. */
export function verify(command: JudgeCommand, terminal: Terminal): Answer {
  if (command.key === undefined) throw new UsageError('--key names the file of the public key.')
  if (command.program === undefined) throw new UsageError('--program is the id of the program, which tokens call eventId.')
  return withCase(command, terminal, (judged) => {
    const { token, now, key, program, notes } = judged
    if (key === undefined || program === undefined) throw new UsageError('--key and --program are needed.')
    try {
      const verified = verifyToken(token, { now, program, findKey: (kid) => (kid === key.kid ? key : undefined) })
      terminal.out(command.json ? JSON.stringify({ ok: true, token: verified, notes }) : [...accepted(verified), ...notes].join('\n'))
      return 'yes'
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      const { code, claim } = error
      const says = firstFailure(inspection(judged))?.says ?? error.message
      const refused = { ok: false, code, ...(claim === undefined ? {} : { claim }), says, notes }
      terminal.out(command.json ? JSON.stringify(refused) : [`Refused: ${code}. ${says}`, ...notes].join('\n'))
      return 'refused'
    }
  })
}

// Owns: the command line: its options, its help and its exit status.
import { parseArgs } from 'node:util'
import { inspect, type JudgeCommand, verify } from './judge.ts'
import { keygen } from './keygen.ts'
import { sign } from './sign.ts'
import { type Answer, type Terminal, UsageError } from './terminal.ts'

const help = `voila-tokens makes key pairs and signs, inspects and verifies attendee tokens.

  voila-tokens keygen [--out DIR]
  voila-tokens sign --key private.pem --kid KID --organization ID --program ID --given-name NAME (--sub ID | --email ADDRESS)
  voila-tokens inspect [TOKEN] [--key public.pem] [--program ID]
  voila-tokens verify [TOKEN] --key public.pem --program ID

TOKEN may be left out, or be -: it is read from stdin then. A file named - is stdin.

keygen
  --out DIR            where private.pem and public.pem go; default: here. Never overwrites.
sign
  --key FILE           the private key, PEM
  --kid KID            the id that the platform gave the public key
  --organization ID    organization_id
  --program ID         eventId of the roles
  --role NAME          default: ROLE_ATTENDEE; may be repeated
  --given-name NAME    --family-name NAME    --email ADDRESS    --sub ID
  --share              sharePersonalData: true
  --claims FILE        a JSON object of claims; the options above come on top of it
  --expires-in TIME    seconds, or 30m, 24h, 7d; default: 24h
inspect, verify
  --key FILE           the public key, PEM
  --kid KID            the id of that key; default: whatever the token says
  --organization ID    the organization that declared it; default: whatever the token says
  --program ID         the program to be entered
  --allow-role NAME    a role that the key may grant beside ROLE_ATTENDEE; may be repeated
all
  --now SECONDS        judge at another time than now
  --json               one JSON object on stdout
  --help

Exit status: 0 yes, 1 refused, 2 the command cannot be understood or a file not read.
inspect answers 1 where a check fails; a check that cannot be judged does not fail.`

const text = { type: 'string' } as const
const texts = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const
const common = { json: flag, help: flag, now: text } as const
const optionsOf = {
  keygen: { ...common, out: text },
  sign: {
    ...common,
    key: text,
    kid: text,
    claims: text,
    organization: text,
    program: text,
    role: texts,
    'given-name': text,
    'family-name': text,
    email: text,
    sub: text,
    share: flag,
    'expires-in': text,
  },
  judge: { ...common, key: text, kid: text, organization: text, program: text, 'allow-role': texts },
} as const

function seconds(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (!/^\d+(\.\d+)?$/.test(given)) throw new UsageError('--now is a number of seconds since 1970.')
  return Number(given)
}

function runKeygen(args: string[], terminal: Terminal): Answer {
  const { values } = parseArgs({ args, options: optionsOf.keygen })
  if (values.help) return showHelp(terminal)
  return keygen({ out: values.out ?? '.', json: values.json ?? false }, terminal)
}

function runSign(args: string[], terminal: Terminal): Answer {
  const { values } = parseArgs({ args, options: optionsOf.sign })
  if (values.help) return showHelp(terminal)
  return sign(
    {
      key: values.key,
      kid: values.kid,
      claims: values.claims,
      expiresIn: values['expires-in'],
      organization: values.organization,
      program: values.program,
      roles: values.role ?? [],
      givenName: values['given-name'],
      familyName: values['family-name'],
      email: values.email,
      sub: values.sub,
      share: values.share ?? false,
      now: seconds(values.now),
      json: values.json ?? false,
    },
    terminal,
  )
}

function runJudge(args: string[], terminal: Terminal, judge: (command: JudgeCommand, terminal: Terminal) => Answer): Answer {
  const { values, positionals } = parseArgs({ args, options: optionsOf.judge, allowPositionals: true })
  if (values.help) return showHelp(terminal)
  if (positionals.length > 1) throw new UsageError('One token at a time.')
  return judge(
    {
      token: positionals[0],
      key: values.key,
      kid: values.kid,
      organization: values.organization,
      program: values.program,
      allowedRoles: values['allow-role'] ?? [],
      now: seconds(values.now),
      json: values.json ?? false,
    },
    terminal,
  )
}

function showHelp(terminal: Terminal): Answer {
  terminal.out(help)
  return 'yes'
}

function runCommand([name, ...args]: string[], terminal: Terminal): Answer {
  switch (name) {
    case 'keygen':
      return runKeygen(args, terminal)
    case 'sign':
      return runSign(args, terminal)
    case 'inspect':
      return runJudge(args, terminal, inspect)
    case 'verify':
      return runJudge(args, terminal, verify)
    case '--help':
    case '-h':
    case 'help':
      return showHelp(terminal)
    default:
      throw new UsageError(name === undefined ? 'Say what to do: keygen, sign, inspect or verify.' : `${name} is not a command.`)
  }
}

function isUsageError(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof TypeError && String(Reflect.get(error, 'code')).startsWith('ERR_PARSE_ARGS'))
}

/** Runs one command line and returns its exit status: 0 yes, 1 refused, 2 usage. */
export function runCommandLine(args: string[], terminal: Terminal): number {
  try {
    return runCommand(args, terminal) === 'yes' ? 0 : 1
  } catch (error) {
    if (!isUsageError(error)) throw error
    terminal.err(`voila-tokens: ${error.message}\nvoila-tokens --help says more.`)
    return 2
  }
}

// Owns: `npm run bench`: the rows there are, which of them run, and how a row is printed.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { doors } from './doors.ts'
import { fanOut } from './fan-out.ts'
import { glass } from './glass.ts'
import { joins } from './joins.ts'
import { log } from './log.ts'
import { media } from './media.ts'
import type { Claim, Measured, Row } from './row.ts'
import { tokens } from './tokens.ts'
import { votes } from './votes.ts'

const rows: Readonly<Record<string, Row>> = { tokens, 'fan-out': fanOut, votes, joins, doors, log, media, glass }
const names = Object.keys(rows)

const usage = `Usage: npm run bench -- [--quick] [row …]

${Object.entries(rows)
  .map(([name, { title }]) => `  ${name.padEnd(10)} ${title}`)
  .join('\n')}

Without a name, all of them, which takes about ten minutes. --quick: every row as small as it goes, to see that it works; its figures mean
nothing.
`

function numbered(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}

function figureLine({ what, peer, value, unit, ratio }: Measured): string {
  const whose = peer === undefined ? what : `${what}: ${peer}`
  const line = `  ${whose.padEnd(64)} ${numbered(value).padStart(9)} ${unit.padEnd(10)}`
  return (ratio === undefined ? line : `${line} ratio ${ratio.toFixed(2)}`).trimEnd()
}

function claimLine(claim: Claim): string {
  const atLeast = 'atLeast' in claim
  const target = atLeast ? claim.atLeast : claim.atMost
  const met = atLeast ? claim.is >= target : claim.is <= target
  const unit = claim.unit === undefined ? 'times' : claim.unit
  const is = claim.unit === undefined ? claim.is.toFixed(2) : numbered(claim.is)
  return `  ${claim.says.padEnd(64)} ${is.padStart(9)} ${unit.padEnd(10)} target ${atLeast ? '>=' : '<='} ${target.toLocaleString('en')}: ${met ? 'met' : 'NOT met'}`
}

function readArguments(): { quick: boolean; asked: string[] } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    })
    if (values.help) {
      process.stdout.write(usage)
      process.exit(0)
    }
    const unknown = positionals.filter((name) => !Object.hasOwn(rows, name))
    if (unknown.length > 0) throw new Error(`There is no row ${unknown.join(', ')}.`)
    return { quick: values.quick, asked: positionals.length > 0 ? positionals : names }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}

const { quick, asked } = readArguments()
const [cpu] = cpus()
console.log(
  `Node ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim() ?? 'a processor'}${quick ? '; --quick: these figures mean nothing' : ''}`,
)
for (const [name, row] of Object.entries(rows)) {
  if (!asked.includes(name)) continue
  console.log(`\n${name}: ${row.title}`)
  const outcome = await row.run({ quick, say: (line) => process.stderr.write(`  … ${line}\n`) })
  if ('skipped' in outcome) {
    console.log(`  !! SKIPPED: ${outcome.skipped}`)
    continue
  }
  for (const measured of outcome.measured) console.log(figureLine(measured))
  for (const claim of outcome.claims) console.log(claimLine(claim))
}

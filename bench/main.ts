// Owns: `npm run bench`: the rows there are, which of them run, and how a row is printed.
import { tokens } from './tokens.ts'

/** One line of a table: what was measured, its rate, and the peer's rate in the same run. */
export type Measured = { what: string; perSecond: number }
/** A claim: ours over a peer's, and at least what. */
export type Claim = { says: string; ratio: number; target: number }
export type Row = { title: string; run(): Promise<{ measured: readonly Measured[]; claims: readonly Claim[] }> }

const rows: Readonly<Record<string, Row>> = { tokens }

const asked = process.argv.slice(2)
if (asked.includes('--help')) {
  console.log(`Usage: npm run bench -- [row …]\n\nRows: ${Object.keys(rows).join(', ')}. Without a name, all of them.`)
  process.exit(0)
}
const unknown = asked.filter((name) => !Object.hasOwn(rows, name))
if (unknown.length > 0) {
  console.error(`There is no row ${unknown.join(', ')}. Rows: ${Object.keys(rows).join(', ')}.`)
  process.exit(2)
}

for (const [name, row] of Object.entries(rows)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.log(`\n${name}: ${row.title}`)
  const { measured, claims } = await row.run()
  for (const { what, perSecond } of measured)
    console.log(`  ${what.padEnd(34)} ${Math.round(perSecond).toLocaleString('en').padStart(10)} /s`)
  for (const { says, ratio, target } of claims) {
    console.log(`  ${says.padEnd(34)} ${ratio.toFixed(2).padStart(10)}    target ${target}: ${ratio >= target ? 'met' : 'NOT met'}`)
  }
}

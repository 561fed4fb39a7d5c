// Owns: what a row of the bench answers: figures, and the claims that are made of them.
import { readFileSync } from 'node:fs'

/** One figure. `peer`: whose, with the version; undefined where it is ours. `ratio`: ours over it, or it over ours where less is better. */
export type Measured = {
  readonly what: string
  readonly peer?: string
  readonly value: number
  readonly unit: string
  readonly ratio?: number
}
/** What is promised of a figure or a ratio: at least or at most so much. */
export type Claim = { readonly says: string; readonly is: number; readonly unit?: string } & (
  | { readonly atLeast: number }
  | { readonly atMost: number }
)
export type Outcome = { readonly measured: readonly Measured[]; readonly claims: readonly Claim[] } | { readonly skipped: string }
/** `quick`: so small that it only shows that the row works; its figures mean nothing. */
export type RowOptions = { readonly quick: boolean; readonly say: (line: string) => void }
export type Row = { readonly title: string; run(options: RowOptions): Promise<Outcome> }

/** The name of an installed package with its version. */
export function versioned(name: string): string {
  const { version } = JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')) as {
    version: string
  }
  return `${name} ${version}`
}

export const node = `Node ${process.versions.node}`

// Owns: how the edits of two people on one thing meet, field by field, so that nothing of either is lost unseen. Pure.

/** A field that somebody else changed. `both`: it was changed here too, to something else; `kept` says which of the two stands now. */
export type Difference<Fields> = {
  readonly field: keyof Fields & string
  readonly before: unknown
  readonly theirs: unknown
  readonly mine: unknown
  readonly both: boolean
  readonly kept: 'mine' | 'theirs'
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The fields of `after` that are not as in `before`. */
export function changesOf<Fields extends object>(before: Fields, after: Fields): Partial<Fields> {
  const changed = Object.entries(after).filter(([field, value]) => !same(before[field as keyof Fields], value))
  return Object.fromEntries(changed) as Partial<Fields>
}

/**
 * What stands after somebody else saved `theirs` while `mine` was being written upon `before`: what was changed here stays, everything else
 * is theirs. `differences` names each field that they changed, unless both came to the same.
 */
export function meet<Fields extends object>(edits: {
  before: Fields
  mine: Fields
  theirs: Fields
}): {
  values: Fields
  differences: readonly Difference<Fields>[]
} {
  const { before, mine, theirs } = edits
  const own = changesOf(before, mine)
  const differences = Object.keys(changesOf(before, theirs))
    .map((name) => name as keyof Fields & string)
    .filter((field) => !same(mine[field], theirs[field]))
    .map((field): Difference<Fields> => {
      const both = Object.hasOwn(own, field)
      return { field, before: before[field], theirs: theirs[field], mine: mine[field], both, kept: both ? 'mine' : 'theirs' }
    })
  return { values: { ...theirs, ...own }, differences }
}

// Owns: the words that a form says of a field that the schema does not accept.
import { config, type core } from 'zod'

type Issue = core.$ZodRawIssue

const numberOf = (value: unknown): number => Number(value)

/** The words for one fault; undefined leaves it to the schema's own. */
export function wordsFor(issue: Issue): string | undefined {
  if (issue.code === 'too_small' && issue.origin === 'string') {
    const least = numberOf(issue.minimum)
    return least <= 1 ? 'Fill this in.' : `Use at least ${least} characters.`
  }
  if (issue.code === 'too_small' && issue.origin === 'array') return 'Choose at least one.'
  if (issue.code === 'too_big' && issue.origin === 'string') return `Use at most ${numberOf(issue.maximum)} characters.`
  if (issue.code === 'too_small' || issue.code === 'too_big') return 'This number is out of range.'
  if (issue.code === 'invalid_format' && issue.format === 'email') return 'This is not an e-mail address.'
  if (issue.code === 'invalid_format' && issue.format === 'url') return 'Write the whole address, https:// included.'
  if (issue.code === 'invalid_type') return 'Fill this in.'
  return undefined
}

/** Makes the schemas, which the server checks by as well, speak like Backstage. Others than these keep their own words. */
export function setFormWords(): void {
  config({ customError: wordsFor })
}

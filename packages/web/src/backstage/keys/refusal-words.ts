// Owns: what a refusal of an attendee says to the one who signs, rather than to the attendee.
import { errorRow, isErrorCode } from '@voila/protocol'
import { type TokenErrorCode, tokenErrors } from '@voila/tokens/inspect'

/** The sentence for a code, with the claim at fault in it. */
export function refusalWords(code: string, claim: string | null = null): string {
  const isToken = Object.hasOwn(tokenErrors, code)
  const says = isToken ? tokenErrors[code as TokenErrorCode] : isErrorCode(code) ? errorRow(code).says : 'This was refused.'
  return claim === null ? says : `${says.replace(/\.$/, '')}: ${claim}.`
}

/** Where a code is explained at length. */
export const problemPath = (code: string): string => `/problems/${code}`

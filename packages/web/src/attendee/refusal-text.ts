// Owns: how a refusal is put on a page: what happened, then what to do.
import type { ErrorCode } from '@voila/protocol'

/** Splits a text of the error table after its first sentence; the second part may be empty. */
export function splitSentences(text: string): { what: string; todo: string } {
  const end = text.search(/[.?!] \p{Lu}/u)
  return end === -1 ? { what: text, todo: '' } : { what: text.slice(0, end + 1), todo: text.slice(end + 2) }
}

/** What to do where the table's text does not say it. */
export function adviceOf(code: ErrorCode): 'replacedHint' | 'originHint' | 'nothingToDo' | 'askOrganizer' {
  if (code === 'session_replaced') return 'replacedHint'
  if (code === 'origin_denied') return 'originHint'
  if (code === 'program_archived' || code === 'program_closed') return 'nothingToDo'
  return 'askOrganizer'
}

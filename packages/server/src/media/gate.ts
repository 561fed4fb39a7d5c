// Owns: whether a media request is answered. Nothing else decides it.
import { type ProgramState, programStates, Refusal } from '@voila/protocol'
import { readCredential } from './credential.ts'

/** What the gate knows, all of it in memory. */
export type Gate = {
  readonly key: Buffer
  /** The program's state, or undefined where this node knows no such program. */
  stateOf(programId: string): ProgramState | undefined
  /** Every revoked session that has not yet expired. */
  isRevoked(sessionId: string): boolean
}

export type MediaRequest = { readonly programId: string; readonly credential: string; readonly now: number }

/**
 * Admits one request for a playlist or segment.
 *
 * Never asks the database: the credential proves the session, and sessions revoked before they expire are in memory.
 *
 * @param request.credential  the path segment after the program id, base64url
 * @param request.now         seconds since the epoch
 * @returns the id of the session that asks
 * @throws Refusal credential_missing | credential_malformed | credential_expired | credential_forged | session_revoked | program_closed
 */
export function admit(gate: Gate, request: MediaRequest): string {
  const { sessionId } = readCredential(gate.key, request)
  requireStanding(gate, { programId: request.programId, sessionId })
  return sessionId
}

/**
 * Requires that what can change while a request waits still admits: the session stands, and the program has a picture. For a session that
 * `admit` has answered; it costs no signature.
 *
 * @throws Refusal session_revoked | program_closed
 */
export function requireStanding(gate: Gate, { programId, sessionId }: { programId: string; sessionId: string }): void {
  if (gate.isRevoked(sessionId)) throw new Refusal('session_revoked')
  const state = gate.stateOf(programId)
  if (state === undefined || programStates[state].picture !== 'all') throw new Refusal('program_closed')
}

// Owns: whether a media request is answered. Nothing else decides it.
import { type ProgramState, programStates, Refusal } from '@voila/protocol'
import { type CredentialKind, readCredential } from './credential.ts'

/** What the gate knows, all of it in memory. */
export type Gate = {
  readonly key: Buffer
  /** The program's state, or undefined where this node knows no such program. */
  stateOf(programId: string): ProgramState | undefined
  /** Every revoked session that has not yet expired. */
  isRevoked(sessionId: string): boolean
  /** Whether a credential of the team's kind, which is short-lived, still stands for somebody who may watch the preview. */
  isOfTeam(programId: string, holderId: string): boolean
}

/** Who asks, as the credential proved. */
export type Holder = { readonly kind: CredentialKind; readonly holderId: string }

export type MediaRequest = { readonly programId: string; readonly credential: string; readonly now: number }

/**
 * Admits one request for a playlist or segment.
 *
 * Never asks the database: the credential proves the session, and sessions revoked before they expire are in memory.
 *
 * @param request.credential  the path segment after the program id, base64url
 * @param request.now         seconds since the epoch
 * @throws Refusal credential_missing | credential_malformed | credential_expired | credential_forged | session_revoked | not_permitted |
 * program_closed
 */
export function admit(gate: Gate, request: MediaRequest): Holder {
  const holder = readCredential(gate.key, request)
  requireStanding(gate, { programId: request.programId, holder })
  return holder
}

/**
 * Requires that what can change while a request waits still admits: the holder stands, and the program has a picture for him. For one whom
 * `admit` has answered; it costs no signature.
 *
 * @throws Refusal session_revoked | not_permitted | program_closed
 */
export function requireStanding(gate: Gate, { programId, holder }: { programId: string; holder: Holder }): void {
  const { kind, holderId } = holder
  const isTeam = kind === 'team'
  if (isTeam && !gate.isOfTeam(programId, holderId)) throw new Refusal('not_permitted')
  if (!isTeam && gate.isRevoked(holderId)) throw new Refusal('session_revoked')
  const state = gate.stateOf(programId)
  const picture = state === undefined ? 'none' : programStates[state].picture
  if (picture !== 'all' && !(isTeam && picture === 'team')) throw new Refusal('program_closed')
}

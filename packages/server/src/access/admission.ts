// Owns: who may enter: the one place of the platform where an attendee token is judged.
import { errorRow, isErrorCode, Refusal } from '@voila/protocol'
import { TokenError, type VerifiedToken, verifyToken } from '@voila/tokens'
import type { Programs } from '../backstage/programs.ts'
import type { ProgramRow } from '../store/schema.ts'
import { hashOf } from './bearers.ts'
import type { Entered, Entering, Entrant } from './entering.ts'
import type { Keyring } from './keyring.ts'
import { type RefusalBook, subjectIn } from './refusals.ts'

export type AdmitRequest = {
  readonly programId: string
  readonly token: string
  /** The browser that shall find its session again. */
  readonly browser?: string | undefined
  /** Unix milliseconds. */
  readonly now?: number | undefined
}

function entrantOf(verified: VerifiedToken): Entrant {
  const { kid, jti, subject, givenName, familyName, email, sharePersonalData, roles } = verified
  return { source: 'token', by: { kind: 'partner-key', kid }, jti, subject, givenName, familyName, email, sharePersonalData, roles }
}

export function createAdmission({
  keyring,
  programs,
  entering,
  refusals,
  now,
}: {
  keyring: Pick<Keyring, 'find' | 'lookUp'>
  programs: Pick<Programs, 'find'>
  entering: Pick<Entering, 'requireOpen' | 'enter'>
  refusals: Pick<RefusalBook, 'accepted' | 'refused'>
  now(): number
}) {
  /** Judges a token, once more where its key may have been declared on another node a moment ago. @throws TokenError */
  async function judge(program: ProgramRow, token: string, at: number, seen: { kid: string | null }): Promise<VerifiedToken> {
    const verify = (): VerifiedToken =>
      verifyToken(token, {
        findKey(kid) {
          seen.kid = kid
          return keyring.find(kid)
        },
        program: { id: program.id, organizationId: program.organization_id },
        now: at / 1_000,
      })
    try {
      return verify()
    } catch (error) {
      const mayBeNew = error instanceof TokenError && error.code === 'kid_unknown' && seen.kid !== null
      if (mayBeNew && (await keyring.lookUp(seen.kid ?? ''))) return verify()
      throw error
    }
  }

  /** Writes a refusal down for the organization, and makes it one of the table. */
  function refuse(program: ProgramRow, request: { token: string; at: number; kid: string | null }, error: unknown): never {
    const code = error instanceof TokenError || error instanceof Refusal ? error.code : undefined
    // Our own failures are nobody's refusal.
    if (code === undefined || !isErrorCode(code) || errorRow(code).status >= 500) throw error
    const key = request.kid === null ? undefined : keyring.find(request.kid)
    refusals.refused({
      at: request.at,
      programId: program.id,
      // A key's own organization hears of what its key was refused for, whichever program it knocked at.
      organizationId: key?.organizationId ?? program.organization_id,
      kid: request.kid,
      isDeclared: key !== undefined,
      code,
      claim: error instanceof TokenError ? (error.claim ?? null) : null,
      // Only what the holder of the key has signed, and only to that key's organization.
      subject: key?.organizationId === program.organization_id ? subjectIn(request.token, code) : null,
    })
    throw error instanceof Refusal
      ? error
      : new Refusal(code, error instanceof TokenError && error.claim !== undefined ? { detail: error.claim } : {})
  }

  return {
    /**
     * Exchanges a token for a session. The token is judged before the program's state: nobody without a valid one learns that.
     *
     * @throws Refusal program_unknown | keys_off | any code of a token | program_not_open | program_archived | unavailable
     */
    async admit({ programId, token, browser, now: at = now() }: AdmitRequest): Promise<Entered> {
      const program = await programs.find(programId)
      const seen: { kid: string | null } = { kid: null }
      try {
        // First of all: nothing would come of a good signature, so none is paid for, and nothing of the token is written down.
        if (program.partner_keys === 0) throw new Refusal('keys_off')
        const verified = await judge(program, token, at, seen)
        await entering.requireOpen(program)
        const entered = await entering.enter(program, entrantOf(verified), {
          browserHash: browser === undefined ? undefined : hashOf(browser),
          at,
        })
        refusals.accepted({ kid: verified.kid, at })
        return entered
      } catch (error) {
        return refuse(program, { token, at, kid: seen.kid }, error)
      }
    },
  }
}

// Owns: who may enter: the one place of the platform where an attendee token is judged.
import { errorRow, isErrorCode, Refusal } from '@voila/protocol'
import { type PartnerKey, TokenError, type VerifiedToken, verifyToken } from '@voila/tokens'
import type { Programs } from '../backstage/programs.ts'
import type { ProgramRow } from '../store/schema.ts'
import { type AdmittedBy, nameOf } from './admitted-by.ts'
import { hashOf } from './bearers.ts'
import type { Entered, Entering, Entrant } from './entering.ts'
import type { JwksSources } from './jwks/sources.ts'
import type { Keyring } from './keyring.ts'
import { type RefusalBook, subjectIn } from './refusals.ts'
import type { Renewal } from './renewal.ts'
import type { Session } from './sessions.ts'
import type { Turns } from './turns.ts'

type TokenRequest = {
  readonly programId: string
  readonly token: string
  /** Unix milliseconds. */
  readonly now?: number | undefined
}

export type AdmitRequest = TokenRequest & {
  /** The browser that shall find its session again. */
  readonly browser?: string | undefined
}

export type RenewRequest = Pick<TokenRequest, 'token' | 'now'> & { readonly session: Session }

/** Of `verifyToken`, past a token's exp. */
const leewayMs = 60_000

/** What is known of a token while it is judged: the kid that it names, and the key that was found for it. */
type Seen = { kid: string | null; key: PartnerKey | undefined; by: AdmittedBy | undefined }

function entrantOf(verified: VerifiedToken, by: AdmittedBy): Entrant {
  const { jti, subject, givenName, familyName, email, sharePersonalData, roles, issuedAt, expiresAt } = verified
  // It admits as long as verifyToken lets it pass, which allows for clocks that differ.
  const token = { issuedAt: Math.floor(issuedAt * 1_000), endsAt: Math.floor(expiresAt * 1_000) + leewayMs }
  return { source: 'token', by, jti, subject, givenName, familyName, email, sharePersonalData, roles, token }
}

export type Admitting = ReturnType<typeof createAdmission>

export function createAdmission({
  keyring,
  jwksSources,
  programs,
  entering,
  renewal,
  refusals,
  turns,
  now,
}: {
  keyring: Pick<Keyring, 'find' | 'lookUp'>
  jwksSources: Pick<JwksSources, 'find' | 'lookUp'>
  programs: Pick<Programs, 'find'>
  entering: Pick<Entering, 'requireOpen' | 'enter'>
  renewal: Pick<Renewal, 'renew'>
  refusals: Pick<RefusalBook, 'accepted' | 'refused'>
  turns: Turns
  now(): number
}) {
  /** The key of a kid: one that the organization declared, else one that it publishes, else another organization's, which is no use here. */
  function findKey(kid: string, organizationId: string, seen: Seen): PartnerKey | undefined {
    const declared = keyring.find(kid)
    const published = declared?.organizationId === organizationId ? undefined : jwksSources.find(organizationId, kid)
    seen.kid = kid
    seen.key = published?.key ?? declared
    seen.by = published === undefined ? { kind: 'partner-key', kid } : { kind: 'jwks', sourceId: published.sourceId, kid }
    return seen.key
  }

  /**
   * Judges a token, once more where its key may have been declared on another node, or published, a moment ago.
   *
   * @throws TokenError
   */
  async function judge(program: ProgramRow, token: string, at: number, seen: Seen): Promise<VerifiedToken> {
    const { id, organization_id: organizationId } = program
    const verify = (): VerifiedToken =>
      verifyToken(token, {
        findKey: (kid) => findKey(kid, organizationId, seen),
        program: { id, organizationId },
        now: at / 1_000,
      })
    // A signature is a tenth of a millisecond that nothing else gets.
    await turns.turn()
    try {
      return verify()
    } catch (error) {
      const { kid } = seen
      if (!(error instanceof TokenError) || error.code !== 'kid_unknown' || kid === null) throw error
      if ((await keyring.lookUp(kid)) || (await jwksSources.lookUp(organizationId, kid))) return verify()
      throw error
    }
  }

  /** Writes a refusal down for the organization, and makes it one of the table. */
  function refuse(program: ProgramRow, request: { token: string; at: number; seen: Seen }, error: unknown): never {
    const code = error instanceof TokenError || error instanceof Refusal ? error.code : undefined
    // Our own failures are nobody's refusal.
    if (code === undefined || !isErrorCode(code) || errorRow(code).status >= 500) throw error
    const { kid, key, by } = request.seen
    refusals.refused({
      at: request.at,
      programId: program.id,
      // A key's own organization hears of what its key was refused for, whichever program it knocked at.
      organizationId: key?.organizationId ?? program.organization_id,
      kid,
      isDeclared: key !== undefined && by?.kind === 'partner-key',
      code,
      claim: error instanceof TokenError ? (error.claim ?? null) : null,
      // Only what the holder of the key has signed, and only to that key's organization.
      subject: key?.organizationId === program.organization_id ? subjectIn(request.token, code) : null,
    })
    throw error instanceof Refusal
      ? error
      : new Refusal(code, error instanceof TokenError && error.claim !== undefined ? { detail: error.claim } : {})
  }

  /**
   * Judges a token, before the program's state: nobody without a valid one learns that. What `then` makes of whoever it names counts as its
   * outcome, for the organization too.
   */
  async function judged<Outcome>(
    { programId, token, now: at = now() }: TokenRequest,
    then: (program: ProgramRow, entrant: Entrant, at: number) => Promise<Outcome>,
  ): Promise<Outcome> {
    const program = await programs.find(programId)
    const seen: Seen = { kid: null, key: undefined, by: undefined }
    try {
      // First of all: nothing would come of a good signature, so none is paid for, and nothing of the token is written down.
      if (program.partner_keys === 0) throw new Refusal('keys_off')
      const verified = await judge(program, token, at, seen)
      await entering.requireOpen(program)
      const by: AdmittedBy = seen.by ?? { kind: 'partner-key', kid: verified.kid }
      const outcome = await then(program, entrantOf(verified, by), at)
      refusals.accepted({ kid: nameOf(by), at })
      return outcome
    } catch (error) {
      return refuse(program, { token, at, seen }, error)
    }
  }

  return {
    /**
     * Exchanges a token for a session.
     *
     * @throws Refusal program_unknown | keys_off | any code of a token | program_not_open | program_archived | doors_closed | whatever
     * `enter` throws
     */
    admit: ({ browser, ...request }: AdmitRequest): Promise<Entered> =>
      judged(request, (program, entrant, at) =>
        entering.enter(program, entrant, { browserHash: browser === undefined ? undefined : hashOf(browser), at }),
      ),

    /**
     * Lets a session go on by a newer token of the same attendee. Where it is refused, the session stays as it was.
     *
     * @throws Refusal subject_mismatch | session_revoked | whatever `admit` throws
     */
    renew: ({ session, ...request }: RenewRequest): Promise<Session> =>
      judged({ ...request, programId: session.programId }, (program, entrant, at) => renewal.renew(program, session, entrant, at)),
  }
}

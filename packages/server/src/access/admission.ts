// Owns: who may enter: the one place of the platform where an attendee token is judged.
import { createHash } from 'node:crypto'
import { errorRow, isErrorCode, moderatorRole, programStates, Refusal } from '@voila/protocol'
import { TokenError, type VerifiedToken, verifyToken } from '@voila/tokens'
import { v7 as uuidv7 } from 'uuid'
import type { Programs } from '../backstage/programs.ts'
import { createBatch } from '../store/batch.ts'
import { isOutage } from '../store/outage.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { type Admission, type Admitted, writeAdmissions } from './admission-table.ts'
import { hashOf, newBearer } from './bearers.ts'
import type { Keyring } from './keyring.ts'
import type { People } from './people.ts'
import { type RefusalBook, subjectIn } from './refusals.ts'
import { type Session, sessionOf } from './sessions.ts'

export type AdmitRequest = {
  readonly programId: string
  readonly token: string
  /** The browser that shall find its session again. */
  readonly browser?: string | undefined
  /** Unix milliseconds. */
  readonly now?: number | undefined
}
/** `token`: the session's bearer, told this once. */
export type AdmitAnswer = { readonly session: Session; readonly token: string }

const batchItems = 500
const waitingItems = 20_000
/** Two nodes that admit the same people can be chosen as each other's deadlock victim. */
const attempts = 3

/** What every database keeps whole: a text with a NUL or half a surrogate pair stands as its hash. */
function keepable(text: string): string {
  return /\0|\p{Surrogate}/u.test(text) ? `sha256:${createHash('sha256').update(text, 'utf16le').digest('base64url')}` : text
}

const isDeadlock = (error: unknown): boolean => ['40P01', '40001'].includes(String((error as { code?: unknown }).code))

export function createAdmission({
  store,
  keyring,
  programs,
  people,
  refusals,
  sessionSeconds,
  now,
}: {
  store: Store
  keyring: Pick<Keyring, 'find' | 'lookUp'>
  programs: Pick<Programs, 'find' | 'read'>
  people: Pick<People, 'changed'>
  refusals: Pick<RefusalBook, 'accepted' | 'refused'>
  sessionSeconds: number
  now(): number
}) {
  async function write(admissions: readonly Admission[], attempt = 1): Promise<readonly Admitted[]> {
    try {
      return await writeAdmissions(store, admissions)
    } catch (error) {
      if (isDeadlock(error) && attempt < attempts) return await write(admissions, attempt + 1)
      throw error
    }
  }

  const batch = createBatch<Admission, Admitted>({
    maxItems: batchItems,
    maxWaiting: waitingItems,
    async run(admissions) {
      try {
        return await write(admissions)
      } catch (error) {
        if (isOutage(error) || admissions.length === 1) throw error
        // One that the database will not take must not stand in the way of the others.
        const results: Admitted[] = []
        for (const one of admissions) results.push(...(await write([one]).catch((failed: unknown) => [{ failed }])))
        return results
      }
    },
  })

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

  function closedIn({ state }: ProgramRow): 'program_not_open' | 'program_archived' | undefined {
    const { attendees } = programStates[state]
    return attendees === 'program_not_open' || attendees === 'program_archived' ? attendees : undefined
  }

  /** Nobody with a valid token is sent away for a state that another node has changed a moment ago. */
  async function requireOpen(program: ProgramRow): Promise<void> {
    const closed = closedIn(program) === undefined ? undefined : closedIn(await programs.read(program.id))
    if (closed !== undefined) throw new Refusal(closed)
  }

  return {
    /**
     * Exchanges a token for a session. The token is judged before the program's state: nobody without a valid one learns that.
     *
     * @throws Refusal program_unknown | keys_off | any code of a token | program_not_open | program_archived | unavailable
     */
    async admit({ programId, token, browser, now: at = now() }: AdmitRequest): Promise<AdmitAnswer> {
      const program = await programs.find(programId)
      const seen: { kid: string | null } = { kid: null }
      try {
        // First of all: nothing would come of a good signature, so none is paid for, and nothing of the token is written down.
        if (program.partner_keys === 0) throw new Refusal('keys_off')
        const verified = await judge(program, token, at, seen)
        await requireOpen(program)
        return await enter(program, verified, { browser, at })
      } catch (error) {
        return refuse(program, { token, at, kid: seen.kid }, error)
      }
    },
    /** Resolves when every admission that was begun is answered. */
    close: (): Promise<void> => batch.close(),
  }

  async function enter(
    program: ProgramRow,
    verified: VerifiedToken,
    { browser, at }: { browser: string | undefined; at: number },
  ): Promise<AdmitAnswer> {
    const token = newBearer('vs_')
    const admission: Admission = {
      sessionId: uuidv7(),
      tokenHash: hashOf(token),
      browserHash: browser === undefined ? undefined : hashOf(browser),
      programId: program.id,
      organizationId: verified.organizationId,
      kid: verified.kid,
      jti: keepable(verified.jti),
      subject: keepable(verified.subject),
      givenName: verified.givenName,
      familyName: verified.familyName,
      email: verified.email,
      sharePersonalData: verified.sharePersonalData,
      moderates: verified.roles.includes(moderatorRole),
      roles: verified.roles,
      at,
      expiresAt: at + sessionSeconds * 1_000,
    }
    const admitted = await batch.add(admission)
    if ('failed' in admitted) throw admitted.failed
    if ('refused' in admitted) throw new Refusal(admitted.refused)
    refusals.accepted({ kid: verified.kid, at })
    people.changed({ attendeeId: admitted.attendeeId, programId: program.id })
    const session = sessionOf(
      {
        id: admission.sessionId,
        program_id: program.id,
        organization_id: admission.organizationId,
        roles: JSON.stringify(admission.roles),
        expires_at: admission.expiresAt,
      },
      {
        id: admitted.attendeeId,
        given_name: admission.givenName,
        family_name: admission.familyName,
        email: admission.email,
        share_personal_data: admission.sharePersonalData ? 1 : 0,
      },
    )
    return { session, token }
  }
}

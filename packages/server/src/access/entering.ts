// Owns: how somebody who may enter gets a session, whatever proved who he is: in batches, written down before he is told.
import { createHash } from 'node:crypto'
import { moderatorRole, programStates, Refusal } from '@voila/protocol'
import { v7 as uuidv7 } from 'uuid'
import type { Programs } from '../backstage/programs.ts'
import { createBatch } from '../store/batch.ts'
import { isOutage } from '../store/outage.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { type Admission, type Admitted, writeAdmissions } from './admission-table.ts'
import { type AdmittedBy, nameOf } from './admitted-by.ts'
import { hashOf, newBearer } from './bearers.ts'
import type { People } from './people.ts'
import { type Session, sessionOf } from './sessions.ts'

/** A person who has been judged. Names are cleaned. */
export type Entrant = Pick<
  Admission,
  'source' | 'jti' | 'subject' | 'givenName' | 'familyName' | 'email' | 'sharePersonalData' | 'roles'
> & { readonly by: AdmittedBy }

/** `token`: the session's bearer, told this once. */
export type Entered = { readonly session: Session; readonly token: string }
export type Entering = ReturnType<typeof createEntering>

const batchItems = 500
const waitingItems = 20_000
/** Two nodes that admit the same people can be chosen as each other's deadlock victim. */
const attempts = 3

/** What every database keeps whole: a text with a NUL or half a surrogate pair stands as its hash. */
function keepable(text: string): string {
  return /\0|\p{Surrogate}/u.test(text) ? `sha256:${createHash('sha256').update(text, 'utf16le').digest('base64url')}` : text
}

const isDeadlock = (error: unknown): boolean => ['40P01', '40001'].includes(String((error as { code?: unknown }).code))

export function createEntering({
  store,
  programs,
  people,
  sessionSeconds,
}: {
  store: Store
  programs: Pick<Programs, 'read'>
  people: Pick<People, 'changed'>
  sessionSeconds: number
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

  function closedIn({ state }: ProgramRow): 'program_not_open' | 'program_archived' | undefined {
    const { attendees } = programStates[state]
    return attendees === 'program_not_open' || attendees === 'program_archived' ? attendees : undefined
  }

  return {
    /**
     * That a program lets people in. Nobody who may enter is sent away for a state that another node has changed a moment ago.
     *
     * @throws Refusal program_not_open | program_archived
     */
    async requireOpen(program: ProgramRow): Promise<void> {
      const closed = closedIn(program) === undefined ? undefined : closedIn(await programs.read(program.id))
      if (closed !== undefined) throw new Refusal(closed)
    },

    /**
     * Makes a session.
     *
     * @param options.browserHash  of the browser that shall find its session again
     * @param options.at           Unix milliseconds
     * @throws Refusal key_revoked | saml_off where what admitted him was taken back in this moment; unavailable
     */
    async enter(
      program: ProgramRow,
      { by, jti, subject, ...entrant }: Entrant,
      { browserHash, at }: { browserHash: string | undefined; at: number },
    ): Promise<Entered> {
      const token = newBearer('vs_')
      const admission: Admission = {
        ...entrant,
        sessionId: uuidv7(),
        tokenHash: hashOf(token),
        browserHash,
        programId: program.id,
        organizationId: program.organization_id,
        kid: nameOf(by),
        jti: keepable(jti),
        subject: keepable(subject),
        moderates: entrant.roles.includes(moderatorRole),
        at,
        expiresAt: at + sessionSeconds * 1_000,
      }
      const admitted = await batch.add(admission)
      if ('failed' in admitted) throw admitted.failed
      if ('refused' in admitted) throw new Refusal(admitted.refused)
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
    },

    /** Resolves when every admission that was begun is answered. */
    close: (): Promise<void> => batch.close(),
  }
}

// Owns: how somebody who may enter gets a session, whatever proved who he is: in batches, written down before he is told.
import { setTimeout } from 'node:timers/promises'
import { moderatorRole, Refusal } from '@voila/protocol'
import type { Programs } from '../backstage/programs.ts'
import { newId } from '../ids.ts'
import { createBatch } from '../store/batch.ts'
import { isOutage } from '../store/outage.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { type Admitted, createAdmissionTable } from './admission-table.ts'
import { type AdmittedBy, nameOf } from './admitted-by.ts'
import { hashOf, newBearer } from './bearers.ts'
import type { Admission } from './candidate.ts'
import { shutAt } from './doors.ts'
import { keepable } from './keepable.ts'
import type { LifetimeFrom } from './lifetimes.ts'
import type { People } from './people.ts'
import { type Session, type Sessions, sessionOf } from './sessions.ts'
import type { Turns } from './turns.ts'

/** A person who has been judged. Names are cleaned. */
export type Entrant = Pick<
  Admission,
  'source' | 'jti' | 'subject' | 'givenName' | 'familyName' | 'email' | 'sharePersonalData' | 'roles'
> & {
  readonly by: AdmittedBy
  /** Of a token: when it was issued, and from when on it no longer admits (Unix milliseconds). */
  readonly token?: { readonly issuedAt: number; readonly endsAt: number }
}

/** `token`: the session's bearer, told this once. */
export type Entered = { readonly session: Session; readonly token: string }
export type Entering = ReturnType<typeof createEntering>

const batchItems = 500
const waitingItems = 20_000
/** Two nodes that admit the same people can be chosen as each other's deadlock victim. */
const attempts = 3
/** Who reloads has left a moment ago, and is written down as gone within this time (see visits). */
const leavingMs = 1_500

/** Somebody as he goes to the database, with the session that he gets or has. */
export function candidateOf(
  program: ProgramRow,
  { by, jti, subject, token: issued, ...entrant }: Entrant,
  given: Pick<Admission, 'sessionId' | 'tokenHash' | 'browserHash' | 'at' | 'expiresAt' | 'renewableUntil'>,
): Admission {
  return {
    ...entrant,
    ...given,
    programId: program.id,
    organizationId: program.organization_id,
    kid: nameOf(by),
    jti: keepable(jti),
    subject: keepable(subject),
    moderates: entrant.roles.includes(moderatorRole),
    issuedAt: issued?.issuedAt ?? given.at,
    tokenEndsAt: issued?.endsAt ?? null,
    onceOnly: program.token_use === 'once' && entrant.source === 'token',
    concurrency: entrant.source === 'anonymous' ? 'unlimited' : program.concurrency,
  }
}

const isDeadlock = (error: unknown): boolean => ['40P01', '40001'].includes(String((error as { code?: unknown }).code))

export function createEntering({
  store,
  programs,
  people,
  sessions,
  lifetimeFrom,
  turns,
  now,
}: {
  store: Store
  programs: Pick<Programs, 'read'>
  people: Pick<People, 'changed'>
  sessions: Pick<Sessions, 'revoke' | 'announceRevoked'>
  lifetimeFrom: LifetimeFrom
  turns: Turns
  now(): number
}) {
  const table = createAdmissionTable({ store, sessions })

  async function write(admissions: readonly Admission[], attempt = 1): Promise<readonly Admitted[]> {
    try {
      const { admitted, ended } = await table.write(admissions)
      sessions.announceRevoked(ended)
      return admitted
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

  async function add(admission: Admission): Promise<Admitted> {
    const admitted = await batch.add(admission)
    if (!('refused' in admitted) || admitted.refused !== 'already_here') return admitted
    await setTimeout(leavingMs)
    return await batch.add(admission)
  }

  return {
    /**
     * That a program lets people in. Nobody who may enter is sent away for a state that another node has changed a moment ago.
     *
     * @throws Refusal program_not_open | program_archived | doors_closed
     */
    async requireOpen(program: ProgramRow): Promise<void> {
      const closed = shutAt(program, now()) === undefined ? undefined : shutAt(await programs.read(program.id), now())
      if (closed !== undefined) throw new Refusal(closed)
    },

    /**
     * Makes a session.
     *
     * @param options.browserHash  of the browser that shall find its session again
     * @param options.at           Unix milliseconds
     * @throws Refusal key_revoked | saml_off where what admitted him was taken back in this moment; token_revoked | attendee_revoked |
     * issued_before | already_here | token_used; unavailable
     */
    async enter(
      program: ProgramRow,
      entrant: Entrant,
      { browserHash, at }: { browserHash: string | undefined; at: number },
    ): Promise<Entered> {
      const token = newBearer('vs_')
      const given = { sessionId: newId(), tokenHash: hashOf(token), browserHash, at, ...lifetimeFrom(at) }
      const admission = candidateOf(program, entrant, given)
      const admitted = await add(admission)
      // A batch is answered by hundreds.
      await turns.turn()
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
          token_ends_at: admission.tokenEndsAt,
        },
        {
          id: admitted.attendeeId,
          source: admission.source,
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

// Owns: the parts of access put together, and what the rest of the platform may ask of it.
import type { Programs } from '../backstage/programs.ts'
import type { Outgoing } from '../http/outgoing.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { createAdmission } from './admission.ts'
import { nameOf } from './admitted-by.ts'
import { createAttendees } from './attendees.ts'
import { forgetBurntTokens } from './burnt-tokens.ts'
import { createEntering } from './entering.ts'
import { createGuests } from './guests.ts'
import { createJwksSources } from './jwks/sources.ts'
import { createKeyring } from './keyring.ts'
import { lifetimes } from './lifetimes.ts'
import { createPartnerKeys } from './partner-keys.ts'
import { createPeople } from './people.ts'
import { createRefusalBook } from './refusals.ts'
import { createRenewal } from './renewal.ts'
import { createRevocations } from './revocations.ts'
import { createSessions } from './sessions.ts'
import { createTurns } from './turns.ts'

export type { Session } from './sessions.ts'

export type Access = Awaited<ReturnType<typeof createAccess>>

/** Expired sessions are taken out of the database so often, and so long after their end. */
const pruneMs = 600_000
const afterEndMs = 86_400_000

/** Reads the keys and revocations before it returns: nothing may be admitted or refused without them. */
export async function createAccess({
  store,
  programs,
  outgoing,
  sessionSeconds,
  sessionMaxSeconds,
  now,
  log,
}: {
  store: Store
  programs: Programs
  outgoing: Outgoing
  sessionSeconds: number
  sessionMaxSeconds: number
  now(): number
  log: { warn(details: object, message: string): void }
}) {
  const onError = (error: unknown): void => log.warn({ error }, 'access could not reach the database')
  const parts = { store, now, onError }
  const keyring = createKeyring(parts)
  const sessions = createSessions({ ...parts, programs })
  const people = createPeople({ store, now })
  const refusals = createRefusalBook(parts)
  const lifetimeFrom = lifetimes({ sessionSeconds, sessionMaxSeconds })
  const entering = createEntering({ store, programs, people, sessions, lifetimeFrom, turns: createTurns(), now })
  const renewal = createRenewal({ store, people, lifetimeFrom, now })
  const jwksSources = createJwksSources({ ...parts, outgoing, sessions })
  const admission = createAdmission({ keyring, jwksSources, programs, entering, renewal, refusals, turns: createTurns(), now })
  const guests = createGuests({ store, programs, admission, entering, now })
  const revocations = createRevocations({ store, sessions, now })
  const partnerKeys = createPartnerKeys({ store, keyring, sessions, refusals, now })

  async function prune(): Promise<void> {
    const before = now() - afterEndMs
    await store.db.deleteFrom('browser_sessions').where('expires_at', '<', before).execute()
    await store.db.deleteFrom('sessions').where('expires_at', '<', before).execute()
    await forgetBurntTokens(store.db, before)
  }
  const timer = setInterval(() => void prune().catch(onError), pruneMs).unref()

  /** Guests go when a program turns private; whatever was public until now on this node is looked at. */
  const open = new Set<string>()
  function shut({ id }: ProgramRow): Promise<void> {
    return store
      .transaction((tx) => sessions.revoke(tx, { kid: nameOf({ kind: 'open-door', programId: id }) }))
      .then(sessions.announceRevoked)
      .catch(onError)
  }
  const stopHearing = programs.onChange((row) => {
    if (row.access === 'public') open.add(row.id)
    else if (open.delete(row.id)) void shut(row)
  })

  await keyring.refresh()
  await jwksSources.refreshMirror()
  await sessions.refresh()
  for (const row of programs.all()) {
    if (row.access === 'public') open.add(row.id)
  }

  return {
    admit: admission.admit,
    enter: guests.enter,
    renew: admission.renew,
    prolong: renewal.prolong,
    sessionOf: sessions.sessionOf,
    termsOf: sessions.termsOf,
    signOut: sessions.signOut,
    isRevoked: sessions.isRevoked,
    endedAs: sessions.endedAs,
    onRevoked: sessions.onRevoked,
    people: people.people,
    exported: people.exported,
    sharesPersonalData: people.sharesPersonalData,
    entering,
    sessions,
    partnerKeys,
    jwksSources,
    refusals,
    revocations,
    attendees: createAttendees({ store, sessions }),
    prune,
    /** Reads at once what other nodes have changed. */
    async refresh(): Promise<void> {
      await keyring.refresh()
      await jwksSources.refreshMirror()
      await sessions.refresh()
    },
    /** Answers what was begun and writes what waits; the store must still be open. */
    async close(): Promise<void> {
      clearInterval(timer)
      stopHearing()
      await entering.close()
      await refusals.close()
      await jwksSources.close()
      keyring.close()
      sessions.close()
    },
  }
}

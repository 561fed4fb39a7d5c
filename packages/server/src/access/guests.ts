// Owns: how people without a token enter a public program: under which name, and that it is nobody's of the team.
import { createHash } from 'node:crypto'
import { attendeeRole, type ErrorCode, Refusal } from '@voila/protocol'
import { cleanName, tokenErrors } from '@voila/tokens'
import { v7 as uuidv7 } from 'uuid'
import type { Programs } from '../backstage/programs.ts'
import { folded } from '../store/folded.ts'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { Admitting } from './admission.ts'
import { hashOf } from './bearers.ts'
import type { Entered, Entering } from './entering.ts'

export type EnterRequest = {
  readonly programId: string
  readonly token?: string | undefined
  /** What somebody without a token, or with a bad one, wants to be called. */
  readonly name?: string | undefined
  /** The browser that shall find its session again. */
  readonly browser?: string | undefined
}
export type GuestEntered = Entered & { readonly tokenRefused?: ErrorCode }

/** Of those who only watch: nobody reads it. */
const watcherName = 'Guest'

/** Letters and digits alone, so that dots and spaces between them make no other name. */
const skeleton = (name: string): string => folded(name).replace(/[^\p{L}\p{N}]/gu, '')

/** Whether somebody with a token that is refused so may enter a public program as whoever has none. Who was put out may not. */
export function isForgiven(program: Pick<ProgramRow, 'access'>, code: ErrorCode): boolean {
  return program.access === 'public' && (Object.hasOwn(tokenErrors, code) || code === 'keys_off' || code === 'token_used')
}

export function createGuests({
  store,
  programs,
  admission,
  entering,
  now,
}: {
  store: Store
  programs: Pick<Programs, 'find' | 'read'>
  admission: Pick<Admitting, 'admit'>
  entering: Pick<Entering, 'requireOpen' | 'enter'>
  now(): number
}) {
  /** @throws Refusal name_needed | name_taken */
  async function nameOf(program: ProgramRow, name: string | undefined): Promise<string> {
    if (program.anonymous === 'watch') return watcherName
    const clean = cleanName(name ?? '')
    if (skeleton(clean) === '') throw new Refusal('name_needed')
    const [members, organization] = await Promise.all([
      store.db
        .selectFrom('members')
        .innerJoin('users', 'users.id', 'members.user_id')
        .select('users.name')
        .where('members.organization_id', '=', program.organization_id)
        .where('members.removed_at', 'is', null)
        .execute(),
      store.db.selectFrom('organizations').select('name').where('id', '=', program.organization_id).execute(),
    ])
    const taken = [...members, ...organization].some((each) => skeleton(each.name) === skeleton(clean))
    if (taken) throw new Refusal('name_taken')
    return clean
  }

  /** @throws Refusal token_missing | name_needed | name_taken | whatever `entering` throws */
  async function enterAsGuest({ programId, name, browser }: EnterRequest): Promise<Entered> {
    // Nobody comes in by what was so a second ago.
    const program = await programs.read(programId)
    if (program.access !== 'public') throw new Refusal('token_missing')
    await entering.requireOpen(program)
    const givenName = await nameOf(program, name)
    const browserHash = browser === undefined ? undefined : hashOf(browser)
    return await entering.enter(
      program,
      {
        source: 'anonymous',
        by: { kind: 'open-door', programId },
        jti: uuidv7(),
        // The same browser is the same guest; the hash of the hash, as this one is shown to the organizer.
        subject: browserHash === undefined ? uuidv7() : createHash('sha256').update(browserHash).digest('base64url'),
        givenName,
        familyName: null,
        email: null,
        sharePersonalData: false,
        roles: [attendeeRole],
      },
      { browserHash, at: now() },
    )
  }

  return {
    /**
     * Lets somebody in by his token, or, where the program is public, without one: a bad token is written down and counts for nothing.
     *
     * @throws Refusal program_unknown | token_missing | name_needed | name_taken | whatever `admit` throws
     */
    async enter(request: EnterRequest): Promise<GuestEntered> {
      const { programId, token, browser } = request
      if (token === undefined) return await enterAsGuest(request)
      let tokenRefused: ErrorCode
      try {
        return await admission.admit({ programId, token, browser })
      } catch (error) {
        if (!(error instanceof Refusal) || !isForgiven(await programs.find(programId), error.code)) throw error
        tokenRefused = error.code
      }
      try {
        return { ...(await enterAsGuest(request)), tokenRefused }
      } catch (error) {
        throw error instanceof Refusal && error.code === 'name_needed' ? new Refusal('name_needed', { tokenRefused }) : error
      }
    },
  }
}

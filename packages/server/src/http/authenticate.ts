// Owns: who a request is from, and whether he may pass: the administration, somebody of a team, an attendee's session, or nobody.
import type { IncomingMessage } from 'node:http'
import { type Permission, Refusal, roleMay } from '@voila/protocol'
import type { FastifyRequest } from 'fastify'
import type { Access } from '../access/access.ts'
import { isSameSecret } from '../access/bearers.ts'
import type { Session } from '../access/sessions.ts'
import { administration, type TeamActor } from '../backstage/actor.ts'
import type { ApiKeys } from '../backstage/api-keys.ts'
import type { Members } from '../backstage/members.ts'
import type { Programs } from '../backstage/programs.ts'
import type { Person, SignIn } from '../backstage/sign-in.ts'
import type { Cookies } from './cookies.ts'
import type { Origins } from './origin.ts'
import { createLimiter } from './rate.ts'
import type { RouteRow } from './route-table.ts'

export type Authenticate = ReturnType<typeof createAuthenticate>
/** A member at a program, as a socket knows him. */
export type TeamMember = { readonly userId: string; readonly name: string; readonly organizationId: string }

/** Requests of one session beside its socket: a page that loads makes a handful. */
const burst = 60
const perSecond = 5

type Caller =
  | { readonly kind: 'administration' }
  | { readonly kind: 'api-key'; readonly key: Awaited<ReturnType<ApiKeys['use']>> }
  | { readonly kind: 'member'; readonly person: Person }

type Params = { readonly organizationId?: string; readonly programId?: string }

function bearerOf(request: FastifyRequest): string | undefined {
  const [, bearer] = /^Bearer +(\S{1,512})$/i.exec(request.headers.authorization ?? '') ?? []
  return bearer
}

const isSafe = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD'

/** What somebody is told who asks for what is not his: the same as of what is not there. */
const unknown = ({ programId }: Params): Refusal => new Refusal(programId === undefined ? 'organization_unknown' : 'program_unknown')

export function createAuthenticate({
  access,
  programs,
  signIn,
  members,
  apiKeys,
  adminSecret,
  cookies,
  origins,
  now,
}: {
  access: Pick<Access, 'sessionOf'>
  programs: Pick<Programs, 'find'>
  signIn: Pick<SignIn, 'personOf'>
  members: Pick<Members, 'roleIn'>
  apiKeys: Pick<ApiKeys, 'use'>
  adminSecret: string
  cookies: Pick<Cookies, 'browserOf'>
  origins: Pick<Origins, 'requireOwnOrigin'>
  now(): number
}) {
  const limiter = createLimiter({ burst, perSecond, now })

  async function bearerCaller(bearer: string | undefined): Promise<Caller | undefined> {
    if (bearer?.startsWith('vk_') === true) return { kind: 'api-key', key: await apiKeys.use(bearer) }
    if (bearer?.startsWith('va_') !== true) return undefined
    if (!isSameSecret(bearer, adminSecret)) throw new Refusal('admin_required')
    return { kind: 'administration' }
  }

  /** Who of a team asks, by the header, else by the cookie of Backstage. */
  async function callerOf(request: FastifyRequest, row: RouteRow): Promise<Caller | undefined> {
    if (request.headers.authorization !== undefined) return await bearerCaller(bearerOf(request))
    if (row.who === 'attendee-or-team' && (request.query as { as?: unknown }).as !== 'team') return undefined
    const person = await signIn.personOf(request.raw)
    if (person === undefined) return undefined
    // A browser attaches the cookie whoever asks.
    if (!isSafe(request)) origins.requireOwnOrigin(request.raw)
    return { kind: 'member', person }
  }

  /** The organization that the path names. @throws Refusal program_unknown */
  async function organizationOf({ organizationId, programId }: Params): Promise<string | null> {
    return programId === undefined ? (organizationId ?? null) : (await programs.find(programId)).organization_id
  }

  /** @throws Refusal organization_unknown | program_unknown | not_permitted */
  async function memberIn(person: Person, needs: Permission, params: Params): Promise<TeamActor & { organizationId: string }> {
    const organizationId = await organizationOf(params)
    const role = organizationId === null ? undefined : await members.roleIn({ organizationId, userId: person.id })
    if (organizationId === null || role === undefined) throw unknown(params)
    if (!roleMay(role, needs)) throw new Refusal('not_permitted')
    return { kind: 'member', id: person.id, name: person.name, role, organizationId }
  }

  /** The caller as an actor where the row lets him pass. @throws Refusal */
  async function admit(caller: Caller, { who, needs }: RouteRow, params: Params): Promise<TeamActor & { organizationId: string | null }> {
    if (caller.kind === 'administration') return { ...administration, organizationId: await organizationOf(params) }
    if (who === 'administration') throw new Refusal('admin_required')
    if (caller.kind === 'member') {
      const { id, name } = caller.person
      return needs === undefined
        ? { kind: 'member', id, name, role: null, organizationId: null }
        : await memberIn(caller.person, needs, params)
    }
    const { id, name, organizationId, scopes } = caller.key
    if (needs === undefined) throw new Refusal('not_permitted')
    if ((await organizationOf(params)) !== organizationId) throw unknown(params)
    if (!scopes.includes(needs)) throw new Refusal('not_permitted')
    return { kind: 'api-key', id, name, role: null, organizationId }
  }

  return {
    /**
     * Lets a request of a row pass, and puts on it who asks (`by`) and of which organization. An attendee on a row that he shares with the
     * team is left to `readSession`.
     *
     * @throws Refusal sign_in_required | admin_required | api_key_invalid | origin_denied | not_permitted | organization_unknown | program_unknown
     */
    async requireTeam(request: FastifyRequest, row: RouteRow): Promise<void> {
      const caller = await callerOf(request, row)
      if (caller === undefined && row.who === 'attendee-or-team') return
      if (caller === undefined) throw new Refusal(row.who === 'administration' ? 'admin_required' : 'sign_in_required')
      const { organizationId, ...by } = await admit(caller, row, request.params as Params)
      request.by = by
      request.organizationId = organizationId
    },

    /** Who of the team asks, on a route that attendees have too. */
    teamOf: (request: FastifyRequest): TeamActor | undefined => request.by ?? undefined,

    /**
     * The member whose cookie a socket comes with, who may moderate at a program. Asked again, it tells whether he still is one.
     *
     * @throws Refusal origin_denied | sign_in_required | program_unknown | not_permitted
     */
    async memberOf(request: Pick<IncomingMessage, 'headers'>, programId: string): Promise<TeamMember> {
      origins.requireOwnOrigin(request)
      const person = await signIn.personOf(request)
      if (person === undefined) throw new Refusal('sign_in_required')
      const { organizationId } = await memberIn(person, 'activities:moderate', { programId })
      return { userId: person.id, name: person.name, organizationId }
    },

    /**
     * The session of the bearer, else of the cookie, at the program of the path. A cookie on another method than GET needs our own origin:
     * a browser attaches it whoever asks.
     *
     * @throws Refusal origin_denied | rate_limited | whatever `sessionOf` throws
     */
    async readSession(request: FastifyRequest): Promise<Session> {
      const { programId = '' } = request.params as { programId?: string }
      const byHeader = request.headers.authorization !== undefined
      const browser = byHeader ? undefined : cookies.browserOf(request.raw)
      if (browser !== undefined && !isSafe(request)) origins.requireOwnOrigin(request.raw)
      const session = await access.sessionOf({ programId, ...(byHeader ? { bearer: bearerOf(request) ?? '' } : { browser }) })
      limiter.take(session.id)
      return session
    },
  }
}

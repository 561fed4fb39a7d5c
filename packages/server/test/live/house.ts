// Owns: a node with live and nothing around it: sessions by name, one program, real sockets on a port of its own.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ErrorCode, type MediaAccess, type Person, Refusal } from '@voila/protocol'
import type { Session } from '../../src/access/sessions.ts'
import type { TeamMember } from '../../src/http/authenticate.ts'
import { createLive, type Live } from '../../src/live/live.ts'
import type { Rules } from '../../src/live/rules.ts'
import type { LiveProgram, Logger } from '../../src/live/shows.ts'
import { createSockets } from '../../src/live/socket.ts'
import type { Store } from '../../src/store/store.ts'

export const programId = 'abcdefghijkl'
const startsAt = 1_800_000_000_000

export const liveProgram: LiveProgram = {
  id: programId,
  run: 1,
  state: 'live',
  title: 'Quarterly results',
  description: '',
  starts_at: startsAt,
  language: 'en',
  accent: null,
  cover_id: null,
  logo_id: null,
  access: 'private',
  anonymous: 'name',
  at_expiry: 'keep',
  doors_minutes: null,
  activity_options: '{}',
  blocked_words: '[]',
  cue_timing: 1,
}

/** Writes an organization, a program and its live run; again is harmless. */
export async function addProgram(store: Store, id = programId): Promise<void> {
  const { db } = store
  await db
    .insertInto('organizations')
    .values({ id: 'organization', name: 'Aurora', created_at: startsAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await db
    .insertInto('programs')
    .values({
      ...liveProgram,
      id,
      organization_id: 'organization',
      state_since: startsAt,
      sign_in_url: null,
      created_at: startsAt,
      changed_at: startsAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await addRun(store, { run: 1, kind: 'live', id })
}

/** Leaves the program as `addProgram` made it: one database serves a whole file of tests. */
export async function emptyProgram(store: Store): Promise<void> {
  for (const table of ['program_log', 'program_counters', 'program_runs', 'node_presence'] as const)
    await store.db.deleteFrom(table).execute()
  await addRun(store, { run: 1, kind: 'live' })
}

export async function addRun(
  store: Store,
  { run, kind, id = programId }: { run: number; kind: 'live' | 'rehearsal'; id?: string },
): Promise<void> {
  await store.db
    .insertInto('program_runs')
    .values({ program_id: id, run, kind })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** The session that `vs_<name>` stands for; a name that begins with `mod` moderates. */
export function sessionNamed(name: string, more: Partial<Session> = {}): Session {
  const displayName = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`
  return {
    id: `session-${name}`,
    programId,
    organizationId: 'organization',
    attendee: { id: name, displayName, givenName: displayName, familyName: null, roles: ['ROLE_ATTENDEE'] },
    moderates: name.startsWith('mod'),
    roles: ['ROLE_ATTENDEE'],
    expiresAt: Number.MAX_SAFE_INTEGER,
    ...more,
  }
}

/** The member whom the Backstage cookie `<name>` stands for. */
export function memberNamed(name: string): TeamMember {
  return { userId: `user-${name}`, name: sessionNamed(name).attendee.displayName, organizationId: 'organization' }
}

function personNamed(id: string): Person {
  const [, name] = /^user-(.+)$/.exec(id) ?? []
  if (name !== undefined) return { id, displayName: memberNamed(name).name, team: true }
  return { id, displayName: sessionNamed(id).attendee.displayName, ...(id.startsWith('mod') ? { team: true } : {}) }
}

export type Node = {
  readonly live: Live
  readonly log: Logger
  /** What `programs.get` answers; `change` tells live as a mirror would. */
  readonly programs: Map<string, LiveProgram>
  change(more: Partial<LiveProgram>): void
  /** Sessions that differ from those that their names stand for. */
  readonly sessions: Map<string, Session>
  revoke(sessionIds: readonly string[]): void
  readonly logged: { details: object; message: string }[]
  isRevoked(sessionId: string): boolean
}

export type House = Node & {
  readonly server: Server
  /** Why the cookie of a member counts no more, by name; an Error is an outage. */
  readonly turnedAway: Map<string, Error>
  /** `ws://…/socket` of a program. */
  url(id?: string): string
  close(): Promise<void>
}

type NodeOptions = {
  store: Store
  nodeId?: string
  now?(): number
  rules?: Rules
  mediaAccess?(session: Session): MediaAccess | null
  people?(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>
  programs?: Map<string, LiveProgram>
}

/** A node without a socket. */
export function openNode(options: NodeOptions): Node {
  const programs = options.programs ?? new Map<string, LiveProgram>([[programId, liveProgram]])
  const sessions = new Map<string, Session>()
  const revoked = new Set<string>()
  const listeners = new Set<(ids: readonly string[], code: ErrorCode) => void>()
  const logged: Node['logged'] = []
  const note = (details: object, message: string): void => void logged.push({ details, message })
  const log: Logger = { info: () => undefined, warn: note, error: note }

  const live = createLive({
    store: options.store,
    access: {
      endedAs: (id) => (revoked.has(id) ? 'session_revoked' : undefined),
      onRevoked(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      termsOf: async (ids) => new Map([...sessions.values()].filter(({ id }) => ids.includes(id)).map((session) => [session.id, session])),
    },
    programs,
    nodeId: options.nodeId ?? 'node',
    log,
    people: options.people ?? (async (ids) => new Map(ids.map((id) => [id, personNamed(id)]))),
    mediaAccess: options.mediaAccess ?? (() => null),
    now: options.now ?? Date.now,
    ...(options.rules === undefined ? {} : { rules: options.rules }),
  })
  return {
    live,
    log,
    programs,
    change(more) {
      const program = { ...(programs.get(programId) ?? liveProgram), ...more }
      programs.set(programId, program)
      live.programChanged(program)
    },
    sessions,
    revoke(sessionIds) {
      for (const id of sessionIds) revoked.add(id)
      for (const listener of listeners) listener(sessionIds, 'session_revoked')
    },
    logged,
    isRevoked: (id) => revoked.has(id),
  }
}

export async function openHouse(options: NodeOptions & { port?: number }): Promise<House> {
  const node = openNode(options)
  const { live, log } = node
  const turnedAway = new Map<string, Error>()
  const sockets = createSockets({
    live,
    log,
    now: options.now ?? Date.now,
    async screenOf(secret) {
      if (secret !== 'vl_screen') throw new Refusal('screen_link_invalid')
      return { linkId: 'screen' }
    },
    async sessionOf({ bearer, browser }) {
      const name = (bearer ?? browser)?.replace(/^vs_/, '')
      if (name === undefined || name === 'nobody') throw new Refusal('session_missing')
      const session = node.sessions.get(name) ?? sessionNamed(name)
      if (node.isRevoked(session.id)) throw new Refusal('session_revoked')
      return session
    },
    async memberOf(request) {
      if (request.headers.origin !== 'https://ours.example') throw new Refusal('origin_denied')
      const name = /voila_backstage=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
      if (name === undefined) throw new Refusal('sign_in_required')
      const reason = turnedAway.get(name)
      if (reason !== undefined) throw reason
      return memberNamed(name)
    },
    browserOf: (request) => /voila_browser=([^;]+)/.exec(request.headers.cookie ?? '')?.[1],
    hasOwnOrigin: (request) => request.headers.origin === 'https://ours.example',
  })
  const server = createServer((_request, response) => response.writeHead(404).end())
  server.on('upgrade', (request, socket, head) => {
    if (!sockets.handleUpgrade(request, socket, head)) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    ...node,
    server,
    turnedAway,
    url: (id = programId) => `ws://127.0.0.1:${port}/api/programs/${id}/socket`,
    async close() {
      await live.drain()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

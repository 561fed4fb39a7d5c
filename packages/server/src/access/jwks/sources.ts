// Owns: the addresses at which organizations publish their keys: looking there, what is used of it, and taking a key back.
import {
  type JwksSourceAnswer,
  type JwksSourcePatch,
  type JwksSourceRequest,
  type KeySetProblem,
  type ListAnswer,
  Refusal,
} from '@voila/protocol'
import { importPublicKey, type PartnerKey } from '@voila/tokens'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import { FetchError, type Outgoing } from '../../http/outgoing.ts'
import { laterThanBefore } from '../../store/changed.ts'
import { createMirror } from '../../store/mirror.ts'
import { type PageRequest, paged, pageOf } from '../../store/page.ts'
import type { JwksSourceRow } from '../../store/schema.ts'
import type { Store } from '../../store/store.ts'
import { nameOf } from '../admitted-by.ts'
import type { Sessions } from '../sessions.ts'
import { freshMs, KeySetError, type PublishedKey, readKeySet } from './key-set.ts'

type SourceId = { readonly organizationId: string; readonly sourceId: string }
/** A key that an address shows, and which. */
export type FoundKey = { readonly key: PartnerKey; readonly sourceId: string }
export type JwksSources = ReturnType<typeof createJwksSources>

const everyMs = 1_000
/** An address is looked at this often at most, whatever kids people send. */
const againMs = 60_000
/** The same, where somebody of the team asks for it. */
const askedAgainMs = 5_000
/** How long after they should have been looked at again its keys are used where no look succeeds. */
const staleMs = 86_400_000
/** Longer than a look takes: whoever waits for another node's gives up then. */
const lookMs = 6_000
const waitMs = 150
/** Addresses of one organization: of two systems that sign, and some to spare. */
const maxSources = 5

const instant = (ms: number): string => new Date(ms).toISOString()
const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instant(ms))
const keysOf = (row: Pick<JwksSourceRow, 'keys'>): PublishedKey[] => JSON.parse(row.keys) as PublishedKey[]
const revokedOf = (row: Pick<JwksSourceRow, 'revoked_kids'>): string[] => JSON.parse(row.revoked_kids) as string[]
const usableUntil = (row: JwksSourceRow): number | null => (row.fetched_at === null ? null : row.fresh_until + staleMs)
/** Whether some node is looking at this moment. */
const isLooking = (row: JwksSourceRow, now: number): boolean =>
  row.tried_at > Math.max(row.fetched_at ?? 0, row.problem_at ?? 0) && now - row.tried_at < lookMs

function partnerKeysOf(row: JwksSourceRow): Map<string, PartnerKey> {
  const revoked = new Set(revokedOf(row))
  const allowedRoles = JSON.parse(row.allowed_roles) as string[]
  const found = new Map<string, PartnerKey>()
  for (const { kid, pem } of keysOf(row)) {
    if (kid === null || pem === null) continue
    found.set(kid, {
      kid,
      organizationId: row.organization_id,
      publicKey: importPublicKey(pem).publicKey,
      state: revoked.has(kid) ? 'revoked' : 'active',
      notAfter: (usableUntil(row) ?? 0) / 1_000,
      allowedRoles,
    })
  }
  return found
}

export function createJwksSources({
  store,
  outgoing,
  sessions,
  now,
  onError,
}: {
  store: Store
  outgoing: Outgoing
  sessions: Pick<Sessions, 'revoke' | 'announceRevoked' | 'openByKey'>
  now(): number
  onError(error: unknown): void
}) {
  const mirror = createMirror<string, JwksSourceRow>({
    store,
    load: (since) => store.db.selectFrom('jwks_sources').selectAll().where('changed_at', '>=', since).execute(),
    key: (row) => row.id,
    changedAt: (row) => row.changed_at,
    keep: (row) => row.removed_at === null,
    everyMs,
    topic: 'jwks',
    now,
    onError,
  })
  const parsed = new WeakMap<JwksSourceRow, Map<string, PartnerKey>>()
  const looks = new Map<string, Promise<JwksSourceRow>>()

  const sourcesOf = (organizationId: string): JwksSourceRow[] =>
    [...mirror.all()]
      .filter((row) => row.organization_id === organizationId && row.removed_at === null)
      .sort((a, b) => a.created_at - b.created_at)

  function keysIn(row: JwksSourceRow): Map<string, PartnerKey> {
    const known = parsed.get(row)
    if (known !== undefined) return known
    const keys = partnerKeysOf(row)
    parsed.set(row, keys)
    return keys
  }

  function wrote(row: JwksSourceRow): JwksSourceRow {
    mirror.put(row)
    store.wake('jwks')
    return row
  }

  /** @throws Refusal jwks_source_unknown */
  async function read({ organizationId, sourceId }: SourceId): Promise<JwksSourceRow> {
    const row = await store.db
      .selectFrom('jwks_sources')
      .selectAll()
      .where('id', '=', sourceId)
      .where('organization_id', '=', organizationId)
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    if (row === undefined) throw new Refusal('jwks_source_unknown')
    return row
  }

  async function answersOf(rows: readonly JwksSourceRow[]): Promise<JwksSourceAnswer[]> {
    const names = rows.flatMap((row) =>
      keysOf(row).flatMap(({ kid }) => (kid === null ? [] : [nameOf({ kind: 'jwks', sourceId: row.id, kid })])),
    )
    const open = await sessions.openByKey(names)
    return rows.map((row) => {
      const revoked = new Set(revokedOf(row))
      return {
        id: row.id,
        url: row.url,
        allowedRoles: JSON.parse(row.allowed_roles) as string[],
        keys: keysOf(row).map(({ kid, thumbprint, pem, problem }) => ({
          kid,
          thumbprint,
          pem,
          problem: kid !== null && problem === null && revoked.has(kid) ? ('revoked' as const) : problem,
          openSessions: kid === null ? 0 : (open.get(nameOf({ kind: 'jwks', sourceId: row.id, kid })) ?? 0),
        })),
        createdAt: instant(row.created_at),
        fetchedAt: instantOrNull(row.fetched_at),
        nextFetchAt: instant(Math.max(row.fresh_until, row.tried_at + againMs)),
        usableUntil: instantOrNull(usableUntil(row)),
        problem: row.problem as KeySetProblem | null,
        problemAt: instantOrNull(row.problem_at),
      }
    })
  }
  const answer = async (row: JwksSourceRow): Promise<JwksSourceAnswer> => ((await answersOf([row])) as [JwksSourceAnswer])[0]

  /** Keys that are used no more stay known by what they were, so that who comes with one is told so. */
  function kept(before: JwksSourceRow, keys: readonly PublishedKey[]): PublishedKey[] {
    const revoked = new Set(revokedOf(before))
    const shown = new Set(keys.map(({ kid }) => kid))
    return [...keys, ...keysOf(before).filter(({ kid, pem }) => kid !== null && pem !== null && revoked.has(kid) && !shown.has(kid))]
  }

  async function revokedThumbprints(organizationId: string): Promise<Set<string>> {
    const rows = await store.db
      .selectFrom('partner_keys')
      .select('thumbprint')
      .where('organization_id', '=', organizationId)
      .where('state', '=', 'revoked')
      .execute()
    return new Set(rows.map(({ thumbprint }) => thumbprint))
  }

  /** What an address says now, as the columns that it changes. */
  async function fetched(row: JwksSourceRow): Promise<Partial<JwksSourceRow>> {
    try {
      const { text, headers } = await outgoing.fetch(row.url, { accept: 'application/jwk-set+json, application/json' })
      const keys = readKeySet(text, { revoked: await revokedThumbprints(row.organization_id) })
      const at = now()
      return { keys: JSON.stringify(kept(row, keys)), fetched_at: at, fresh_until: at + freshMs(headers), problem: null, problem_at: null }
    } catch (error) {
      if (!(error instanceof FetchError || error instanceof KeySetError)) throw error
      // What was there at the last good look counts on.
      return { problem: error.problem, problem_at: now() }
    }
  }

  async function write(id: string, changes: Partial<JwksSourceRow>): Promise<JwksSourceRow> {
    return wrote(
      await store.db
        .updateTable('jwks_sources')
        .set({ ...changes, changed_at: laterThanBefore(now()) })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow(),
    )
  }

  /** Looks at an address unless somebody has within `pauseMs`, on whatever node; then what he finds is waited for. */
  async function look(id: string, pauseMs: number): Promise<JwksSourceRow> {
    const at = now()
    const claimed = await store.db
      .updateTable('jwks_sources')
      .set({ tried_at: at, changed_at: laterThanBefore(at) })
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .where('tried_at', '<=', at - pauseMs)
      .returningAll()
      .executeTakeFirst()
    if (claimed !== undefined) return await write(id, await fetched(wrote(claimed)))
    for (;;) {
      const row = await store.db.selectFrom('jwks_sources').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      mirror.put(row)
      if (!isLooking(row, now())) return row
      await new Promise((done) => setTimeout(done, waitMs))
    }
  }

  /** One look at a time from this node: who asks meanwhile waits for it. */
  function lookOnce(id: string, pauseMs: number): Promise<JwksSourceRow> {
    const running = looks.get(id)
    if (running !== undefined) return running
    const begun = look(id, pauseMs).finally(() => looks.delete(id))
    looks.set(id, begun)
    return begun
  }

  async function lookAtStale(): Promise<void> {
    const at = now()
    for (const row of mirror.all()) {
      if (row.removed_at === null && row.fresh_until <= at && row.tried_at <= at - againMs) await lookOnce(row.id, againMs)
    }
  }
  const timer = setInterval(() => void lookAtStale().catch(onError), everyMs * 10).unref()

  function find(organizationId: string, kid: string): FoundKey | undefined {
    for (const row of sourcesOf(organizationId)) {
      const key = keysIn(row).get(kid)
      if (key !== undefined) return { key, sourceId: row.id }
    }
    return undefined
  }

  return {
    /** From memory: the key with this kid at the addresses of an organization, and of no other. */
    find,

    /** Looks at the organization's addresses for a kid that is not in memory, each at most once a minute. True: it is there now. */
    async lookUp(organizationId: string, kid: string): Promise<boolean> {
      for (const row of sourcesOf(organizationId)) {
        const mayLook = row.tried_at <= now() - againMs || looks.has(row.id) || isLooking(row, now())
        if (mayLook) await lookOnce(row.id, againMs)
      }
      return find(organizationId, kid) !== undefined
    },

    /** Looks again where it is time to. */
    lookAtStale,
    refreshMirror: mirror.refresh,

    /** Oldest first. */
    async list(organizationId: string, page: PageRequest): Promise<ListAnswer<JwksSourceAnswer>> {
      const query = store.db
        .selectFrom('jwks_sources')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('removed_at', 'is', null)
      const rows = await paged(query, page, { at: 'created_at', id: 'id', order: 'oldest-first' }).execute()
      const { items, nextCursor } = pageOf(rows, {
        limit: page.limit,
        placeOf: (row) => ({ at: row.created_at, id: row.id }),
        show: (row) => row,
      })
      return { items: await answersOf(items), nextCursor }
    },

    show: async (id: SourceId): Promise<JwksSourceAnswer> => await answer(await read(id)),

    /** Adds an address and looks at it; that a look fails is shown, and tried again. @throws Refusal conflict */
    async add(organizationId: string, { url, allowedRoles }: z.infer<typeof JwksSourceRequest>): Promise<JwksSourceAnswer> {
      const at = now()
      const row: JwksSourceRow = {
        id: uuidv7(),
        organization_id: organizationId,
        url,
        allowed_roles: JSON.stringify([...new Set(allowedRoles ?? ['ROLE_ATTENDEE'])]),
        keys: '[]',
        revoked_kids: '[]',
        fetched_at: null,
        fresh_until: at,
        tried_at: 0,
        problem: null,
        problem_at: null,
        removed_at: null,
        created_at: at,
        changed_at: at,
      }
      await store.transaction(async (tx) => {
        const there = await tx
          .selectFrom('jwks_sources')
          .select('url')
          .where('organization_id', '=', organizationId)
          .where('removed_at', 'is', null)
          .execute()
        if (there.some((other) => other.url === url)) throw new Refusal('conflict', { detail: 'This address is there already.' })
        if (there.length >= maxSources) throw new Refusal('conflict', { detail: `An organization has at most ${maxSources} addresses.` })
        await tx.insertInto('jwks_sources').values(row).execute()
      })
      wrote(row)
      return await answer(await lookOnce(row.id, askedAgainMs))
    },

    /** @throws Refusal jwks_source_unknown */
    async patch(id: SourceId, { allowedRoles }: z.infer<typeof JwksSourcePatch>): Promise<JwksSourceAnswer> {
      await read(id)
      return await answer(await write(id.sourceId, { allowed_roles: JSON.stringify([...new Set(allowedRoles)]) }))
    },

    /** Looks now. @throws Refusal jwks_source_unknown */
    async refresh(id: SourceId): Promise<JwksSourceAnswer> {
      const { id: sourceId } = await read(id)
      return await answer(await lookOnce(sourceId, askedAgainMs))
    },

    /** Refuses a key from now on, whatever the address says, and ends the sessions that it opened. @throws Refusal jwks_source_unknown | key_unknown */
    async revokeKey(id: SourceId & { readonly kid: string }): Promise<JwksSourceAnswer> {
      const { row, ended } = await store.transaction(async (tx) => {
        const query = tx.selectFrom('jwks_sources').selectAll().where('id', '=', id.sourceId)
        const before = await (store.kind === 'postgres' ? query.forUpdate() : query)
          .where('organization_id', '=', id.organizationId)
          .where('removed_at', 'is', null)
          .executeTakeFirst()
        if (before === undefined) throw new Refusal('jwks_source_unknown')
        if (!keysOf(before).some(({ kid }) => kid === id.kid)) throw new Refusal('key_unknown')
        const changed = await tx
          .updateTable('jwks_sources')
          .set({
            revoked_kids: JSON.stringify([...new Set([...revokedOf(before), id.kid])]),
            changed_at: laterThanBefore(now()),
          })
          .where('id', '=', id.sourceId)
          .returningAll()
          .executeTakeFirstOrThrow()
        return { row: changed, ended: await sessions.revoke(tx, { kid: nameOf({ kind: 'jwks', sourceId: id.sourceId, kid: id.kid }) }) }
      })
      wrote(row)
      sessions.announceRevoked(ended)
      return await answer(row)
    },

    /** Its keys admit nobody from now on, and whoever was admitted by one is out. @throws Refusal jwks_source_unknown */
    async remove(id: SourceId): Promise<void> {
      await read(id)
      const { row, ended } = await store.transaction(async (tx) => {
        const at = now()
        const removed = await tx
          .updateTable('jwks_sources')
          .set({ removed_at: at, changed_at: laterThanBefore(at) })
          .where('id', '=', id.sourceId)
          .returningAll()
          .executeTakeFirstOrThrow()
        return {
          row: removed,
          ended: await sessions.revoke(tx, { kidsLike: `${nameOf({ kind: 'jwks', sourceId: id.sourceId, kid: '' })}%` }),
        }
      })
      wrote(row)
      sessions.announceRevoked(ended)
    },

    /** Resolves when every look that was begun is over. */
    async close(): Promise<void> {
      clearInterval(timer)
      mirror.close()
      await Promise.allSettled(looks.values())
    },
  }
}

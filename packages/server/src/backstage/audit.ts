// Owns: the audit log: what a change leaves in it, and how it is read.
import { type AuditAnswer, type ListAnswer, limits } from '@voila/protocol'
import type { FastifyRequest } from 'fastify'
import { v7 as uuidv7 } from 'uuid'
import { withoutSecrets } from '../http/log.ts'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { AuditRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { TeamActor } from './actor.ts'

/** What a handler says of the change that it made. */
export type Change = {
  readonly target: { readonly kind: string; readonly id: string; readonly name?: string | null }
  /** The thing before and after, as answers show it; only what differs is kept. Absent where it was not there, or is no longer. */
  readonly before?: object
  readonly after?: object
  /** Where the path names none. */
  readonly organizationId?: string
  /** Who made it, where the request itself was nobody's yet. */
  readonly by?: TeamActor
}

declare module 'fastify' {
  interface FastifyRequest {
    change: Change | null
  }
}

/**
 * Says what a request has changed, once it has. Every row of the route table with `audit` says it exactly once; the line is written before
 * the answer goes out.
 */
export function noteChange(request: FastifyRequest, change: Change): void {
  if (request.change !== null) throw new Error(`${request.method} ${request.routeOptions.url} changed two things`)
  request.change = change
}

export type Audit = ReturnType<typeof createAudit>
export type AuditFilter = {
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly target?: string | undefined
}

/** Long, or told by the thumbprint beside it; and what ticks by itself. */
const leftOut = new Set(['pem', 'version', 'accepted', 'refused', 'lastDay', 'lastUsedAt'])

/** What differs between two answers, as JSON of both sides. */
function differences({ before, after }: Change): { before: string | null; after: string | null } {
  const [was, is] = [{ ...before } as Record<string, unknown>, { ...after } as Record<string, unknown>]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => !leftOut.has(name) && JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  )
  const side = (given: object | undefined, from: Record<string, unknown>): string | null =>
    given === undefined ? null : withoutSecrets(JSON.stringify(Object.fromEntries(names.map((name) => [name, from[name]]))))
  return { before: side(before, was), after: side(after, is) }
}

const objectOrNull = (json: string | null): Record<string, unknown> | null => (json === null ? null : JSON.parse(json))

function answerOf(row: AuditRow): AuditAnswer {
  return {
    id: row.id,
    at: new Date(row.at).toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    action: row.action,
    target: { kind: row.target_kind, id: row.target_id, name: row.target_name },
    before: objectOrNull(row.before),
    after: objectOrNull(row.after),
    from: row.from_address,
  }
}

export function createAudit({ store, now }: { store: Store; now(): number }) {
  /** Newest first. */
  async function list(organizationId: string, filter: AuditFilter, page: PageRequest): Promise<ListAnswer<AuditAnswer>> {
    const { actor, action, target } = filter
    let query = store.db.selectFrom('audit').selectAll().where('organization_id', '=', organizationId)
    if (actor !== undefined) query = query.where('actor_id', '=', actor)
    if (action !== undefined) query = query.where('action', '=', action)
    if (target !== undefined) query = query.where('target_id', '=', target)
    const rows = await paged(query, page, { at: 'at', id: 'id', order: 'newest-first' }).execute()
    return pageOf(rows, { limit: page.limit, placeOf: ({ at, id }) => ({ at, id }), show: answerOf })
  }

  return {
    list,

    /** Keeps the line of a request that has succeeded. @throws Error where its handler noted no change */
    async keep(request: FastifyRequest, action: string): Promise<void> {
      const { change } = request
      const by = change?.by ?? request.by
      const organizationId = change?.organizationId ?? request.organizationId
      if (change === null || by === null || organizationId === null) throw new Error(`${action} left no line for the audit log`)
      await store.db
        .insertInto('audit')
        .values({
          id: uuidv7(),
          at: now(),
          organization_id: organizationId,
          actor_kind: by.kind,
          actor_id: by.id,
          actor_name: by.name,
          action,
          target_kind: change.target.kind,
          target_id: change.target.id,
          target_name: change.target.name ?? null,
          ...differences(change),
          from_address: request.ip,
        })
        .execute()
    },

    /** All lines there are, a page after the other, each read when the one before has been taken. */
    async *pages(organizationId: string, filter: AuditFilter): AsyncGenerator<AuditAnswer[]> {
      let after: PageRequest['after']
      do {
        const { items, nextCursor } = await list(organizationId, filter, { limit: limits.pageItems, after })
        yield items
        const last = items.at(-1)
        after = nextCursor === null || last === undefined ? undefined : { at: Date.parse(last.at), id: last.id }
      } while (after !== undefined)
    },
  }
}

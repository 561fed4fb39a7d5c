// Owns: the audit log: what a change leaves in it, and how it is read.
import type { AuditActor } from '@voila/protocol'
import type { FastifyRequest } from 'fastify'
import { v7 as uuidv7 } from 'uuid'
import { withoutSecrets } from '../http/log.ts'
import type { Store } from '../store/store.ts'

/** What a handler says of the change that it made. */
export type Change = {
  readonly target: { readonly kind: string; readonly id: string; readonly name?: string | null }
  /** The thing before and after, as answers show it; only what differs is kept. Absent where it was not there, or is no longer. */
  readonly before?: object
  readonly after?: object
  /** Where the path names none. */
  readonly organizationId?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who of the team asks; null where nobody of it does. */
    by: AuditActor | null
    /** The organization that the path names, itself or by one of its programs. */
    organizationId: string | null
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

/** Long, or told by the thumbprint beside it; and what ticks by itself. */
const leftOut = new Set(['pem', 'version'])

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

export function createAudit({ store, now }: { store: Store; now(): number }) {
  return {
    /** Keeps the line of a request that has succeeded. @throws Error where its handler noted no change */
    async keep(request: FastifyRequest, action: string): Promise<void> {
      const { change, by } = request
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
  }
}

// Owns: links to the big screen of a program: made, revoked, and known by each node from memory.
import { limits, Refusal, type ScreenLinkAnswer } from '@voila/protocol'
import { hashOf, isScreenLink, newBearer } from '../access/bearers.ts'
import { newId } from '../ids.ts'
import { laterThanBefore } from '../store/changed.ts'
import { createMirror } from '../store/mirror.ts'
import type { ScreenLinkRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'

export type ScreenLinks = ReturnType<typeof createScreenLinks>

const everyMs = 1_000
const topic = 'screen-links'
/** How exactly it is kept when a link was used last. */
const usedMs = 60_000

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

export function screenLinkAnswer(row: ScreenLinkRow): ScreenLinkAnswer {
  return {
    id: row.id,
    programId: row.program_id,
    name: row.name,
    createdAt: new Date(row.created_at).toISOString(),
    lastUsedAt: instantOrNull(row.last_used_at),
    revokedAt: instantOrNull(row.revoked_at),
  }
}

/** @param parts.onRevoked  told on every node, within about a second */
export function createScreenLinks(parts: { store: Store; now(): number; onRevoked(linkId: string): void; onError?(error: unknown): void }) {
  const { store, now, onError } = parts
  const mirror = createMirror<string, ScreenLinkRow>({
    store,
    load: (since) => store.db.selectFrom('screen_links').selectAll().where('changed_at', '>=', since).execute(),
    key: (row) => row.link_hash,
    changedAt: (row) => row.changed_at,
    everyMs,
    topic,
    now,
    ...(onError === undefined ? {} : { onError }),
  })

  mirror.onChange(({ id, revoked_at }) => {
    if (revoked_at !== null) parts.onRevoked(id)
  })

  function noteUse(row: ScreenLinkRow): void {
    const at = now()
    if (row.last_used_at !== null && at - row.last_used_at < usedMs) return
    row.last_used_at = at
    const written = store.db.updateTable('screen_links').set({ last_used_at: at }).where('id', '=', row.id).execute()
    // A help, not a record.
    written.catch((error: unknown) => onError?.(error))
  }

  return {
    refresh: mirror.refresh,
    close: mirror.close,

    /** The link that a secret is, good for this program. @throws Refusal screen_link_invalid */
    async use(secret: string, programId: string): Promise<{ readonly linkId: string }> {
      if (!isScreenLink(secret)) throw new Refusal('screen_link_invalid')
      const hash = hashOf(secret)
      // Made on another node a moment ago.
      const query = store.db.selectFrom('screen_links').selectAll().where('link_hash', '=', hash)
      const row = mirror.get(hash) ?? (await query.executeTakeFirst())
      if (row === undefined || row.revoked_at !== null || row.program_id !== programId) throw new Refusal('screen_link_invalid')
      mirror.put(row)
      noteUse(row)
      return { linkId: row.id }
    },

    /** `secret` (`vl_…`) is told once. @throws Refusal screen_links_full */
    async make(programId: string, name: string): Promise<{ row: ScreenLinkRow; secret: string }> {
      const secret = newBearer('vl_')
      const at = now()
      const row: ScreenLinkRow = {
        ...{ id: newId(), program_id: programId, name, link_hash: hashOf(secret) },
        ...{ created_at: at, last_used_at: null, revoked_at: null, changed_at: at },
      }
      await store.transaction(async (tx) => {
        const valid = tx.selectFrom('screen_links').select('id').where('program_id', '=', programId).where('revoked_at', 'is', null)
        if ((await valid.execute()).length >= limits.screenLinks) throw new Refusal('screen_links_full')
        await tx.insertInto('screen_links').values(row).execute()
      })
      mirror.put(row)
      store.wake(topic)
      return { row, secret }
    },

    /** At once on this node, within a second or two on the others. Again: nothing more. @throws Refusal screen_link_unknown */
    async revoke({ programId, linkId }: { programId: string; linkId: string }): Promise<ScreenLinkRow> {
      const at = now()
      const row = await store.db
        .updateTable('screen_links')
        .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)), changed_at: laterThanBefore(at) }))
        .where('program_id', '=', programId)
        .where('id', '=', linkId)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) throw new Refusal('screen_link_unknown')
      mirror.put(row)
      store.wake(topic)
      return row
    },

    /** Those of a program, the newest first, revoked ones too. */
    list: (programId: string): Promise<ScreenLinkRow[]> =>
      store.db
        .selectFrom('screen_links')
        .selectAll()
        .where('program_id', '=', programId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .execute(),
  }
}

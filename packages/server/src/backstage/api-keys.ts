// Owns: API keys: made, revoked, and told apart by each node without asking the database.
import { type ApiKeyAnswer, type ListAnswer, type Permission, Refusal } from '@voila/protocol'
import { v7 as uuidv7 } from 'uuid'
import { hashOf, isApiKey, newBearer } from '../access/bearers.ts'
import { laterThanBefore } from '../store/changed.ts'
import { createMirror } from '../store/mirror.ts'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { ApiKeyRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'

export type ApiKeys = ReturnType<typeof createApiKeys>

const everyMs = 1_000
const flushMs = 10_000
/** `vk_` and six characters more: enough for a person, worth nothing to a thief. */
const prefixUnits = 9

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())
const scopesOf = (row: ApiKeyRow): Permission[] => JSON.parse(row.scopes) as Permission[]

export function createApiKeys({ store, now, onError }: { store: Store; now(): number; onError?(error: unknown): void }) {
  const mirror = createMirror<string, ApiKeyRow>({
    store,
    load: (since) => store.db.selectFrom('api_keys').selectAll().where('changed_at', '>=', since).execute(),
    key: (row) => row.key_hash,
    changedAt: (row) => row.changed_at,
    everyMs,
    topic: 'api-keys',
    now,
    ...(onError === undefined ? {} : { onError }),
  })
  let used = new Map<string, number>()

  async function flush(): Promise<void> {
    const writing = used
    used = new Map()
    // What could not be written is lost rather than gathered: it is a help, not a record.
    try {
      for (const [id, at] of writing) await store.db.updateTable('api_keys').set({ last_used_at: at }).where('id', '=', id).execute()
    } catch (error) {
      onError?.(error)
    }
  }
  const timer = setInterval(() => void flush(), flushMs).unref()

  const answerOf = (row: ApiKeyRow): ApiKeyAnswer => ({
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: scopesOf(row),
    createdAt: new Date(row.created_at).toISOString(),
    createdBy: row.created_by,
    lastUsedAt: instantOrNull(used.get(row.id) ?? row.last_used_at),
    revokedAt: instantOrNull(row.revoked_at),
  })

  function wrote(row: ApiKeyRow): void {
    mirror.put(row)
    store.wake('api-keys')
  }

  return {
    refresh: mirror.refresh,
    async close(): Promise<void> {
      clearInterval(timer)
      mirror.close()
      await flush()
    },

    /** The key that a bearer is, from memory, or from the database where it was made elsewhere just now. @throws Refusal api_key_invalid */
    async use(bearer: string): Promise<{ id: string; name: string; organizationId: string; scopes: readonly Permission[] }> {
      if (!isApiKey(bearer)) throw new Refusal('api_key_invalid')
      const hash = hashOf(bearer)
      const row = mirror.get(hash) ?? (await store.db.selectFrom('api_keys').selectAll().where('key_hash', '=', hash).executeTakeFirst())
      if (row === undefined || row.revoked_at !== null) throw new Refusal('api_key_invalid')
      mirror.put(row)
      used.set(row.id, now())
      return { id: row.id, name: row.name, organizationId: row.organization_id, scopes: scopesOf(row) }
    },

    /** `key` (`vk_…`) is told once. @throws Refusal organization_unknown */
    async make(
      organizationId: string,
      { name, scopes, createdBy }: { name: string; scopes: readonly Permission[]; createdBy: string },
    ): Promise<{ apiKey: ApiKeyAnswer; key: string }> {
      const known = await store.db.selectFrom('organizations').select('id').where('id', '=', organizationId).executeTakeFirst()
      if (known === undefined) throw new Refusal('organization_unknown')
      const key = newBearer('vk_')
      const at = now()
      const row: ApiKeyRow = {
        id: uuidv7(),
        organization_id: organizationId,
        name,
        prefix: key.slice(0, prefixUnits),
        key_hash: hashOf(key),
        scopes: JSON.stringify([...new Set(scopes)]),
        created_by: createdBy,
        created_at: at,
        last_used_at: null,
        revoked_at: null,
        changed_at: at,
      }
      await store.db.insertInto('api_keys').values(row).execute()
      wrote(row)
      return { apiKey: answerOf(row), key }
    },

    /** At once on this node, within a second on the others. Again: nothing more. @throws Refusal api_key_unknown */
    async revoke({ organizationId, apiKeyId }: { organizationId: string; apiKeyId: string }): Promise<ApiKeyAnswer> {
      const at = now()
      const row = await store.db
        .updateTable('api_keys')
        .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)), changed_at: laterThanBefore(at) }))
        .where('organization_id', '=', organizationId)
        .where('id', '=', apiKeyId)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) throw new Refusal('api_key_unknown')
      wrote(row)
      return answerOf(row)
    },

    /** Those of one organization, newest first, revoked ones too. */
    async list(organizationId: string, page: PageRequest): Promise<ListAnswer<ApiKeyAnswer>> {
      const query = store.db.selectFrom('api_keys').selectAll().where('organization_id', '=', organizationId)
      const rows = await paged(query, page, { at: 'created_at', id: 'id', order: 'newest-first' }).execute()
      return pageOf(rows, { limit: page.limit, placeOf: (row) => ({ at: row.created_at, id: row.id }), show: answerOf })
    },
  }
}

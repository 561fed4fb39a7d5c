// Owns: the partner keys that this node knows, ready to verify with.
import { importPublicKey, type PartnerKey } from '@voila/tokens'
import { createMirror } from '../store/mirror.ts'
import type { PartnerKeyRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'

export type Keyring = ReturnType<typeof createKeyring>

const everyMs = 1_000
/** A kid that nobody has declared is not looked up again for so long. */
const unknownMs = 1_000
const maxUnknown = 10_000

/** Roles as the JSON text that is kept. */
export const rolesOf = (row: { allowed_roles: string }): string[] => JSON.parse(row.allowed_roles) as string[]

function partnerKeyOf(row: PartnerKeyRow): PartnerKey {
  return {
    kid: row.kid,
    organizationId: row.organization_id,
    publicKey: importPublicKey(row.pem).publicKey,
    state: row.state,
    notAfter: row.not_after / 1_000,
    retireAt: row.retire_at === null ? undefined : row.retire_at / 1_000,
    allowedRoles: rolesOf(row),
  }
}

export function createKeyring({ store, now, onError }: { store: Store; now(): number; onError?(error: unknown): void }) {
  // The key object is parsed once: that is most of the cost of verifying with it.
  const parsed = new WeakMap<PartnerKeyRow, PartnerKey>()
  const unknown = new Map<string, number>()
  const mirror = createMirror<string, PartnerKeyRow>({
    store,
    load: (since) => store.db.selectFrom('partner_keys').selectAll().where('changed_at', '>=', since).execute(),
    key: (row) => row.kid,
    changedAt: (row) => row.changed_at,
    everyMs,
    topic: 'keys',
    now,
    ...(onError === undefined ? {} : { onError }),
  })

  function find(kid: string): PartnerKey | undefined {
    const row = mirror.get(kid)
    if (row === undefined) return undefined
    const known = parsed.get(row)
    if (known !== undefined) return known
    const key = partnerKeyOf(row)
    parsed.set(row, key)
    return key
  }

  return {
    find,

    /** Asks the database for a kid that is not in memory: another node may have declared it within this second. True: it is there now. */
    async lookUp(kid: string): Promise<boolean> {
      const at = now()
      if (mirror.get(kid) !== undefined) return true
      if ((unknown.get(kid) ?? 0) > at) return false
      const row = await store.db.selectFrom('partner_keys').selectAll().where('kid', '=', kid).executeTakeFirst()
      if (row !== undefined) {
        unknown.delete(kid)
        mirror.put(row)
        return true
      }
      const [oldest] = unknown.keys()
      if (unknown.size >= maxUnknown && oldest !== undefined) unknown.delete(oldest)
      unknown.set(kid, at + unknownMs)
      return false
    },

    /** A row that this node has just written. */
    put(row: PartnerKeyRow): void {
      unknown.delete(row.kid)
      mirror.put(row)
      store.wake('keys')
    },
    refresh: mirror.refresh,
    close: mirror.close,
  }
}

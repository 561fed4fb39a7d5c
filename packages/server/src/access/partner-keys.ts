// Owns: declaring, renaming, retiring and revoking partner keys.
import { randomBytes } from 'node:crypto'
import { isErrorCode, type ListAnswer, type PartnerKeyAnswer, type PartnerKeyPatch, type PartnerKeyRequest, Refusal } from '@voila/protocol'
import { type ImportedKey, importPublicKey, KeyError } from '@voila/tokens'
import type { z } from 'zod'
import { laterThanBefore } from '../store/changed.ts'
import { isDuplicate } from '../store/outage.ts'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { PartnerKeyRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { type Keyring, rolesOf } from './keyring.ts'
import type { RefusalBook } from './refusals.ts'
import type { Sessions } from './sessions.ts'

type KeyId = { readonly organizationId: string; readonly kid: string }

const dayMs = 86_400_000
const defaultDays = 365

/** Made by the platform and unique over all organizations, so that a kid alone names a key: `pk_` and 128 bits in base64url. */
const newKid = (): string => `pk_${randomBytes(16).toString('base64url')}`

const instant = (ms: number): string => new Date(ms).toISOString()
const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instant(ms))

/** What the list shows: a key past its last day is expired, whatever was decided about it before that. */
function shownState(row: PartnerKeyRow, now: number): PartnerKeyAnswer['state'] {
  if (row.state === 'revoked') return 'revoked'
  const over = now > row.not_after || (row.state === 'retiring' && row.retire_at !== null && now > row.retire_at)
  return over ? 'expired' : row.state
}

function answerOf(row: PartnerKeyRow, more: Pick<PartnerKeyAnswer, 'lastDay' | 'openSessions'> & { now: number }): PartnerKeyAnswer {
  const { now, lastDay, openSessions } = more
  return {
    kid: row.kid,
    name: row.name,
    organizationId: row.organization_id,
    state: shownState(row, now),
    thumbprint: row.thumbprint,
    pem: row.pem,
    allowedRoles: rolesOf(row),
    createdAt: instant(row.created_at),
    notAfter: instant(row.not_after),
    retireAt: instantOrNull(row.retire_at),
    lastUsedAt: instantOrNull(row.last_used_at),
    accepted: row.accepted,
    refused: row.refused,
    lastDay,
    openSessions,
  }
}

function importKey(pem: string): ImportedKey {
  try {
    return importPublicKey(pem)
  } catch (error) {
    // The cause stays behind: nothing of what was pasted may reach a log, least of all a private key.
    if (error instanceof KeyError && isErrorCode(error.code)) throw new Refusal(error.code)
    throw error
  }
}

export function createPartnerKeys({
  store,
  keyring,
  sessions,
  refusals,
  now,
}: {
  store: Store
  keyring: Pick<Keyring, 'put'>
  sessions: Pick<Sessions, 'revoke' | 'announceRevoked' | 'openByKey'>
  refusals: Pick<RefusalBook, 'lastDay'>
  now(): number
}) {
  /** @throws Refusal key_unknown */
  async function find({ organizationId, kid }: KeyId): Promise<PartnerKeyRow> {
    const row = await store.db
      .selectFrom('partner_keys')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('kid', '=', kid)
      .executeTakeFirst()
    if (row === undefined) throw new Refusal('key_unknown')
    return row
  }

  async function answersOf(rows: readonly PartnerKeyRow[]): Promise<PartnerKeyAnswer[]> {
    const kids = rows.map(({ kid }) => kid)
    const [lastDays, open] = await Promise.all([refusals.lastDay(kids), sessions.openByKey(kids)])
    const at = now()
    return rows.map((row) =>
      answerOf(row, { now: at, lastDay: lastDays.get(row.kid) ?? { accepted: 0, refused: 0 }, openSessions: open.get(row.kid) ?? 0 }),
    )
  }
  const answer = async (row: PartnerKeyRow): Promise<PartnerKeyAnswer> => ((await answersOf([row])) as [PartnerKeyAnswer])[0]

  return {
    /**
     * Declares the public half of a pair for an organization.
     *
     * @throws Refusal organization_unknown | key_taken | too_large | private_key | certificate | several_keys | not_pem | not_p256 |
     * invalid_point | known_key
     */
    async declare(organizationId: string, request: z.infer<typeof PartnerKeyRequest>): Promise<PartnerKeyAnswer> {
      const { pem, thumbprint } = importKey(request.pem)
      const at = now()
      const known = await store.db.selectFrom('organizations').select('id').where('id', '=', organizationId).executeTakeFirst()
      if (known === undefined) throw new Refusal('organization_unknown')
      const row: PartnerKeyRow = {
        kid: newKid(),
        organization_id: organizationId,
        name: request.name,
        pem,
        thumbprint,
        allowed_roles: JSON.stringify([...new Set(request.allowedRoles ?? ['ROLE_ATTENDEE'])]),
        state: 'active',
        created_at: at,
        not_after: at + (request.days ?? defaultDays) * dayMs,
        retire_at: null,
        revoked_at: null,
        changed_at: at,
        last_used_at: null,
        accepted: 0,
        refused: 0,
      }
      try {
        await store.db.insertInto('partner_keys').values(row).execute()
      } catch (error) {
        // Also a revoked key: its private half is in wrong hands, and declaring it anew would let them in again.
        if (isDuplicate(error)) throw new Refusal('key_taken')
        throw error
      }
      keyring.put(row)
      return await answer(row)
    },

    /** Changes its name and what it may grant; a role taken away is refused from the next admission on. @throws Refusal key_unknown */
    async patch(key: KeyId, { name, allowedRoles }: z.infer<typeof PartnerKeyPatch>): Promise<PartnerKeyAnswer> {
      await find(key)
      const row = await store.db
        .updateTable('partner_keys')
        .set({
          ...(name === undefined ? {} : { name }),
          ...(allowedRoles === undefined ? {} : { allowed_roles: JSON.stringify([...new Set(allowedRoles)]) }),
          changed_at: laterThanBefore(now()),
        })
        .where('kid', '=', key.kid)
        .returningAll()
        .executeTakeFirstOrThrow()
      keyring.put(row)
      return await answer(row)
    },

    /** From `until` (Unix milliseconds) on, no token by this key is admitted; sessions go on. @throws Refusal key_unknown | conflict */
    async retire(key: KeyId, { until }: { until: number }): Promise<PartnerKeyAnswer> {
      await find(key)
      const at = now()
      const row = await store.db
        .updateTable('partner_keys')
        .set({ state: 'retiring', retire_at: until, changed_at: laterThanBefore(at) })
        .where('kid', '=', key.kid)
        .where('state', '!=', 'revoked')
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) throw new Refusal('conflict', { detail: 'This key has been revoked.' })
      keyring.put(row)
      return await answer(row)
    },

    /** At once: no token by this key is admitted, and whoever was admitted by it is out. Revoking again ends what may be left. @throws Refusal key_unknown */
    async revoke(key: KeyId): Promise<PartnerKeyAnswer> {
      await find(key)
      const at = now()
      const { row, ended } = await store.transaction(async (tx) => {
        // The key first: an admission that has checked it holds a lock on it until its sessions are there to be found.
        const changed = await tx
          .updateTable('partner_keys')
          .set((eb) => ({ state: 'revoked', revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)), changed_at: laterThanBefore(at) }))
          .where('kid', '=', key.kid)
          .returningAll()
          .executeTakeFirstOrThrow()
        return { row: changed, ended: await sessions.revoke(tx, { kid: key.kid }) }
      })
      keyring.put(row)
      sessions.announceRevoked(ended)
      return await answer(row)
    },

    async show(key: KeyId): Promise<PartnerKeyAnswer> {
      return await answer(await find(key))
    },

    /** Those of one organization, newest first. */
    async list(organizationId: string, page: PageRequest): Promise<ListAnswer<PartnerKeyAnswer>> {
      const query = store.db.selectFrom('partner_keys').selectAll().where('organization_id', '=', organizationId)
      const rows = await paged(query, page, { at: 'created_at', id: 'kid', order: 'newest-first' }).execute()
      const { items, nextCursor } = pageOf(rows, {
        limit: page.limit,
        placeOf: (row) => ({ at: row.created_at, id: row.kid }),
        show: (row) => row,
      })
      return { items: await answersOf(items), nextCursor }
    },
  }
}

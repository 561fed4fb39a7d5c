// Owns: which admissions a revocation keeps out, at the moment in which they are written down.
import type { Transaction } from 'kysely'
import type { RevocationRow, Schema } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { readName } from './admitted-by.ts'
import type { Admission } from './candidate.ts'

export type RevokedAs = 'token_revoked' | 'attendee_revoked' | 'issued_before'
type Entering = { readonly one: Admission; readonly attendeeId: string }

/** The kid as a token's header says it, whichever key of that name admits. */
function kidOf(name: string): string | undefined {
  const by = readName(name)
  return 'kid' in by ? by.kid : undefined
}

function keepsOut(row: RevocationRow, { one, attendeeId }: Entering): RevokedAs | undefined {
  if (row.organization_id !== one.organizationId || (row.program_id !== null && row.program_id !== one.programId)) return undefined
  if (row.kind === 'attendee') return row.attendee_id === attendeeId ? 'attendee_revoked' : undefined
  // Whoever has no token has none that could be taken back.
  if (one.source === 'anonymous') return undefined
  if (row.kind === 'subject') return row.subject === one.subject ? 'attendee_revoked' : undefined
  if (row.kind === 'before') return row.before_at !== null && one.issuedAt < row.before_at ? 'issued_before' : undefined
  const isToken = row.kind === 'token' && row.jti === one.jti && row.subject === one.subject && row.kid === kidOf(one.kid)
  return isToken ? 'token_revoked' : undefined
}

/**
 * Who must stay out, by the ids of their sessions. The lock holds off whoever revokes until the sessions are there for him to end.
 */
export async function revokedAmong(
  tx: Transaction<Schema>,
  kind: Store['kind'],
  entering: readonly Entering[],
): Promise<ReadonlyMap<string, RevokedAs>> {
  if (entering.length === 0) return new Map()
  const organizationIds = [...new Set(entering.map(({ one }) => one.organizationId))].sort()
  if (kind === 'postgres')
    await tx.selectFrom('organizations').select('id').where('id', 'in', organizationIds).orderBy('id').forShare().execute()
  const rows = await tx
    .selectFrom('revocations')
    .selectAll()
    .where('lifted_at', 'is', null)
    .where('organization_id', 'in', organizationIds)
    .where((eb) =>
      eb.or([
        eb('kind', '=', 'before'),
        eb('attendee_id', 'in', [...new Set(entering.map(({ attendeeId }) => attendeeId))]),
        eb.and([eb('kind', '=', 'subject'), eb('subject', 'in', [...new Set(entering.map(({ one }) => one.subject))])]),
        eb('jti', 'in', [...new Set(entering.map(({ one }) => one.jti))]),
      ]),
    )
    .execute()
  const found = new Map<string, RevokedAs>()
  if (rows.length === 0) return found
  for (const each of entering) {
    for (const row of rows) {
      const code = keepsOut(row, each)
      if (code !== undefined) found.set(each.one.sessionId, code)
    }
  }
  return found
}

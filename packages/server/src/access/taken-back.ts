// Owns: what may no longer admit at the moment in which admissions are written down.
import type { Transaction } from 'kysely'
import type { Schema, Store } from '../store/store.ts'
import { type AdmittedBy, nameOf, readName } from './admitted-by.ts'

export type TakenBack = 'key_revoked' | 'saml_off'

const ofKind = <Kind extends AdmittedBy['kind']>(named: readonly AdmittedBy[], kind: Kind) =>
  named.filter((by): by is Extract<AdmittedBy, { kind: Kind }> => by.kind === kind)

/**
 * Which of these may no longer admit, by the names of `admitted-by.ts`. The locks hold off whoever takes one back until the sessions are
 * there for him to end.
 */
export async function takenBack(
  tx: Transaction<Schema>,
  kind: Store['kind'],
  names: readonly string[],
): Promise<ReadonlyMap<string, TakenBack>> {
  const found = new Map<string, TakenBack>()
  const named = names.map(readName)

  const kids = ofKind(named, 'partner-key').map(({ kid }) => kid)
  if (kids.length > 0) {
    const query = tx.selectFrom('partner_keys').select(['kid', 'state']).where('kid', 'in', kids).orderBy('kid')
    for (const { kid, state } of await (kind === 'postgres' ? query.forShare() : query).execute()) {
      if (state === 'revoked') found.set(kid, 'key_revoked')
    }
  }

  const published = ofKind(named, 'jwks')
  if (published.length > 0) {
    const ids = [...new Set(published.map(({ sourceId }) => sourceId))]
    const query = tx.selectFrom('jwks_sources').select(['id', 'revoked_kids', 'removed_at']).where('id', 'in', ids).orderBy('id')
    for (const { id, revoked_kids, removed_at } of await (kind === 'postgres' ? query.forShare() : query).execute()) {
      const revoked = new Set(JSON.parse(revoked_kids) as string[])
      for (const { sourceId, kid } of published) {
        if (sourceId === id && (removed_at !== null || revoked.has(kid)))
          found.set(nameOf({ kind: 'jwks', sourceId: id, kid }), 'key_revoked')
      }
    }
  }

  const organizations = ofKind(named, 'saml').map(({ organizationId }) => organizationId)
  if (organizations.length > 0) {
    const query = tx
      .selectFrom('saml_connections')
      .select(['organization_id', 'enabled'])
      .where('organization_id', 'in', organizations)
      .orderBy('organization_id')
    for (const { organization_id, enabled } of await (kind === 'postgres' ? query.forShare() : query).execute()) {
      if (enabled === 0) found.set(nameOf({ kind: 'saml', organizationId: organization_id }), 'saml_off')
    }
  }
  return found
}

// Owns: that a request and an assertion are used once, on however many nodes.
import { createHash } from 'node:crypto'
import { isDuplicate } from '../../store/outage.ts'
import type { Store } from '../../store/store.ts'

export type Used = ReturnType<typeof createUsed>

/** Longer than anything is good for: requests ten minutes, assertions five and a minute of clocks that differ. */
const keptMs = 3_600_000

export function createUsed({ store, now }: { store: Pick<Store, 'db'>; now(): number }) {
  return {
    /**
     * Uses these up, all or none: whoever comes second, or at the same moment on another node, is told false.
     *
     * @param ids  texts of any length; the organization's id keeps one from using up another's
     */
    async use(organizationId: string, ids: readonly string[]): Promise<boolean> {
      const hash = (id: string): string => createHash('sha256').update(`${organizationId}\0${id}`).digest('base64url')
      try {
        // One statement: the unique constraint decides.
        await store.db
          .insertInto('saml_used')
          .values(ids.map((id) => ({ id: hash(id), expires_at: now() + keptMs })))
          .execute()
        return true
      } catch (error) {
        if (isDuplicate(error)) return false
        throw error
      }
    },

    async prune(): Promise<void> {
      await store.db.deleteFrom('saml_used').where('expires_at', '<', now()).execute()
      await store.db.deleteFrom('saml_tests').where('expires_at', '<', now()).execute()
    },
  }
}

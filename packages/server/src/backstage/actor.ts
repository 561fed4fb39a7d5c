// Owns: who of a team a request is by, and what is known of it on each request.
import type { AuditActor, MemberRole } from '@voila/protocol'

/**
 * Somebody of a team, as the audit log names him too. `role`: a member's, in the organization that the path names; the administration
 * may what an owner may.
 */
export type TeamActor = AuditActor & { readonly role: MemberRole | null }

export const administration: TeamActor = { kind: 'administration', id: null, name: 'Administration', role: 'owner' }

declare module 'fastify' {
  interface FastifyRequest {
    /** Who of the team asks; null where nobody of it does. */
    by: TeamActor | null
    /** The organization that the path names, itself or by one of its programs. */
    organizationId: string | null
  }
}

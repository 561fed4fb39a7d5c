// Owns: who watches a program: an attendee by his session or a member of the team by his own, as whom he acts, and how he is shown.
import type { Actor, Person } from '@voila/protocol'
import type { Session } from '../access/sessions.ts'

/** A member of the organization whose program it is. */
export type TeamMember = { readonly userId: string; readonly name: string; readonly organizationId: string }

export type Visitor = { readonly session: Session } | { readonly member: TeamMember }

export function actorOf(visitor: Visitor): Actor {
  if ('member' in visitor) return { id: visitor.member.userId, moderates: true, member: true }
  const { attendee, moderates } = visitor.session
  return { id: attendee.id, moderates }
}

/** Somebody as shown to himself, before any name is read. */
export function personOf(visitor: Visitor): Person {
  if ('member' in visitor) return { id: visitor.member.userId, displayName: visitor.member.name, team: true }
  const { attendee, moderates } = visitor.session
  return { id: attendee.id, displayName: attendee.displayName, ...(moderates ? { team: true } : {}) }
}

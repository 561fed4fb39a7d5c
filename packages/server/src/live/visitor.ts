// Owns: who watches a program: an attendee by his session or a member of the team by his own, as whom he acts, and how he is shown.
import type { Actor, Person } from '@voila/protocol'
import type { Session } from '../access/sessions.ts'
import type { TeamMember } from '../http/authenticate.ts'

/** Somebody of the team. `confirm` is asked at each beat, as he may have signed out, here or elsewhere. @throws Refusal */
export type MemberVisitor = { readonly member: TeamMember; confirm(): Promise<unknown> }

/** The big screen of a program, by its link. `confirm` is asked at each beat, as that may have been taken back. @throws Refusal */
export type ScreenVisitor = { readonly screen: { readonly linkId: string }; confirm(): Promise<unknown> }

export type Visitor = { readonly session: Session } | MemberVisitor | ScreenVisitor

export function actorOf(visitor: Visitor): Actor {
  if ('member' in visitor) return { id: visitor.member.userId, moderates: true, member: true }
  // No actor's id: nothing can be decided for it, and nothing is told to it alone.
  if ('screen' in visitor) return { id: `screen ${visitor.screen.linkId}`, moderates: false }
  const { attendee, moderates } = visitor.session
  return { id: attendee.id, moderates, ...(attendee.guest === true ? { guest: true } : {}) }
}

/** Somebody as shown to himself, before any name is read. */
export function personOf(visitor: Visitor): Person {
  if ('member' in visitor) return { id: visitor.member.userId, displayName: visitor.member.name, team: true }
  if ('screen' in visitor) return { id: actorOf(visitor).id, displayName: '' }
  const { attendee, moderates } = visitor.session
  const { id, displayName, guest } = attendee
  return { id, displayName, ...(moderates ? { team: true } : {}), ...(guest === true ? { guest } : {}) }
}

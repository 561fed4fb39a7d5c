// Owns: the shapes of the REST API that are about the team itself: people, invitations, API keys, the audit log, the checklist.
import { z } from 'zod'
import { limits } from './limits.ts'
import { type MemberRole, memberRoles, type Permission, scopes } from './permissions.ts'
import { line } from './text.ts'

const Email = z.email().max(limits.emailUnits)
const Password = z.string().min(limits.passwordMinUnits).max(limits.passwordMaxUnits)
const Link = z.string().min(1).max(limits.linkUnits)

/** The first owner, made with the link that the server prints at its first start. */
export const SetupRequest = z.strictObject({
  token: Link,
  name: line(limits.nameUnits),
  email: Email,
  password: Password,
  organizationName: line(limits.nameUnits),
})
/** A link that signs in by itself: the demo's. */
export const SignInLinkRequest = z.strictObject({ token: Link })

export const OrganizationPatch = z.strictObject({ name: line(limits.nameUnits) })
export const MemberPatch = z.strictObject({ role: z.enum(memberRoles) })
export const InvitationRequest = z.strictObject({ email: Email, role: z.enum(memberRoles) })
export const InvitationLook = z.strictObject({ token: Link })
/** `name` and `password` make an account where the address has none; somebody who has one signs in first and sends neither. */
export const InvitationAcceptance = z.strictObject({ token: Link, name: line(limits.nameUnits).optional(), password: Password.optional() })
export const ApiKeyRequest = z.strictObject({
  name: line(limits.nameUnits),
  scopes: z.array(z.enum(scopes as [Permission, ...Permission[]])).min(1),
})

/** Answer of `GET /api/me`: who is signed in, and where he is a member. */
export type MeAnswer = {
  user: { id: string; name: string; email: string; twoFactorEnabled: boolean }
  organizations: { id: string; name: string; role: MemberRole }[]
}
/** Answer of `GET /api/setup`: whether the first owner has yet to be made. `mail`: whether this server can send any. */
export type SetupAnswer = { open: boolean; mail: boolean }

/** `id` is the user's. */
export type MemberAnswer = { id: string; name: string; email: string; role: MemberRole; twoFactorEnabled: boolean; since: string }
export type InvitationAnswer = {
  id: string
  email: string
  role: MemberRole
  invitedBy: string | null
  createdAt: string
  expiresAt: string
}
/** Answer 201 of `POST …/invitations`. `url` is shown once; `mailed` says whether it was also sent. */
export type InvitationMade = { invitation: InvitationAnswer; url: string; mailed: boolean }
/** `hasAccount`: its holder signs in rather than choosing a password. */
export type InvitationSeen = { organizationName: string; email: string; role: MemberRole; hasAccount: boolean }

export type ApiKeyAnswer = {
  id: string
  name: string
  /** The first characters, by which a person tells keys apart. */
  prefix: string
  scopes: Permission[]
  createdAt: string
  createdBy: string | null
  lastUsedAt: string | null
  revokedAt: string | null
}
/** Answer 201 of `POST …/api-keys`. `key` (`vk_…`) is shown once. */
export type ApiKeyMade = { apiKey: ApiKeyAnswer; key: string }

/** Who changed something: a member, an API key, or the holder of the administration secret. `name` is the name at that time. */
export type AuditActor = { kind: 'member' | 'api-key' | 'administration'; id: string | null; name: string }
export type AuditAnswer = {
  id: string
  at: string
  actor: AuditActor
  /** As in the route table: `program.changed`. */
  action: string
  target: { kind: string; id: string; name: string | null }
  /** Only the fields that changed; no secret is ever among them. */
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  /** Address of the client, as the proxies tell. */
  from: string
}

/** What a new organization does first, each ticked by what has happened. */
export const checklistSteps = ['key', 'program', 'access', 'token', 'stream', 'watch'] as const
export type ChecklistAnswer = Record<(typeof checklistSteps)[number], boolean>

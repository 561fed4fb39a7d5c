// Owns: what may be asked of the REST API about the team itself: people, invitations, API keys. Answers are in answers.ts.
import { z } from 'zod'
import { limits } from './limits.ts'
import { memberRoles, type Permission, scopes } from './permissions.ts'
import { EmbedOrigins } from './rest.ts'
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

/** A link for whoever can neither sign in nor be mailed to. `twoFactor`: also takes away a second step that he can't do any more. */
export const PasswordLinkRequest = z.strictObject({ email: Email, twoFactor: z.literal('off').optional() })

export const OrganizationPatch = z.strictObject({ name: line(limits.nameUnits), embedOrigins: EmbedOrigins }).partial()
export const MemberPatch = z.strictObject({ role: z.enum(memberRoles) })
export const InvitationRequest = z.strictObject({ email: Email, role: z.enum(memberRoles) })
export const InvitationLook = z.strictObject({ token: Link })
/** `name` and `password` make an account where the address has none; somebody who has one signs in first and sends neither. */
export const InvitationAcceptance = z.strictObject({ token: Link, name: line(limits.nameUnits).optional(), password: Password.optional() })
export const ApiKeyRequest = z.strictObject({
  name: line(limits.nameUnits),
  scopes: z.array(z.enum(scopes as [Permission, ...Permission[]])).min(1),
})

const AuditFilter = z.string().max(limits.auditFilterUnits).optional()
/** Query of the audit log. */
export const AuditQuery = z.object({
  actor: AuditFilter.describe('Id of the member or the API key.'),
  action: AuditFilter.describe('Like program.changed.'),
  target: AuditFilter.describe('Id of what was changed.'),
})

/** What a new organization does first, each ticked by what has happened. */
export const checklistSteps = ['key', 'program', 'access', 'token', 'stream', 'watch'] as const

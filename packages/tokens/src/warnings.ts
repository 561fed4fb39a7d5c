// Owns: what a valid token is warned about without being refused.
import type { Role } from './roles.ts'
import { type JsonObject, member } from './strict-json.ts'

/** Every warning code and what it says to the developer who signs. */
export const tokenWarnings = {
  header_ignored: 'The header has members that are ignored: only alg, typ and kid are read.',
  token_use_absent: 'token_use is absent: sign with token_use "selfcontained-access".',
  role_name_absent: 'A role has no name and counts as ROLE_ATTENDEE: sign with a name.',
} as const

/** The code of a warning. */
export type TokenWarning = keyof typeof tokenWarnings

/** The warnings that a valid token earns, in the order of the table. */
export function warningsFor(token: { header: JsonObject; claims: JsonObject; roles: readonly Role[] }): readonly TokenWarning[] {
  const warnings: TokenWarning[] = []
  if (Object.keys(token.header).some((name) => name !== 'alg' && name !== 'typ' && name !== 'kid')) warnings.push('header_ignored')
  if (member(token.claims, 'token_use') === undefined) warnings.push('token_use_absent')
  if (token.roles.some((role) => !role.named)) warnings.push('role_name_absent')
  return warnings
}

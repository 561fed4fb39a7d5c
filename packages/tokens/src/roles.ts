// Owns: the rules of roles: their shape, which of them are for a program, and what a key may grant.
import { TokenError } from './errors.ts'
import type { KeyFacts } from './key-state.ts'
import { type JsonObject, type JsonValue, member } from './strict-json.ts'

const maxRoles = 16
const defaultRole = 'ROLE_ATTENDEE'
const defaultAllowedRoles: readonly string[] = [defaultRole]

/** The program that a token is judged for. */
export interface TokenProgram {
  /** What tokens call eventId. */
  readonly id: string
  /** The organization that the program belongs to. */
  readonly organizationId: string
}

/** One element of `roles`, its shape checked. */
export interface Role {
  readonly name: string
  readonly named: boolean
  readonly eventId: string
  /** As it was written; judged with the top-level claim of this name. */
  readonly sharePersonalData: JsonValue | undefined
}

function readRole(value: JsonValue): Role {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TokenError('claim_type', { claim: 'roles' })
  const name = member(value, 'name')
  const eventId = member(value, 'eventId')
  if (typeof eventId !== 'string' || !(name === undefined || typeof name === 'string'))
    throw new TokenError('claim_type', { claim: 'roles' })
  return { name: name ?? defaultRole, named: name !== undefined, eventId, sharePersonalData: member(value, 'sharePersonalData') }
}

/**
 * Reads `roles`, 1 to 16 objects {name, eventId}, and judges their shape alone.
 *
 * @throws TokenError claim_missing | claim_type | claim_length
 */
export function readRoles(claims: JsonObject): readonly Role[] {
  const value = member(claims, 'roles')
  if (value === undefined) throw new TokenError('claim_missing', { claim: 'roles' })
  if (!Array.isArray(value)) throw new TokenError('claim_type', { claim: 'roles' })
  const roles = value.map(readRole)
  if (roles.length === 0 || roles.length > maxRoles) throw new TokenError('claim_length', { claim: 'roles' })
  return roles
}

/**
 * Returns the roles that are for this program; at least one.
 *
 * @throws TokenError event_mismatch when there is none, or the program is not of the organization that declared the key
 */
export function rolesForProgram(roles: readonly Role[], program: TokenProgram, key: Pick<KeyFacts, 'organizationId'>): readonly Role[] {
  const own = roles.filter((role) => role.eventId === program.id)
  if (own.length === 0 || program.organizationId !== key.organizationId) throw new TokenError('event_mismatch')
  return own
}

/**
 * Requires that the key may grant every one of these roles.
 *
 * @throws TokenError role_not_allowed
 */
export function requireAllowedRoles(roles: readonly Role[], key: Pick<KeyFacts, 'allowedRoles'>): void {
  const allowed = key.allowedRoles ?? defaultAllowedRoles
  for (const role of roles) {
    if (!allowed.includes(role.name)) throw new TokenError('role_not_allowed')
  }
}

/** The names of the roles, each once. */
export function roleNames(roles: readonly Role[]): readonly string[] {
  const names: string[] = []
  for (const { name } of roles) if (!names.includes(name)) names.push(name)
  return names
}

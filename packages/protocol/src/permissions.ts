// Owns: what each role of an organization's team may do, and which of it an API key can be given.

export const memberRoles = ['owner', 'admin', 'producer', 'moderator'] as const
export type MemberRole = (typeof memberRoles)[number]

export type PermissionRow = {
  readonly roles: readonly MemberRole[]
  /** Whether an API key can carry it as a scope. Whoever may is decided by people alone where it is false. */
  readonly scope: boolean
  /** What it allows, for the lists of scopes and roles. */
  readonly says: string
}

const everybody = memberRoles
const makers = ['owner', 'admin', 'producer'] as const
const heads = ['owner', 'admin'] as const

/** The closed table. A route names the one that it needs; Backstage shows no control whose permission its reader lacks. */
export const permissions = {
  'organization:read': { roles: everybody, scope: true, says: 'See the organization' },
  'organization:write': { roles: heads, scope: false, says: 'Rename the organization' },
  'members:read': { roles: everybody, scope: false, says: 'See who is on the team' },
  'members:write': { roles: heads, scope: false, says: 'Invite and remove members, and change their roles' },
  'keys:read': { roles: makers, scope: true, says: 'See partner keys and refusals' },
  'keys:write': { roles: heads, scope: true, says: 'Declare, retire and revoke partner keys' },
  'api-keys:write': { roles: heads, scope: false, says: 'See, make and revoke API keys' },
  'audit:read': { roles: heads, scope: true, says: 'Read the audit log' },
  'programs:read': { roles: everybody, scope: true, says: 'See programs' },
  'programs:write': { roles: makers, scope: true, says: 'Create programs, edit them, and take them from state to state' },
  'programs:delete': { roles: heads, scope: false, says: 'Delete programs' },
  'stream:watch': { roles: everybody, scope: true, says: 'Watch the preview and the health of the feed' },
  'stream:write': { roles: makers, scope: true, says: 'See and rotate stream keys, switch inputs, download and delete recordings' },
  'audience:read': { roles: everybody, scope: true, says: 'See who watches' },
  'audience:export': { roles: makers, scope: true, says: 'Export who watched' },
  'audience:write': { roles: everybody, scope: true, says: 'End an attendee’s visit' },
  'activities:prepare': { roles: makers, scope: true, says: 'Prepare polls, quizzes and slides, and set what activities allow' },
  'activities:export': { roles: makers, scope: true, says: 'Export what happened in the activities' },
  'activities:moderate': { roles: everybody, scope: true, says: 'Moderate chat, and speak for the team' },
} as const satisfies Record<string, PermissionRow>

export type Permission = keyof typeof permissions

export const permissionNames = Object.keys(permissions) as Permission[]

/** What an API key can be given. */
export const scopes = permissionNames.filter((name) => permissions[name].scope)

export function roleMay(role: MemberRole, permission: Permission): boolean {
  return (permissions[permission].roles as readonly MemberRole[]).includes(role)
}

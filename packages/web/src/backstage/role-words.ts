// Owns: what the roles are called, and in one sentence what each is for. What each may do is the table of permissions.
import { type MemberRole, memberRoles } from '@voila/protocol'

export const roleWords: Readonly<Record<MemberRole, { name: string; article: string; says: string }>> = {
  owner: { name: 'Owner', article: 'an owner', says: 'May do everything, and alone makes and unmakes owners.' },
  admin: { name: 'Admin', article: 'an admin', says: 'Declares keys, invites people, and runs every program.' },
  producer: { name: 'Producer', article: 'a producer', says: 'Makes programs and runs them, with stream keys and recordings.' },
  moderator: { name: 'Moderator', article: 'a moderator', says: 'Watches programs, moderates the chat, and speaks for the team.' },
}

/** The roles that somebody of this role may give: owners are made by owners alone. */
export const rolesToGive = (role: MemberRole): readonly MemberRole[] => memberRoles.filter((each) => role === 'owner' || each !== 'owner')

// Owns: the names and types of the tables, as queries see them.
import type { ErrorCode, MemberRole, PreparedKind, ProgramState } from '@voila/protocol'
import type { Generated, Insertable, Selectable } from 'kysely'

// Times are Unix milliseconds, booleans 0 or 1, JSON is text: the same on both databases.

type Flag = 0 | 1

export type OrganizationTable = {
  id: string
  name: string
  /** JSON array of origins whose pages may embed the player of each of its programs. */
  embed_origins: Generated<string>
  created_at: number
}

export type PartnerKeyTable = {
  kid: string
  organization_id: string
  name: string
  /** SPKI PEM, as importPublicKey normalised it. */
  pem: string
  thumbprint: string
  /** JSON array of role names. */
  allowed_roles: string
  state: 'active' | 'retiring' | 'revoked'
  created_at: number
  not_after: number
  retire_at: number | null
  revoked_at: number | null
  changed_at: number
  last_used_at: number | null
  accepted: Generated<number>
  refused: Generated<number>
}

export type ProgramTable = {
  /** `[a-z0-9]{12}`; what tokens call eventId. */
  id: string
  organization_id: string
  title: string
  /** The title as it is searched; see `folded`. */
  title_folded: Generated<string>
  description: string
  language: string
  starts_at: number
  state: ProgramState
  state_since: number
  sign_in_url: string | null
  /** JSON array of origins whose pages may embed the player. */
  embed_origins: Generated<string>
  /** Whether tokens signed with partner keys are admitted. */
  partner_keys: Generated<Flag>
  /** Whether people sign in with their company account. */
  saml: Generated<Flag>
  /** public: also people without a token are let in, as guests. */
  access: Generated<'private' | 'public'>
  /** name: guests choose a name and take part; watch: they only watch. */
  anonymous: Generated<'name' | 'watch'>
  /** once: a token lets one browser in. */
  token_use: Generated<'many' | 'once'>
  /** In how many places an attendee may be: any; one, the newest; one, the first. */
  concurrency: Generated<'unlimited' | 'newest' | 'refuse'>
  /** end: whoever is in by a token goes when it runs out. */
  at_expiry: Generated<'keep' | 'end'>
  /** How early before the start attendees may enter; null: as soon as it is scheduled. */
  doors_minutes: number | null
  /** JSON: what is set of each activity. */
  activity_options: Generated<string>
  /** JSON array. */
  blocked_words: Generated<string>
  /** Whether what is launched waits for the picture. */
  cue_timing: Generated<Flag>
  /** `#rrggbb` */
  accent: string | null
  /** IANA name. */
  time_zone: Generated<string>
  /** Grows with every edit of a field. */
  version: Generated<number>
  cover_id: string | null
  logo_id: string | null
  /** The run that is shown now; run 1 is the live one, made with the program. */
  run: number
  /** The highest run number so far. A number is never used again, or a client could resume in the log of another rehearsal. */
  last_run: Generated<number>
  stream_key_version: Generated<number>
  backup_key_version: Generated<number>
  stream_choice: Generated<'auto' | 'primary' | 'backup'>
  /** The node that a feed comes to now. */
  feed_node: string | null
  /** When a feed came for the first time. */
  first_fed_at: number | null
  created_at: number
  changed_at: number
  /** From then on nobody knows it any more; what belongs to it goes soon after. */
  deleted_at: number | null
}

/** A cover or logo. A new picture is a new row with a new id, so that whoever holds an address holds what it showed. */
export type ImageTable = {
  id: string
  program_id: string
  kind: 'cover' | 'logo' | 'slide'
  type: string
  content: string
  created_at: number
}

/** The head row of each run's log: whoever appends locks it. */
export type ProgramRunTable = {
  program_id: string
  run: number
  kind: 'live' | 'rehearsal'
  /** The last entry's number, 0 before the first. */
  seq: Generated<number>
  /** The last entry's time; the next is never earlier. */
  at: Generated<number>
  /** How often the past was changed; with the run number it makes the epoch. */
  erasures: Generated<number>
}

export type ProgramLogTable = {
  program_id: string
  run: number
  seq: number
  at: number
  activity: string
  type: string
  actor_id: string
  /** JSON. Holds actor ids, never names or addresses. */
  body: string
  /** The client's UUID, on the first entry of a command alone. */
  command_id: string | null
}

/** Anonymous counters and texts, added in the log's own transaction. */
export type ProgramCounterTable = { program_id: string; run: number; key: string; value: number }

export type AttendeeTable = {
  id: string
  organization_id: string
  source: 'token' | 'saml' | 'anonymous'
  subject: string
  given_name: string
  family_name: string | null
  email: string | null
  created_at: number
  changed_at: number
}

/** What the last token said for one program. */
export type AttendeeProgramTable = {
  attendee_id: string
  program_id: string
  share_personal_data: Flag
  moderates: Flag
  first_at: number
  last_at: number
}

export type SessionTable = {
  /** UUIDv7. */
  id: string
  /** SHA-256 of the `vs_` value, base64url. */
  token_hash: string
  program_id: string
  organization_id: string
  attendee_id: string
  /** What admitted: a partner key's kid, or one of `admitted-by.ts`. */
  kid: string
  jti: string
  subject: string
  /** JSON array of role names. */
  roles: string
  created_at: number
  expires_at: number
  /** Up to when a browser may prolong it without another token. */
  renewable_until: Generated<number>
  revoked_at: number | null
  /** When the token was issued; the time of entering where there is none. */
  issued_at: number | null
  /** From when on its token no longer admits; null where there is none. */
  token_ends_at: number | null
  /** The refusal that whoever had it is told; null: session_revoked. */
  ended_as: ErrorCode | null
  changed_at: number
}

/** Tokens that have let a browser in where they do so once. `browser_hash` null: no browser can come back by it. */
export type BurntTokenTable = {
  kid: string
  jti: string
  subject: string
  program_id: string
  browser_hash: string | null
  at: number
  expires_at: number
}

/** Who is kept out, whatever his token says: the fields of its kind are given, and `program_id` where it is of one program alone. */
export type RevocationTable = {
  id: string
  organization_id: string
  kind: 'token' | 'attendee' | 'subject' | 'before' | 'session'
  program_id: string | null
  /** As the token's header says it. */
  kid: string | null
  jti: string | null
  subject: string | null
  attendee_id: string | null
  session_id: string | null
  before_at: number | null
  reason: string | null
  /** As whoever did it was called then. */
  by_name: string
  /** How many sessions it ended. */
  ended: number
  at: number
  lifted_at: number | null
}

/** Which session a browser has at a program, so that two programs in one browser never collide. */
export type BrowserSessionTable = { browser_hash: string; program_id: string; session_id: string; expires_at: number }

/** Recent refusals of admission. Never the token; the subject only when the signature held. */
export type RefusalTable = {
  id: string
  at: number
  organization_id: string
  program_id: string
  kid: string | null
  code: string
  claim: string | null
  subject: string | null
}

/** How often a key was used, by the hour (its beginning). */
export type KeyUsageTable = { kid: string; hour: number; accepted: number; refused: number }

/** The server processes that run. One that has not said so for a while is gone. */
export type NodeTable = { id: string; at: number }

/**
 * One session's stay at a program on one node. `to_at` null: there for as long as its node is. `watching`: the program was live; otherwise
 * it waited, or read the page of the end.
 */
export type VisitTable = {
  id: string
  program_id: string
  attendee_id: string
  session_id: string
  node_id: string
  watching: Flag
  from_at: number
  to_at: number | null
}

/** Attendees at a live program at one time, every ten seconds. */
export type ViewerCountTable = { program_id: string; at: number; count: number }

export type NodePresenceTable = { node_id: string; program_id: string; count: number; at: number }

// The five tables of better-auth, of which we write accounts ourselves. Their times are ISO 8601 text, on both databases.

export type UserTable = {
  id: string
  name: string
  /** Lower case. */
  email: string
  email_verified: Flag
  image: string | null
  two_factor_enabled: Flag
  created_at: string
  updated_at: string
}
export type UserSessionTable = { id: string; user_id: string; token: string; expires_at: string }
export type UserVerificationTable = { id: string; expires_at: string }
export type UserTwoFactorTable = { user_id: string }
export type UserAccountTable = {
  id: string
  account_id: string
  provider_id: 'credential'
  user_id: string
  /** Argon2id, as a PHC string. */
  password: string
  created_at: string
  updated_at: string
}

/** How often something that can be guessed was tried since a time; nobody is named, the key is a hash. */
export type AttemptTable = { key: string; count: number; since: number }

/** Links that work by themselves, and go when they have. `hash`: SHA-256 of the link's secret, base64url. */
export type OneTimeLinkTable = { hash: string; purpose: 'setup' | 'sign-in'; user_id: string | null; expires_at: number }

/** Kept when a member is removed, so that other nodes hear of it. */
export type MemberTable = {
  organization_id: string
  user_id: string
  role: MemberRole
  since: number
  removed_at: number | null
  changed_at: number
}

/** Open invitations: accepted, withdrawn or replaced, the row goes. */
export type InvitationTable = {
  id: string
  organization_id: string
  /** Lower case. */
  email: string
  role: MemberRole
  token_hash: string
  /** The name of whoever invited. */
  invited_by: string | null
  created_at: number
  expires_at: number
}

export type ApiKeyTable = {
  id: string
  organization_id: string
  name: string
  prefix: string
  /** SHA-256 of the `vk_` value, base64url. */
  key_hash: string
  /** JSON array of permissions. */
  scopes: string
  created_by: string | null
  created_at: number
  last_used_at: number | null
  revoked_at: number | null
  changed_at: number
}

/** How people of an organization sign in with their company account. One row an organization, made when its page is first opened. */
export type SamlConnectionTable = {
  organization_id: string
  enabled: Flag
  /** JSON of the identity provider as its metadata describes it; null before there is one. */
  idp: string | null
  /** Where the metadata came from, and is looked at again. */
  metadata_url: string | null
  metadata_at: number | null
  /** Why the last look failed. */
  metadata_problem: string | null
  /** JSON: which attribute says what. */
  mapping: string
  consent: 'attribute' | 'ask'
  idp_initiated: Flag
  /** JSON array of our own key pairs, the private halves sealed. */
  keys: string
  created_at: number
  changed_at: number
}

/** Ids of requests and assertions that have been used, by their hash. A second row of one can't be. */
export type SamlUsedTable = { id: string; expires_at: number }

/** A sign-in that admits nobody and shows what came. `result`: JSON; null until the person has come back. */
export type SamlTestTable = { id: string; organization_id: string; result: string | null; expires_at: number }

/** An address at which an organization publishes the keys that its server signs with. */
export type JwksSourceTable = {
  id: string
  organization_id: string
  url: string
  /** JSON array of the role names that its keys may grant. */
  allowed_roles: string
  /** JSON of what was there at the last good look, the keys that can't be used among them. */
  keys: string
  /** JSON array of kids that are refused whatever the address says. */
  revoked_kids: string
  /** The last good look; null before the first. */
  fetched_at: number | null
  /** Looked at again from then on. */
  fresh_until: number
  /** The last look, good or not. Whoever looks claims it by writing here. */
  tried_at: number
  problem: string | null
  problem_at: number | null
  removed_at: number | null
  created_at: number
  changed_at: number
}

/** One change by somebody of a team. */
export type AuditTable = {
  id: string
  at: number
  organization_id: string
  actor_kind: 'member' | 'api-key' | 'administration'
  actor_id: string | null
  /** As he was called then. */
  actor_name: string
  action: string
  target_kind: string
  target_id: string
  target_name: string | null
  /** JSON of the fields that changed. */
  before: string | null
  after: string | null
  from_address: string
}

/** What waits for a show. `content`: JSON by its kind, as its activity is launched with. */
export type PreparedTable = {
  id: string
  program_id: string
  kind: PreparedKind
  /** Among those of its kind, from 0 without a gap. */
  position: number
  title: string
  content: string
  version: number
  created_at: number
  changed_at: number
}

/** `link_hash`: of the secret, which nobody is told again. */
export type ScreenLinkTable = {
  id: string
  program_id: string
  name: string
  link_hash: string
  created_at: number
  last_used_at: number | null
  revoked_at: number | null
  changed_at: number
}

export type Schema = {
  organizations: OrganizationTable
  partner_keys: PartnerKeyTable
  programs: ProgramTable
  program_runs: ProgramRunTable
  program_log: ProgramLogTable
  program_counters: ProgramCounterTable
  attendees: AttendeeTable
  attendee_programs: AttendeeProgramTable
  sessions: SessionTable
  browser_sessions: BrowserSessionTable
  burnt_tokens: BurntTokenTable
  revocations: RevocationTable
  refusals: RefusalTable
  node_presence: NodePresenceTable
  users: UserTable
  user_sessions: UserSessionTable
  user_accounts: UserAccountTable
  user_verifications: UserVerificationTable
  user_two_factors: UserTwoFactorTable
  attempts: AttemptTable
  one_time_links: OneTimeLinkTable
  members: MemberTable
  invitations: InvitationTable
  api_keys: ApiKeyTable
  audit: AuditTable
  images: ImageTable
  key_usage: KeyUsageTable
  nodes: NodeTable
  visits: VisitTable
  viewer_counts: ViewerCountTable
  saml_connections: SamlConnectionTable
  saml_used: SamlUsedTable
  saml_tests: SamlTestTable
  jwks_sources: JwksSourceTable
  prepared: PreparedTable
  screen_links: ScreenLinkTable
}

export type OrganizationRow = Selectable<OrganizationTable>
export type PartnerKeyRow = Selectable<PartnerKeyTable>
export type ProgramRow = Selectable<ProgramTable>
export type AttendeeRow = Selectable<AttendeeTable>
export type SessionRow = Selectable<SessionTable>
export type RefusalRow = Selectable<RefusalTable>
export type MemberRow = Selectable<MemberTable>
export type InvitationRow = Selectable<InvitationTable>
export type ApiKeyRow = Selectable<ApiKeyTable>
export type AuditRow = Selectable<AuditTable>
export type SamlConnectionRow = Selectable<SamlConnectionTable>
export type JwksSourceRow = Selectable<JwksSourceTable>
export type RevocationRow = Selectable<RevocationTable>
export type ScreenLinkRow = Selectable<ScreenLinkTable>
export type PreparedRow = Selectable<PreparedTable>
export type NewRefusalRow = Insertable<RefusalTable>

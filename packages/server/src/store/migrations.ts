// Owns: how the tables come to be. One set for both databases, each migration done once, in order, in one transaction.
import { type Kysely, sql } from 'kysely'
import { folded } from './folded.ts'
import type { Schema } from './schema.ts'

type Db = Kysely<Schema>

async function statements(db: Db, texts: readonly string[]): Promise<void> {
  for (const text of texts) await sql.raw(text).execute(db)
}

// `bigint` is a 64-bit integer on PostgreSQL and has integer affinity on SQLite.
const migrations: readonly { readonly name: string; up(db: Db, kind: 'sqlite' | 'postgres'): Promise<void> }[] = [
  {
    name: '0001-first',
    up: (db) =>
      statements(db, [
        `create table organizations (id text primary key, name text not null, created_at bigint not null)`,
        `create index organizations_by_age on organizations (created_at, id)`,

        `create table partner_keys (
          kid text primary key, organization_id text not null references organizations (id), name text not null, pem text not null,
          thumbprint text not null, allowed_roles text not null, state text not null check (state in ('active', 'retiring', 'revoked')),
          created_at bigint not null, not_after bigint not null, retire_at bigint, revoked_at bigint, changed_at bigint not null,
          last_used_at bigint, accepted bigint not null default 0, refused bigint not null default 0,
          unique (organization_id, thumbprint))`,
        `create index partner_keys_by_change on partner_keys (changed_at)`,

        `create table programs (
          id text primary key, organization_id text not null references organizations (id), title text not null, description text not null,
          language text not null, starts_at bigint not null,
          state text not null check (state in ('draft', 'scheduled', 'rehearsal', 'live', 'ended', 'archived')), state_since bigint not null,
          sign_in_url text, run bigint not null, last_run bigint not null default 1, stream_key_version bigint not null default 1, backup_key_version bigint not null default 1,
          created_at bigint not null, changed_at bigint not null)`,
        `create index programs_by_organization on programs (organization_id, created_at, id)`,
        `create index programs_by_change on programs (changed_at)`,

        `create table program_runs (
          program_id text not null references programs (id), run bigint not null, kind text not null check (kind in ('live', 'rehearsal')),
          seq bigint not null default 0, at bigint not null default 0, erasures bigint not null default 0, primary key (program_id, run))`,
        `create table program_log (
          program_id text not null, run bigint not null, seq bigint not null, at bigint not null, activity text not null, type text not null,
          actor_id text not null, body text not null, command_id text, primary key (program_id, run, seq))`,
        `create table program_counters (
          program_id text not null, run bigint not null, key text not null, value bigint not null, primary key (program_id, run, key))`,

        `create table attendees (
          id text primary key, organization_id text not null references organizations (id), source text not null, subject text not null,
          given_name text not null, family_name text, email text, created_at bigint not null, changed_at bigint not null,
          unique (organization_id, source, subject))`,
        `create table attendee_programs (
          attendee_id text not null references attendees (id), program_id text not null references programs (id),
          share_personal_data bigint not null, moderates bigint not null, first_at bigint not null, last_at bigint not null,
          primary key (program_id, attendee_id))`,
        `create index attendee_programs_by_first on attendee_programs (program_id, first_at, attendee_id)`,

        `create table sessions (
          id text primary key, token_hash text not null unique, program_id text not null references programs (id),
          organization_id text not null, attendee_id text not null references attendees (id), kid text not null, jti text not null,
          subject text not null, roles text not null, created_at bigint not null, expires_at bigint not null, revoked_at bigint,
          changed_at bigint not null)`,
        `create index sessions_by_key on sessions (kid, expires_at)`,
        `create index sessions_by_attendee on sessions (attendee_id, program_id)`,
        `create index sessions_by_expiry on sessions (expires_at)`,
        `create index sessions_revoked on sessions (changed_at) where revoked_at is not null`,
        `create table browser_sessions (
          browser_hash text not null, program_id text not null, session_id text not null references sessions (id) on delete cascade,
          expires_at bigint not null, primary key (browser_hash, program_id))`,
        `create index browser_sessions_by_session on browser_sessions (session_id)`,

        `create table refusals (
          id text primary key, at bigint not null, organization_id text not null, program_id text not null, kid text, code text not null,
          claim text, subject text)`,
        `create index refusals_by_program on refusals (program_id, at, id)`,
        `create index refusals_by_key on refusals (organization_id, kid, at, id)`,
        `create index refusals_by_age on refusals (at)`,

        `create table node_presence (
          node_id text not null, program_id text not null, count bigint not null, at bigint not null, primary key (program_id, node_id))`,
      ]),
  },
  {
    name: '0002-embed-origins',
    up: (db) => statements(db, [`alter table programs add column embed_origins text not null default '[]'`]),
  },
  {
    name: '0003-audit',
    up: (db) =>
      statements(db, [
        `create table audit (
          id text primary key, at bigint not null, organization_id text not null, actor_kind text not null, actor_id text,
          actor_name text not null, action text not null, target_kind text not null, target_id text not null, target_name text,
          before text, after text, from_address text not null)`,
        `create index audit_by_organization on audit (organization_id, at, id)`,
      ]),
  },
  {
    name: '0004-programs-of-backstage',
    async up(db) {
      await statements(db, [
        `alter table programs add column title_folded text not null default ''`,
        `alter table programs add column partner_keys bigint not null default 1`,
        `alter table programs add column accent text`,
        `alter table programs add column time_zone text not null default 'UTC'`,
        `alter table programs add column version bigint not null default 1`,
        `alter table programs add column cover_id text`,
        `alter table programs add column logo_id text`,
        `alter table programs add column stream_choice text not null default 'auto'`,
        `alter table programs add column feed_node text`,
        `alter table programs add column first_fed_at bigint`,
        `alter table programs add column deleted_at bigint`,
        `create table images (
          id text primary key, program_id text not null references programs (id), kind text not null, type text not null,
          content text not null, created_at bigint not null)`,
        `create index images_by_program on images (program_id)`,

        `create table nodes (id text primary key, at bigint not null)`,
        `create table visits (
          id text primary key, program_id text not null, attendee_id text not null, session_id text not null, node_id text not null,
          watching bigint not null, from_at bigint not null, to_at bigint)`,
        `create index visits_by_attendee on visits (program_id, attendee_id, from_at, id)`,
        `create index visits_open on visits (program_id, attendee_id) where to_at is null`,
        `create index visits_open_by_node on visits (node_id) where to_at is null`,
        `create table viewer_counts (
          program_id text not null, at bigint not null, count bigint not null, primary key (program_id, at))`,

        `create table key_usage (
          kid text not null, hour bigint not null, accepted bigint not null, refused bigint not null, primary key (kid, hour))`,
      ])
      // Folded by us, since SQLite's own lower() knows ASCII alone.
      for (const { id, title } of await db.selectFrom('programs').select(['id', 'title']).execute()) {
        await db
          .updateTable('programs')
          .set({ title_folded: folded(title) })
          .where('id', '=', id)
          .execute()
      }
    },
  },
  {
    name: '0005-team',
    up: (db) =>
      statements(db, [
        `create table users (
          id text primary key, name text not null, email text not null unique, email_verified bigint not null default 0, image text,
          two_factor_enabled bigint default 0, created_at text not null, updated_at text not null)`,
        `create table user_sessions (
          id text primary key, token text not null unique, user_id text not null references users (id) on delete cascade,
          expires_at text not null, ip_address text, user_agent text, created_at text not null, updated_at text not null)`,
        `create index user_sessions_by_user on user_sessions (user_id)`,
        `create table user_accounts (
          id text primary key, account_id text not null, provider_id text not null,
          user_id text not null references users (id) on delete cascade, password text, access_token text, refresh_token text, id_token text,
          access_token_expires_at text, refresh_token_expires_at text, scope text, created_at text not null, updated_at text not null)`,
        `create index user_accounts_by_user on user_accounts (user_id)`,
        `create table user_verifications (
          id text primary key, identifier text not null, value text not null, expires_at text not null, created_at text not null,
          updated_at text not null)`,
        `create index user_verifications_by_identifier on user_verifications (identifier)`,
        `create table user_two_factors (
          id text primary key, user_id text not null references users (id) on delete cascade, secret text not null, backup_codes text not null,
          verified bigint default 1, failed_verification_count bigint default 0, locked_until text)`,
        `create index user_two_factors_by_user on user_two_factors (user_id)`,

        `create table attempts (key text primary key, count bigint not null, since bigint not null)`,
        `create index attempts_by_age on attempts (since)`,
        `create table one_time_links (
          hash text primary key, purpose text not null, user_id text references users (id) on delete cascade, expires_at bigint not null)`,

        `create table members (
          organization_id text not null references organizations (id), user_id text not null references users (id), role text not null,
          since bigint not null, removed_at bigint, changed_at bigint not null, primary key (organization_id, user_id))`,
        `create index members_by_user on members (user_id)`,
        `create index members_by_age on members (organization_id, since, user_id)`,
        `create index members_by_change on members (changed_at)`,
        `create table invitations (
          id text primary key, organization_id text not null references organizations (id), email text not null, role text not null,
          token_hash text not null unique, invited_by text, created_at bigint not null, expires_at bigint not null)`,
        `create index invitations_by_age on invitations (organization_id, created_at, id)`,
        `create table api_keys (
          id text primary key, organization_id text not null references organizations (id), name text not null, prefix text not null,
          key_hash text not null unique, scopes text not null, created_by text, created_at bigint not null, last_used_at bigint,
          revoked_at bigint, changed_at bigint not null)`,
        `create index api_keys_by_age on api_keys (organization_id, created_at, id)`,
        `create index api_keys_by_change on api_keys (changed_at)`,
      ]),
  },
  {
    name: '0006-deleted-programs',
    up: (db) => statements(db, [`create index programs_deleted on programs (deleted_at) where deleted_at is not null`]),
  },
  {
    name: '0007-company-sign-in',
    up: (db) =>
      statements(db, [
        `alter table programs add column saml bigint not null default 0`,
        `create table saml_connections (
          organization_id text primary key references organizations (id), enabled bigint not null, idp text, metadata_url text,
          metadata_at bigint, metadata_problem text, mapping text not null, consent text not null, idp_initiated bigint not null,
          keys text not null, created_at bigint not null, changed_at bigint not null)`,
        `create index saml_connections_by_change on saml_connections (changed_at)`,
        `create table saml_used (id text primary key, expires_at bigint not null)`,
        `create index saml_used_by_expiry on saml_used (expires_at)`,
        `create table saml_tests (
          id text primary key, organization_id text not null references organizations (id), result text, expires_at bigint not null)`,
        `create index saml_tests_by_expiry on saml_tests (expires_at)`,

        `create table jwks_sources (
          id text primary key, organization_id text not null references organizations (id), url text not null, allowed_roles text not null,
          keys text not null, revoked_kids text not null, fetched_at bigint, fresh_until bigint not null, tried_at bigint not null,
          problem text, problem_at bigint, removed_at bigint, created_at bigint not null, changed_at bigint not null)`,
        `create index jwks_sources_by_organization on jwks_sources (organization_id, created_at, id)`,
        `create index jwks_sources_by_change on jwks_sources (changed_at)`,
      ]),
  },
  {
    name: '0008-policies',
    up: (db) =>
      statements(db, [
        `alter table organizations add column embed_origins text not null default '[]'`,
        `alter table programs add column access text not null default 'private'`,
        `alter table programs add column anonymous text not null default 'name'`,
        `alter table programs add column token_use text not null default 'many'`,
        `alter table programs add column concurrency text not null default 'unlimited'`,
        `alter table programs add column at_expiry text not null default 'keep'`,
        `alter table programs add column doors_minutes bigint`,

        `alter table sessions add column issued_at bigint`,
        `alter table sessions add column token_ends_at bigint`,
        `alter table sessions add column ended_as text`,
        `update sessions set issued_at = created_at`,
        `create index sessions_by_issue on sessions (organization_id, issued_at)`,
        `create index sessions_by_token on sessions (organization_id, jti, subject)`,

        `create table burnt_tokens (
          kid text not null, jti text not null, subject text not null, program_id text not null, browser_hash text, at bigint not null,
          expires_at bigint not null, primary key (kid, jti, subject))`,
        `create index burnt_tokens_by_expiry on burnt_tokens (expires_at)`,

        `create table revocations (
          id text primary key, organization_id text not null references organizations (id), kind text not null, program_id text, kid text,
          jti text, subject text, attendee_id text, session_id text, before_at bigint, reason text, by_name text not null, ended bigint not null,
          at bigint not null, lifted_at bigint)`,
        `create index revocations_by_age on revocations (organization_id, at, id)`,
        `create index revocations_in_force on revocations (organization_id) where lifted_at is null`,
      ]),
  },
  {
    name: '0009-renewed-sessions',
    up: (db) => statements(db, [`alter table sessions add column renewable_until bigint not null default 0`]),
  },
  {
    name: '0010-activity-options',
    up: (db) =>
      statements(db, [
        `alter table programs add column activity_options text not null default '{}'`,
        `alter table programs add column blocked_words text not null default '[]'`,
        `alter table programs add column cue_timing bigint not null default 1`,
      ]),
  },
  {
    name: '0011-prepared',
    up: (db) =>
      statements(db, [
        `create table prepared (
          id text primary key, program_id text not null references programs (id), kind text not null, position bigint not null,
          title text not null, content text not null, version bigint not null default 1, created_at bigint not null,
          changed_at bigint not null)`,
        `create index prepared_by_program on prepared (program_id, kind, position)`,
      ]),
  },
  {
    name: '0012-screen',
    up: (db) =>
      statements(db, [
        `create table screen_links (
          id text primary key, program_id text not null references programs (id), name text not null, link_hash text not null unique,
          created_at bigint not null, last_used_at bigint, revoked_at bigint, changed_at bigint not null)`,
        `create index screen_links_by_program on screen_links (program_id, created_at, id)`,
        `create index screen_links_by_change on screen_links (changed_at)`,
      ]),
  },
  {
    name: '0013-counters-without-an-order',
    // SQLite numbers the rows of a table as they come, and so would tell in which order the texts of a secret poll were written.
    up: (db, kind) =>
      statements(
        db,
        kind === 'postgres'
          ? []
          : [
              `alter table program_counters rename to program_counters_before`,
              `create table program_counters (
                program_id text not null, run bigint not null, key text not null, value bigint not null,
                primary key (program_id, run, key)) without rowid`,
              `insert into program_counters select program_id, run, key, value from program_counters_before order by key`,
              `drop table program_counters_before`,
            ],
      ),
  },
]

/** Brings the tables up to date; several nodes may start at once. */
export async function migrate(db: Db, kind: 'sqlite' | 'postgres'): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // SQLite's BEGIN IMMEDIATE is lock enough.
    if (kind === 'postgres') await sql`select pg_advisory_xact_lock(hashtext('voila migrations ' || current_schema()))`.execute(tx)
    await sql`create table if not exists migrations (name text primary key, at bigint not null)`.execute(tx)
    const { rows } = await sql<{ name: string }>`select name from migrations`.execute(tx)
    const done = new Set(rows.map((row) => row.name))
    const known = new Set(migrations.map((migration) => migration.name))
    const newer = [...done].find((name) => !known.has(name))
    if (newer !== undefined) throw new Error(`this database was written by a newer version (it knows ${newer})`)
    for (const migration of migrations) {
      if (done.has(migration.name)) continue
      await migration.up(tx, kind)
      await sql`insert into migrations (name, at) values (${migration.name}, ${Date.now()})`.execute(tx)
    }
  })
}

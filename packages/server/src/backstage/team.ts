// Owns: the parts of a team put together, and what the rest of the platform may ask of it.
import type { FastifyPluginAsync } from 'fastify'
import type { Config } from '../config.ts'
import type { Origins } from '../http/origin.ts'
import type { Store } from '../store/store.ts'
import { accountRoutes } from './account-routes.ts'
import { createAccounts } from './accounts.ts'
import { createApiKeys } from './api-keys.ts'
import { createAttempts } from './attempts.ts'
import { createAudit } from './audit.ts'
import { createFounding } from './founding.ts'
import { createInvitations } from './invitations.ts'
import { createKnownBrowsers } from './known-browsers.ts'
import { createLinks } from './links.ts'
import { createMail } from './mail.ts'
import { createMembers } from './members.ts'
import type { Organizations } from './organizations.ts'
import { createSignIn } from './sign-in.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { teamRoutes } from './team-routes.ts'

const pruneMs = 600_000

/** Reads members and API keys before it returns: nobody may be let in or turned away without them. */
export async function createTeam({
  store,
  config,
  organizations,
  origins,
  baseUrl,
  now,
  log,
}: {
  store: Store
  config: Pick<Config, 'secret' | 'publicUrl' | 'mail'>
  organizations: Organizations
  origins: Pick<Origins, 'requireOwnOrigin'>
  /** Where people open the website, without a slash at the end. */
  baseUrl(): string
  now(): number
  log: Record<'debug' | 'warn' | 'error', (details: object, message: string) => void>
}) {
  const onError = (error: unknown): void => log.warn({ error }, 'the team could not be read')
  const parts = { store, now, onError }
  const members = createMembers(parts)
  const apiKeys = createApiKeys(parts)
  const audit = createAudit(parts)
  const accounts = createAccounts(parts)
  const links = createLinks(parts)
  const attempts = createAttempts(parts)
  const invitations = createInvitations({ store, accounts, members, now })
  const founding = createFounding({ store, organizations, members, accounts, links })
  const mail = createMail(config)
  const signIn = createSignIn({ store, config, mail, baseUrl, log })

  /** What has run out. Sessions and links of better-auth have their times as text. */
  async function prune(): Promise<void> {
    const at = new Date(now()).toISOString()
    await store.db.deleteFrom('user_sessions').where('expires_at', '<', at).execute()
    await store.db.deleteFrom('user_verifications').where('expires_at', '<', at).execute()
    await store.db.deleteFrom('one_time_links').where('expires_at', '<', now()).execute()
    await store.db.deleteFrom('invitations').where('expires_at', '<', now()).execute()
    await attempts.prune()
  }
  const timer = setInterval(() => void prune().catch(onError), pruneMs).unref()

  await members.refresh()
  await apiKeys.refresh()

  const routes: FastifyPluginAsync = async (app) => {
    const mails = mail !== undefined
    await app.register(signInRoutes({ signIn, attempts, knownBrowsers: createKnownBrowsers(config), origins, mails, now }))
    await app.register(accountRoutes({ accounts, founding, invitations, links, members, signIn, origins, mails, baseUrl, now }))
    await app.register(teamRoutes({ organizations, members, invitations, apiKeys, audit, mail, log, baseUrl }))
  }

  return {
    members,
    apiKeys,
    audit,
    signIn,
    routes,
    found: founding.found,

    /** Where the first owner is made; undefined where somebody has an account. The link works once, within a day. */
    async setupUrl(): Promise<string | undefined> {
      const made = await founding.setupLink()
      return made === undefined ? undefined : `${baseUrl()}/backstage/setup#token=${made.token}`
    },
    /** Where somebody signs in without a password, as often as he likes within a day; undefined where he has no account. */
    async signInUrl(email: string): Promise<string | undefined> {
      const account = await accounts.byEmail(email)
      if (account === undefined) return undefined
      const { token } = await links.make({ purpose: 'sign-in', userId: account.id })
      return `${baseUrl()}/backstage/enter#token=${token}`
    },

    prune,
    async close(): Promise<void> {
      clearInterval(timer)
      members.close()
      await apiKeys.close()
      mail?.close()
    },
  }
}

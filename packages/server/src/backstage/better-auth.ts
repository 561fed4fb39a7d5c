// Owns: how better-auth is set up: our tables, our cookies, our passwords, and nothing that it does not need.

import { limits } from '@voila/protocol'
import { type BetterAuthOptions, type BetterAuthPlugin, betterAuth } from 'better-auth'
import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Schema } from '../store/schema.ts'
import { hashPassword, verifyPassword } from './passwords.ts'

export type Auth = ReturnType<typeof createAuth>

/** How long somebody who does not come back stays signed in, and how often coming back counts anew. */
const sessionSeconds = 14 * 86_400
const renewSeconds = 86_400
export const resetSeconds = 3_600
/** Header by which the address of the client, as the proxies tell it, is handed on. */
export const addressHeader = 'x-voila-address'

const snake = { createdAt: 'created_at', updatedAt: 'updated_at' }
const owned = { userId: 'user_id', ...snake }

/** Begins a session for somebody who has proven himself to us: by an invitation, the set-up link, a link of the demo. */
const linkSignIn = {
  id: 'link-sign-in',
  endpoints: {
    signInUser: createAuthEndpoint.serverOnly({ method: 'POST', body: z.object({ userId: z.string() }) }, async (ctx) => {
      const { internalAdapter } = ctx.context
      const user = await internalAdapter.findUserById(ctx.body.userId)
      if (user !== null) await setSessionCookie(ctx, { session: await internalAdapter.createSession(user.id), user })
      return user
    }),
  },
} satisfies BetterAuthPlugin

/**
 * An instance without a router of its own: what of it may be asked for is called by name.
 *
 * @param given.secure  cookies for https, with the `__Host-` prefix (RFC 6265bis, 4.1.3.2)
 * @param given.mailResetLink  sends the link; absent where there is no mail, and then no password can be reset by it
 */
export function createAuth(given: {
  db: Kysely<Schema>
  secret: string
  secure: boolean
  baseUrl: string
  log(level: 'debug' | 'error', message: string, error: unknown): void
  mailResetLink?: ((to: { email: string; name: string; token: string }) => Promise<void>) | undefined
}) {
  const { mailResetLink } = given
  const options = {
    appName: 'Voilà',
    baseURL: given.baseUrl,
    basePath: '/api/auth',
    secret: given.secret,
    telemetry: { enabled: false },
    // By address, which thousands share, and in this process alone: ours are in attempts.ts.
    rateLimit: { enabled: false },
    // Also on PostgreSQL: it makes times text and flags numbers there too, so both databases have the same tables.
    database: { db: given.db, type: 'sqlite' },
    user: { modelName: 'users', fields: { emailVerified: 'email_verified', ...snake } },
    session: {
      modelName: 'user_sessions',
      fields: { expiresAt: 'expires_at', ipAddress: 'ip_address', userAgent: 'user_agent', ...owned },
      expiresIn: sessionSeconds,
      updateAge: renewSeconds,
      // The list of one's sessions needs no password.
      freshAge: 0,
      cookieCache: { enabled: false },
    },
    account: {
      modelName: 'user_accounts',
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...owned,
      },
    },
    verification: { modelName: 'user_verifications', fields: { expiresAt: 'expires_at', ...snake }, storeIdentifier: 'hashed' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: limits.passwordMinUnits,
      maxPasswordLength: limits.passwordMaxUnits,
      password: { hash: hashPassword, verify: verifyPassword },
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: resetSeconds,
      ...(mailResetLink === undefined
        ? {}
        : {
            sendResetPassword: ({ user, token }: { user: { email: string; name: string }; token: string }) =>
              mailResetLink({ email: user.email, name: user.name, token }),
          }),
    },
    plugins: [
      twoFactor({
        issuer: 'Voilà',
        schema: {
          user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
          twoFactor: {
            modelName: 'user_two_factors',
            fields: {
              userId: 'user_id',
              backupCodes: 'backup_codes',
              failedVerificationCount: 'failed_verification_count',
              lockedUntil: 'locked_until',
            },
          },
        },
      }),
      linkSignIn,
    ],
    logger: {
      level: 'debug',
      // Its details may name people; the message says enough.
      log: (level, message, ...details) =>
        given.log(
          level === 'error' ? 'error' : 'debug',
          message,
          details.find((detail) => detail instanceof Error),
        ),
    },
    onAPIError: { throw: true },
    advanced: {
      cookiePrefix: given.secure ? '__Host-voila' : 'voila',
      useSecureCookies: false,
      defaultCookieAttributes: { secure: given.secure, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
      // The tables are made by our migrations, and its check would ask PostgreSQL in the words of SQLite.
      database: { generateId: () => uuidv7(), validateSchema: false },
      // How long an answer takes must not tell whether a mail goes out.
      backgroundTasks: {
        handler: (task: Promise<unknown>) => void task.catch((error: unknown) => given.log('error', 'a mail was not sent', error)),
      },
    },
  } satisfies BetterAuthOptions
  return betterAuth(options)
}

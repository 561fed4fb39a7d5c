// Owns: what of better-auth can be asked for over HTTP, how often, and what its refusals are called here.
import { type ErrorCode, limits, line, Refusal } from '@voila/protocol'
import { isAPIError } from 'better-auth/api'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readBody } from '../http/body.ts'
import type { Origins } from '../http/origin.ts'
import { createLimiter } from '../http/rate.ts'
import type { Attempts } from './attempts.ts'
import type { Auth } from './better-auth.ts'
import type { KnownBrowsers } from './known-browsers.ts'
import { type Person, passCookies, type SignIn } from './sign-in.ts'

type Api = Auth['api']
type Answer = Promise<{ headers: Headers; response: unknown }>
type Call<Body> = {
  readonly body: z.ZodType<Body>
  /** Whether only somebody who is signed in may ask. */
  readonly signedIn?: true
  /** What is counted, ten in fifteen minutes: the person whose secret is tried by it. */
  readonly counts?: (body: Body, person: Person | undefined) => string
  /** Whether success ends the count. */
  readonly proves?: true
  /** The address that signs in by it. */
  readonly signsIn?: (body: Body) => string
  /** Whether it works at a password, which takes the processor some time. */
  readonly costly?: true
  ask(api: Api, asked: { headers: Headers; returnHeaders: true }, body: Body): Answer
}

const call = <Body>(given: Call<Body>): Call<unknown> => given as Call<unknown>

// No shortest length: what is tried may be older than the present rule. Unknown fields are dropped, addresses to go on to among them.
const Tried = z.string().max(limits.passwordMaxUnits)
const Chosen = z.string().min(limits.passwordMinUnits).max(limits.passwordMaxUnits)
const Email = z.string().max(limits.emailUnits)
const SessionToken = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
const Nothing = z.object({})
const Code = z.object({ code: z.string().max(64), trustDevice: z.boolean().optional() })
const WithPassword = z.object({ password: Tried })

const ofPerson = (_body: unknown, person: Person | undefined): string => `password ${person?.id}`

/** The table. What is not in it is not there. */
const calls: Readonly<Record<string, Call<unknown>>> = {
  'GET get-session': call({ body: Nothing, ask: (api, asked) => api.getSession(asked) }),
  'GET list-sessions': call({ body: Nothing, signedIn: true, ask: (api, asked) => api.listSessions(asked) }),
  'POST sign-in/email': call({
    body: z.object({ email: Email, password: Tried, rememberMe: z.boolean().optional() }),
    signsIn: ({ email }) => email.toLowerCase(),
    counts: ({ email }) => `sign-in ${email.toLowerCase()}`,
    proves: true,
    costly: true,
    ask: (api, asked, body) => api.signInEmail({ ...asked, body }),
  }),
  'POST sign-out': call({ body: Nothing, ask: (api, asked) => api.signOut(asked) }),
  'POST revoke-session': call({
    body: z.object({ token: SessionToken }),
    signedIn: true,
    ask: (api, asked, body) => api.revokeSession({ ...asked, body }),
  }),
  'POST revoke-other-sessions': call({ body: Nothing, signedIn: true, ask: (api, asked) => api.revokeOtherSessions(asked) }),
  'POST change-password': call({
    body: z.object({ currentPassword: Tried, newPassword: Chosen }),
    signedIn: true,
    counts: ofPerson,
    proves: true,
    costly: true,
    // Whoever changes it may do so because somebody else knows it.
    ask: (api, asked, body) => api.changePassword({ ...asked, body: { ...body, revokeOtherSessions: true } }),
  }),
  'POST update-user': call({
    body: z.object({ name: line(limits.nameUnits) }),
    signedIn: true,
    ask: (api, asked, body) => api.updateUser({ ...asked, body }),
  }),
  'POST request-password-reset': call({
    body: z.object({ email: z.email().max(limits.emailUnits) }),
    counts: ({ email }) => `reset ${email.toLowerCase()}`,
    ask: (api, asked, body) => api.requestPasswordReset({ ...asked, body }),
  }),
  'POST reset-password': call({
    body: z.object({ token: z.string().max(limits.linkUnits), newPassword: Chosen }),
    costly: true,
    ask: (api, asked, body) => api.resetPassword({ ...asked, body }),
  }),
  'POST two-factor/enable': call({
    body: WithPassword,
    signedIn: true,
    counts: ofPerson,
    proves: true,
    costly: true,
    ask: (api, asked, body) => api.enableTwoFactor({ ...asked, body: { ...body, method: 'totp' } }),
  }),
  'POST two-factor/disable': call({
    body: WithPassword,
    signedIn: true,
    counts: ofPerson,
    proves: true,
    costly: true,
    ask: (api, asked, body) => api.disableTwoFactor({ ...asked, body }),
  }),
  'POST two-factor/generate-backup-codes': call({
    body: WithPassword,
    signedIn: true,
    counts: ofPerson,
    proves: true,
    costly: true,
    ask: (api, asked, body) => api.generateBackupCodes({ ...asked, body }),
  }),
  // Wrong codes are counted by better-auth, for each account and in the database.
  'POST two-factor/verify-totp': call({ body: Code, ask: (api, asked, body) => api.verifyTOTP({ ...asked, body }) }),
  'POST two-factor/verify-backup-code': call({ body: Code, ask: (api, asked, body) => api.verifyBackupCode({ ...asked, body }) }),
}

/** What needs a mail to arrive. */
const byMail = new Set(['POST request-password-reset'])

const refusals: Readonly<Record<string, ErrorCode>> = {
  INVALID_EMAIL: 'sign_in_failed',
  INVALID_EMAIL_OR_PASSWORD: 'sign_in_failed',
  INVALID_PASSWORD: 'password_wrong',
  INVALID_CODE: 'code_wrong',
  INVALID_BACKUP_CODE: 'code_wrong',
  INVALID_TWO_FACTOR_COOKIE: 'sign_in_required',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'sign_in_required',
  UNAUTHORIZED: 'sign_in_required',
  ACCOUNT_TEMPORARILY_LOCKED: 'rate_limited',
  INVALID_TOKEN: 'link_used',
  TOTP_ALREADY_ENABLED: 'conflict',
}

/** How long better-auth locks the second factor of an account. */
const lockMs = 15 * 60_000

/** The refusal that an error of better-auth is; what is no refusal, it throws again. */
function refusalOf(error: unknown): Refusal {
  if (!isAPIError(error) || error.statusCode >= 500) throw error
  const code = refusals[error.body?.code ?? ''] ?? 'invalid_request'
  return new Refusal(code, code === 'rate_limited' ? { retryAfterMs: lockMs } : {})
}

/** At once and per second, of all people together on this node: a password costs some 30 ms of a processor. */
const burst = 100
const perSecond = 10

export function signInRoutes(parts: {
  signIn: SignIn
  attempts: Attempts
  knownBrowsers: KnownBrowsers
  origins: Pick<Origins, 'requireOwnOrigin'>
  /** Whether mails go out. */
  mails: boolean
  now(): number
}): FastifyPluginAsync {
  const { signIn, attempts, knownBrowsers, origins } = parts
  const limiter = createLimiter({ burst, perSecond, now: parts.now })

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const name = `${request.method} ${(request.params as { '*': string })['*']}`
    const asked = Object.hasOwn(calls, name) ? calls[name] : undefined
    if (asked === undefined || (byMail.has(name) && !parts.mails)) throw new Refusal('not_found')
    if (request.method !== 'GET') origins.requireOwnOrigin(request.raw)
    const body = readBody(asked.body, request)
    const address = asked.signsIn?.(body)
    const browser = address === undefined ? undefined : knownBrowsers.idOf(request, address)
    if (asked.costly === true && browser === undefined) limiter.take('everybody')
    // Also because better-auth takes a database that is away for nobody signed in.
    const person = asked.signedIn === true ? await signIn.requirePerson(request) : undefined
    const whose = asked.counts?.(body, person)
    const counted = whose === undefined || browser === undefined ? whose : `${whose} ${browser}`
    if (counted !== undefined) await attempts.begin(counted)
    try {
      const { headers, response } = await asked.ask(
        signIn.authOf(request).api,
        { headers: signIn.headersOf(request), returnHeaders: true },
        body,
      )
      if (counted !== undefined && asked.proves === true) await attempts.succeeded(counted)
      passCookies(headers, reply)
      if (address !== undefined) knownBrowsers.remember(request, reply, address)
      return reply
        .type('application/json; charset=utf-8')
        .header('cache-control', 'no-store')
        .send(JSON.stringify(response ?? null))
    } catch (error) {
      throw refusalOf(error)
    }
  }

  return async (app) => {
    app.get('/api/auth/*', answer)
    app.post('/api/auth/*', answer)
  }
}

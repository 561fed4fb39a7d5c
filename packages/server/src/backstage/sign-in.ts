// Owns: who is signed in to Backstage, by which cookie, and beginning a session for somebody.
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '@voila/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { newBearer } from '../access/bearers.ts'
import type { Config } from '../config.ts'
import { purposeKey } from '../media/credential.ts'
import type { Store } from '../store/store.ts'
import { type Auth, addressHeader, createAuth, resetSeconds } from './better-auth.ts'
import type { Mail } from './mail.ts'

export type SignIn = ReturnType<typeof createSignIn>
/** A person who is signed in. */
export type Person = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly twoFactorEnabled: boolean
}

const personIn = ({
  id,
  name,
  email,
  ...more
}: Omit<Person, 'twoFactorEnabled'> & { twoFactorEnabled?: boolean | null | undefined }): Person => ({
  id,
  name,
  email,
  twoFactorEnabled: more.twoFactorEnabled === true,
})

const plainCookie = /(?:^|;\s*)voila\.session_token=/
const secureCookie = /(?:^|;\s*)__Host-voila\.session_token=/

export function createSignIn({
  store,
  config,
  mail,
  baseUrl,
  log,
}: {
  store: Store
  config: Pick<Config, 'secret' | 'publicUrl'>
  mail: Mail | undefined
  /** Where people open the website. */
  baseUrl(): string
  log: { debug(details: object, message: string): void; error(details: object, message: string): void }
}) {
  const publiclySecure = config.publicUrl?.startsWith('https:') === true
  const kept: { secure?: Auth; plain?: Auth } = {}

  function mailResetLink(server: Mail) {
    return ({ email, name, token }: { email: string; name: string; token: string }): Promise<void> =>
      server.send({
        to: email,
        subject: 'A new password for Voilà',
        text: [
          `Hello ${name},`,
          'open this link to choose a new password. It works once, within an hour.',
          `${baseUrl()}/backstage/reset-password#token=${token}`,
          'If you did not ask for it, do nothing: your password stays as it is.',
        ].join('\n\n'),
      })
  }

  function newAuth({ secure }: { secure: boolean }): Auth {
    return createAuth({
      db: store.db,
      secret: purposeKey(config.secret, 'backstage sign-in').toString('base64url'),
      secure,
      baseUrl: baseUrl(),
      log: (level, message, error) => log[level](error === undefined ? {} : { error }, `sign-in: ${message}`),
      ...(mail === undefined ? {} : { mailResetLink: mailResetLink(mail) }),
    })
  }
  /** One for https and one for plain http: the same server is asked by both where no PUBLIC_URL says how it is reached. */
  function authFor({ secure }: { secure: boolean }): Auth {
    const name = secure ? 'secure' : 'plain'
    const auth = kept[name] ?? newAuth({ secure })
    kept[name] = auth
    return auth
  }
  const authOf = (request: FastifyRequest): Auth => authFor({ secure: publiclySecure || request.protocol === 'https' })

  /** What better-auth is told of a request: the cookie, the browser's name, and from where. */
  function headersOf(request: FastifyRequest): Headers {
    const { cookie = '', 'user-agent': agent = '' } = request.headers
    return new Headers({ cookie, 'user-agent': agent, [addressHeader]: request.ip })
  }

  /**
   * Whose cookie a request carries, as the database knows him now; a session that was revoked is none from then on.
   *
   * @throws the store's error: an outage signs nobody out
   */
  async function personOf({ headers }: { headers: IncomingHttpHeaders }): Promise<Person | undefined> {
    const { cookie } = headers
    if (cookie === undefined) return undefined
    const secure = secureCookie.test(cookie)
    if (!secure && (publiclySecure || !plainCookie.test(cookie))) return undefined
    const found = await authFor({ secure }).api.getSession({ headers: new Headers({ cookie }), query: { disableRefresh: true } })
    if (found === null) return undefined
    return personIn(found.user)
  }

  return {
    authOf,
    headersOf,
    personOf,

    /** @throws Refusal sign_in_required */
    async requirePerson(request: FastifyRequest): Promise<Person> {
      const person = await personOf(request)
      if (person === undefined) throw new Refusal('sign_in_required')
      return person
    },

    /** Lets somebody who comes back stay signed in, once a day. */
    async renew(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      const { headers } = await authOf(request).api.getSession({ headers: headersOf(request), returnHeaders: true })
      passCookies(headers, reply)
    },

    /** The secret of a link that chooses a new password: once, within an hour. */
    async passwordLink(userId: string): Promise<{ token: string; expiresAt: number }> {
      const token = newBearer('')
      const expiresAt = Date.now() + resetSeconds * 1_000
      const { internalAdapter } = await authFor({ secure: publiclySecure }).$context
      await internalAdapter.createVerificationValue({
        value: userId,
        identifier: `reset-password:${token}`,
        expiresAt: new Date(expiresAt),
      })
      return { token, expiresAt }
    },

    /** Signs somebody in who has proven himself otherwise than by a password. @throws Refusal link_used where he is no more */
    async begin(request: FastifyRequest, reply: FastifyReply, userId: string): Promise<Person> {
      const { response, headers } = await authOf(request).api.signInUser({
        body: { userId },
        headers: headersOf(request),
        returnHeaders: true,
      })
      if (response === null) throw new Refusal('link_used')
      passCookies(headers, reply)
      return personIn(response)
    },
  }
}

/** Hands the cookies of an answer of better-auth on. */
export function passCookies(headers: Headers, reply: FastifyReply): void {
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) reply.header('set-cookie', cookies)
}

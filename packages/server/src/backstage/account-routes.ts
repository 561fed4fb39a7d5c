// Owns: how people come to an account over HTTP: the first owner's set-up, invitations, links that sign in; and who one is.
import {
  InvitationAcceptance,
  InvitationLook,
  type MeAnswer,
  PasswordLinkRequest,
  Refusal,
  type SetupAnswer,
  SetupRequest,
  SignInLinkRequest,
} from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import { readBody } from '../http/body.ts'
import type { Origins } from '../http/origin.ts'
import { createLimiter } from '../http/rate.ts'
import type { Accounts } from './accounts.ts'
import { noteChange } from './audit.ts'
import type { Founding } from './founding.ts'
import type { Invitations } from './invitations.ts'
import type { Links } from './links.ts'
import type { Members } from './members.ts'
import type { Person, SignIn } from './sign-in.ts'

export type AccountRouteParts = {
  readonly accounts: Pick<Accounts, 'some' | 'byEmail' | 'dropTwoFactor'>
  readonly founding: Founding
  readonly invitations: Pick<Invitations, 'look' | 'accept'>
  readonly links: Pick<Links, 'look'>
  readonly members: Pick<Members, 'organizationsOf'>
  readonly signIn: SignIn
  readonly origins: Pick<Origins, 'requireOwnOrigin'>
  /** Whether this server can send mail. */
  readonly mails: boolean
  /** Where people open the website, without a slash at the end. */
  baseUrl(): string
  now(): number
}

/** Of all people together on this node: links are long, this is for the work that looking at one makes. */
const burst = 100
const perSecond = 10

export function accountRoutes(parts: AccountRouteParts): FastifyPluginAsync {
  const { accounts, founding, invitations, links, members, signIn, origins, baseUrl } = parts
  const limiter = createLimiter({ burst, perSecond, now: parts.now })

  async function meOf(person: Person): Promise<MeAnswer> {
    const { id, name, email, twoFactorEnabled } = person
    return { user: { id, name, email, twoFactorEnabled }, organizations: await members.organizationsOf(id) }
  }

  return async (app) => {
    app.get('/api/me', async (request, reply) => {
      const person = await signIn.requirePerson(request)
      await signIn.renew(request, reply)
      return await meOf(person)
    })

    app.get('/api/setup', async (_request, reply): Promise<SetupAnswer> => {
      reply.header('cache-control', 'no-store')
      return { open: !(await accounts.some()), mail: parts.mails }
    })
    app.post('/api/setup', async (request, reply) => {
      origins.requireOwnOrigin(request.raw)
      limiter.take('everybody')
      const { account, organization } = await founding.setUp(readBody(SetupRequest, request))
      const person = await signIn.begin(request, reply, account.id)
      noteChange(request, {
        target: { kind: 'organization', id: organization.id, name: organization.name },
        after: organization,
        organizationId: organization.id,
        by: { kind: 'member', id: account.id, name: account.name, role: 'owner' },
      })
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send(await meOf(person))
    })
    app.post('/api/setup-links', async (_request, reply) => {
      const made = await founding.setupLink()
      if (made === undefined) throw new Refusal('conflict', { detail: 'Somebody has an account already, and can invite others.' })
      return reply
        .code(201)
        .send({ url: `${baseUrl()}/backstage/setup#token=${made.token}`, expiresAt: new Date(made.expiresAt).toISOString() })
    })
    app.post('/api/password-links', async (request, reply) => {
      const { email, twoFactor } = readBody(PasswordLinkRequest, request)
      const account = await accounts.byEmail(email)
      if (account === undefined) throw new Refusal('account_unknown')
      if (twoFactor === 'off') await accounts.dropTwoFactor(account.id)
      const { token, expiresAt } = await signIn.passwordLink(account.id)
      return reply
        .code(201)
        .send({ url: `${baseUrl()}/backstage/reset-password#token=${token}`, expiresAt: new Date(expiresAt).toISOString() })
    })

    app.post('/api/sign-in-links', async (request, reply) => {
      origins.requireOwnOrigin(request.raw)
      limiter.take('everybody')
      const { token } = readBody(SignInLinkRequest, request)
      const userId = await links.look({ token, purpose: 'sign-in' })
      if (userId === null) throw new Refusal('link_used')
      const person = await signIn.begin(request, reply, userId)
      return reply.header('cache-control', 'no-store').send(await meOf(person))
    })

    app.post('/api/invitations/look', async (request, reply) => {
      limiter.take('everybody')
      const { token } = readBody(InvitationLook, request)
      return reply.header('cache-control', 'no-store').send(await invitations.look(token))
    })
    app.post('/api/invitations/accept', async (request, reply) => {
      origins.requireOwnOrigin(request.raw)
      limiter.take('everybody')
      const body = readBody(InvitationAcceptance, request)
      const signedIn = await signIn.personOf(request)
      const { account, organizationId, role } = await invitations.accept({ ...body, signedInAs: signedIn?.id })
      const person = signedIn?.id === account.id ? signedIn : await signIn.begin(request, reply, account.id)
      const { id, name } = person
      noteChange(request, {
        target: { kind: 'member', id, name },
        after: { role },
        organizationId,
        by: { kind: 'member', id, name, role },
      })
      return reply.header('cache-control', 'no-store').send(await meOf(person))
    })
  }
}

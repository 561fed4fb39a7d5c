// Owns: the way in with a company account over HTTP: away to the identity provider, back with its answer, and the page that asks.
import { type ConsentFacts, ConsentRequest, limits, Refusal } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import type { Programs } from '../../backstage/programs.ts'
import { readBody } from '../../http/body.ts'
import type { Cookies } from '../../http/cookies.ts'
import type { Metrics } from '../../http/metrics.ts'
import type { Origins } from '../../http/origin.ts'
import type { Pages } from '../../http/pages.ts'
import { createLimiter } from '../../http/rate.ts'
import { hashOf } from '../bearers.ts'
import type { FlowCookies } from './flow-cookies.ts'
import { type Pending, pendingName } from './logins.ts'
import type { Saml } from './saml.ts'
import { addressesOf, serviceProviderMetadata } from './service-provider.ts'

type OrganizationParams = { Params: { organizationId: string } }
type ProgramParams = { Params: { programId: string } }

/** Sign-ins that one browser begins for one program: somebody who tries again a few times. Never by address: a company comes from one. */
const burst = 20
const perSecond = 0.2

/** A field of the form, which may be there once. @throws Refusal saml_malformed */
function fieldOf(form: URLSearchParams, name: string): string | undefined {
  const values = form.getAll(name)
  if (values.length > 1) throw new Refusal('saml_malformed', { detail: `${name} is there more than once.` })
  return values[0]
}

function factsOf({ person }: Pending): ConsentFacts {
  const { givenName, familyName, email, share } = person
  return { displayName: familyName === null ? givenName : `${givenName} ${familyName}`, email, asks: share === null }
}

export function samlEntryRoutes({
  saml: { connections, logins },
  programs,
  cookies,
  flowCookies,
  origins,
  pages,
  metrics,
  baseUrl,
  now,
}: {
  saml: Saml
  programs: Pick<Programs, 'find'>
  cookies: Pick<Cookies, 'browserFor'>
  flowCookies: FlowCookies
  origins: Pick<Origins, 'requireOwnOrigin'>
  pages: Pick<Pages, 'consentPage' | 'headers'>
  metrics: Pick<Metrics, 'admitted'>
  baseUrl(): string
  now(): number
}): FastifyPluginAsync {
  const limiter = createLimiter({ burst, perSecond, now })
  return async (app) => {
    app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
      done(null, new URLSearchParams(String(body))),
    )

    app.get<OrganizationParams>('/saml/:organizationId/metadata', async (request, reply) => {
      const { organizationId } = request.params
      const connection = await connections.find(organizationId)
      if (connection === undefined) throw new Refusal('saml_connection_unknown')
      return reply
        .type('application/samlmetadata+xml; charset=utf-8')
        .header('content-disposition', 'attachment; filename="voila-saml-metadata.xml"')
        .send(serviceProviderMetadata(connection, addressesOf(baseUrl(), organizationId)))
    })

    app.get<ProgramParams>('/:programId/sign-in', async (request, reply) => {
      const { programId } = request.params
      const { browser, set } = cookies.browserFor(request)
      const browserHash = hashOf(browser)
      // Before anything is signed. Who has no cookie gets one with the answer, and is known by it from then on.
      limiter.take(`${browserHash} ${programId}`)
      const { url, keepsake } = await logins.beginEntry({ programId, browserHash })
      set(reply)
      flowCookies.keep(request, reply, keepsake)
      return reply.code(303).headers({ location: url, 'cache-control': 'no-store' }).send()
    })

    app.post<OrganizationParams>('/saml/:organizationId/acs', { bodyLimit: limits.samlFormBytes }, async (request, reply) => {
      const { organizationId } = request.params
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
      const relayState = fieldOf(form, 'RelayState')
      const flow = await logins.flowOf({ organizationId, relayState, cookieOf: (name) => flowCookies.valueOf(request, name) })
      if (flow.kind !== 'test') request.onTheWayTo = flow.programId
      const outcome = await logins.finish(flow, fieldOf(form, 'SAMLResponse') ?? '')
      if (flow.cookie !== undefined) flowCookies.forget(request, reply, flow.cookie)
      reply.code(303).header('cache-control', 'no-store')
      if (outcome.kind === 'tested') return reply.header('location', `/backstage/o/${organizationId}/saml?test=${outcome.testId}`).send()
      if (outcome.kind === 'asks') {
        flowCookies.keep(request, reply, outcome.keepsake)
        return reply.header('location', `/${outcome.programId}/consent`).send()
      }
      metrics.admitted()
      return reply.header('location', `/${outcome.programId}`).send()
    })

    const pendingOf = async (request: Parameters<FlowCookies['valueOf']>[0], programId: string): Promise<Pending | undefined> => {
      await programs.find(programId)
      return logins.pendingOf(programId, flowCookies.valueOf(request, pendingName))
    }

    app.get<ProgramParams>('/:programId/consent', async (request, reply) => {
      const { programId } = request.params
      const pending = await pendingOf(request, programId)
      if (pending === undefined)
        return reply
          .code(303)
          .headers({ location: `/${programId}`, 'cache-control': 'no-store' })
          .send()
      return reply.headers(pages.headers(request.headers.host)).send(pages.consentPage(factsOf(pending)))
    })

    app.post<ProgramParams>('/api/programs/:programId/consent', async (request, reply) => {
      origins.requireOwnOrigin(request.raw)
      const { share } = readBody(ConsentRequest, request)
      const pending = await pendingOf(request, request.params.programId)
      if (pending === undefined) throw new Refusal('saml_browser')
      const { browser, set } = cookies.browserFor(request)
      await logins.agree(pending, { share, browserHash: hashOf(browser) })
      metrics.admitted()
      set(reply)
      flowCookies.forget(request, reply, pendingName)
      return reply.code(204).header('cache-control', 'no-store').send()
    })
  }
}

// Owns: the administration of an organization's company sign-in over HTTP.
import { limits, type SamlAnswer, SamlPatch, type SamlTestMade } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import { noteChange } from '../../backstage/audit.ts'
import type { Organizations } from '../../backstage/organizations.ts'
import { readBody } from '../../http/body.ts'
import { samlAnswer } from './answers.ts'
import type { Connection } from './connections.ts'
import type { FlowCookies } from './flow-cookies.ts'
import type { Saml } from './saml.ts'
import { addressesOf } from './service-provider.ts'

type OrganizationParams = { Params: { organizationId: string } }
type TestParams = { Params: { organizationId: string; testId: string } }

export function samlRoutes({
  saml: { connections, logins, tests },
  organizations,
  flowCookies,
  baseUrl,
}: {
  saml: Saml
  organizations: Pick<Organizations, 'find'>
  flowCookies: FlowCookies
  baseUrl(): string
}): FastifyPluginAsync {
  const path = '/api/organizations/:organizationId/saml'
  const show = async (connection: Connection) =>
    samlAnswer(connection, {
      addresses: addressesOf(baseUrl(), connection.organizationId),
      openSessions: await connections.openSessions(connection.organizationId),
    })
  const target = (organizationId: string) => ({ kind: 'saml-connection', id: organizationId })
  /** For the audit log, where fingerprints tell certificates apart. */
  const noted = ({ serviceProvider, ...rest }: SamlAnswer) => ({
    ...rest,
    serviceProvider: { ...serviceProvider, certificates: serviceProvider.certificates.map(({ pem: _pem, ...certificate }) => certificate) },
  })

  return async (app) => {
    /** A change of a connection that is there: what it was, what is done, what it is. */
    function changes(url: string, change: (organizationId: string) => Promise<Connection>): void {
      app.post<OrganizationParams>(url, async (request) => {
        const { organizationId } = request.params
        const before = await show(await connections.read(organizationId))
        const after = await show(await change(organizationId))
        noteChange(request, { target: target(organizationId), before: noted(before), after: noted(after) })
        return after
      })
    }
    const certificateName = async (organizationId: string): Promise<string> => `Voilà ${(await organizations.find(organizationId)).name}`

    app.get<OrganizationParams>(path, async (request) => await show(await connections.read(request.params.organizationId)))
    app.post<OrganizationParams>(path, async (request, reply) => {
      const { organizationId } = request.params
      const after = await show(await connections.prepare(organizationId, { name: await certificateName(organizationId) }))
      noteChange(request, { target: target(organizationId), after: noted(after) })
      return reply.code(201).send(after)
    })
    // Metadata of a large installation is more than what other bodies may be.
    app.patch<OrganizationParams>(path, { bodyLimit: limits.metadataUnits * 2 }, async (request) => {
      const { organizationId } = request.params
      const patch = readBody(SamlPatch, request)
      const before = await show(await connections.read(organizationId))
      const after = await show(await connections.patch(organizationId, patch))
      noteChange(request, { target: target(organizationId), before: noted(before), after: noted(after) })
      return after
    })
    app.delete<OrganizationParams>(path, async (request, reply) => {
      const { organizationId } = request.params
      const before = await show(await connections.read(organizationId))
      await connections.remove(organizationId)
      noteChange(request, { target: target(organizationId), before: noted(before) })
      return reply.code(204).send()
    })
    changes(`${path}/refresh`, connections.lookAgain)
    changes(`${path}/certificates`, async (organizationId) =>
      connections.makeNextKey(organizationId, { name: await certificateName(organizationId) }),
    )
    changes(`${path}/certificates/activate`, connections.useNextKey)

    app.post<OrganizationParams>(`${path}/tests`, async (request, reply) => {
      const { organizationId } = request.params
      await connections.read(organizationId)
      const { testId, url, keepsake } = await logins.beginTest(organizationId)
      flowCookies.keep(request, reply, keepsake)
      return reply.code(201).send({ id: testId, url } satisfies SamlTestMade)
    })
    app.get<TestParams>(`${path}/tests/:testId`, async (request) => await tests.show(request.params))
  }
}

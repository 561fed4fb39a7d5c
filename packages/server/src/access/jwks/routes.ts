// Owns: the administration of addresses of keys over HTTP.
import { type JwksSourceAnswer, JwksSourcePatch, JwksSourceRequest } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import { noteChange } from '../../backstage/audit.ts'
import type { Organizations } from '../../backstage/organizations.ts'
import { readBody } from '../../http/body.ts'
import { readPage } from '../../store/page.ts'
import type { JwksSources } from './sources.ts'

type OrganizationParams = { Params: { organizationId: string } }
type SourceParams = { Params: { organizationId: string; sourceId: string } }
type KeyParams = { Params: { organizationId: string; sourceId: string; kid: string } }

const target = ({ id, url }: JwksSourceAnswer) => ({ kind: 'jwks-source', id, name: url })
/** For the audit log, where thumbprints tell keys apart. */
const noted = ({ keys, ...rest }: JwksSourceAnswer) => ({ ...rest, keys: keys.map(({ pem: _pem, ...key }) => key) })

export function jwksRoutes({
  sources,
  organizations,
}: {
  sources: JwksSources
  organizations: Pick<Organizations, 'find'>
}): FastifyPluginAsync {
  const path = '/api/organizations/:organizationId/jwks-sources'
  return async (app) => {
    app.get<OrganizationParams>(path, async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      return await sources.list(id, readPage(request.query))
    })
    app.post<OrganizationParams>(path, async (request, reply) => {
      const { id } = await organizations.find(request.params.organizationId)
      const source = await sources.add(id, readBody(JwksSourceRequest, request))
      noteChange(request, { target: target(source), after: noted(source) })
      return reply.code(201).send(source)
    })
    app.get<SourceParams>(`${path}/:sourceId`, async (request) => await sources.show(request.params))
    app.patch<SourceParams>(`${path}/:sourceId`, async (request) => {
      const patch = readBody(JwksSourcePatch, request)
      const before = await sources.show(request.params)
      const after = await sources.patch(request.params, patch)
      noteChange(request, { target: target(after), before: noted(before), after: noted(after) })
      return after
    })
    app.delete<SourceParams>(`${path}/:sourceId`, async (request, reply) => {
      const before = await sources.show(request.params)
      await sources.remove(request.params)
      noteChange(request, { target: target(before), before: noted(before) })
      return reply.code(204).send()
    })
    app.post<SourceParams>(`${path}/:sourceId/refresh`, async (request) => {
      const before = await sources.show(request.params)
      const after = await sources.refresh(request.params)
      noteChange(request, { target: target(after), before: noted(before), after: noted(after) })
      return after
    })
    app.post<KeyParams>(`${path}/:sourceId/keys/:kid/revoke`, async (request) => {
      const before = await sources.show(request.params)
      const after = await sources.revokeKey(request.params)
      noteChange(request, { target: target(after), before: noted(before), after: noted(after) })
      return after
    })
  }
}

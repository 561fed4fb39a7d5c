// Owns: the administration of organizations over HTTP. Who may is in the route table.
import { type Organization, OrganizationPatch, OrganizationRequest } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import { readBody } from '../http/body.ts'
import { readPage } from '../store/page.ts'
import { noteChange } from './audit.ts'
import type { Members } from './members.ts'
import type { Organizations } from './organizations.ts'

type OrganizationParams = { Params: { organizationId: string } }

/** @param parts.found  makes an organization of a person's own */
export function organizationRoutes({
  organizations,
  members,
  found,
}: {
  organizations: Organizations
  members: Pick<Members, 'listOrganizations'>
  found(request: { name: string; ownerId: string }): Promise<Organization>
}): FastifyPluginAsync {
  return async (app) => {
    app.post('/api/organizations', async (request, reply) => {
      const { name } = readBody(OrganizationRequest, request)
      const { by } = request
      const organization = await (by?.kind === 'member' && by.id !== null
        ? found({ name, ownerId: by.id })
        : organizations.create({ name }))
      noteChange(request, {
        target: { kind: 'organization', id: organization.id, name: organization.name },
        after: organization,
        organizationId: organization.id,
      })
      return reply.code(201).send(organization)
    })
    app.get('/api/organizations', async (request) => {
      const { by } = request
      const page = readPage(request.query)
      return await (by?.kind === 'member' && by.id !== null ? members.listOrganizations(by.id, page) : organizations.list(page))
    })
    app.get<OrganizationParams>(
      '/api/organizations/:organizationId',
      async (request) => await organizations.find(request.params.organizationId),
    )
    app.patch<OrganizationParams>('/api/organizations/:organizationId', async (request) => {
      const fields = readBody(OrganizationPatch, request)
      const before = await organizations.find(request.params.organizationId)
      const after = await organizations.patch(before.id, fields)
      noteChange(request, { target: { kind: 'organization', id: after.id, name: after.name }, before, after })
      return after
    })
  }
}

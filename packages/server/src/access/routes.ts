// Owns: the administration of partner keys, and what the organization sees of those who came or were refused, over HTTP.
import { type PartnerKeyAnswer, PartnerKeyPatch, PartnerKeyRequest, RetireKeyRequest } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import { noteChange } from '../backstage/audit.ts'
import type { Organizations } from '../backstage/organizations.ts'
import type { Programs } from '../backstage/programs.ts'
import { readBody } from '../http/body.ts'
import { readPage } from '../store/page.ts'
import type { Access } from './access.ts'

type OrganizationParams = { Params: { organizationId: string } }
type KeyParams = { Params: { organizationId: string; kid: string } }
type ProgramParams = { Params: { programId: string } }
type AttendeeParams = { Params: { programId: string; attendeeId: string } }

const keyTarget = ({ kid, name }: PartnerKeyAnswer) => ({ kind: 'partner-key', id: kid, name })

export function accessRoutes(parts: {
  access: Pick<Access, 'partnerKeys' | 'refusals' | 'attendees'>
  organizations: Pick<Organizations, 'find'>
  programs: Pick<Programs, 'find'>
}): FastifyPluginAsync {
  const { organizations, programs } = parts
  const { partnerKeys, refusals, attendees } = parts.access
  const keys = '/api/organizations/:organizationId/partner-keys'

  return async (app) => {
    app.post<OrganizationParams>(keys, async (request, reply) => {
      const key = await partnerKeys.declare(request.params.organizationId, readBody(PartnerKeyRequest, request))
      noteChange(request, { target: keyTarget(key), after: key })
      return reply.code(201).send(key)
    })
    app.get<OrganizationParams>(keys, async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      return await partnerKeys.list(id, readPage(request.query))
    })
    app.get<KeyParams>(`${keys}/:kid`, async (request) => await partnerKeys.show(request.params))
    app.patch<KeyParams>(`${keys}/:kid`, async (request) => {
      const before = await partnerKeys.show(request.params)
      const after = await partnerKeys.patch(request.params, readBody(PartnerKeyPatch, request))
      noteChange(request, { target: keyTarget(after), before, after })
      return after
    })
    app.post<KeyParams>(`${keys}/:kid/retire`, async (request) => {
      const { until } = readBody(RetireKeyRequest, request)
      const before = await partnerKeys.show(request.params)
      const after = await partnerKeys.retire(request.params, { until: Date.parse(until) })
      noteChange(request, { target: keyTarget(after), before, after })
      return after
    })
    app.post<KeyParams>(`${keys}/:kid/revoke`, async (request) => {
      const before = await partnerKeys.show(request.params)
      const after = await partnerKeys.revoke(request.params)
      noteChange(request, { target: keyTarget(after), before, after })
      return after
    })
    app.get<KeyParams>(`${keys}/:kid/refusals`, async (request) => {
      await partnerKeys.show(request.params)
      return await refusals.ofKey(request.params, readPage(request.query))
    })

    app.get<ProgramParams>('/api/programs/:programId/refusals', async (request) => {
      const { id } = await programs.find(request.params.programId)
      return await refusals.ofProgram(id, readPage(request.query))
    })
    app.get<ProgramParams>('/api/programs/:programId/attendees', async (request) => {
      const { id } = await programs.find(request.params.programId)
      return await attendees.list(id, readPage(request.query))
    })
    app.post<AttendeeParams>('/api/programs/:programId/attendees/:attendeeId/revoke', async (request, reply) => {
      const { id } = await programs.find(request.params.programId)
      const { attendeeId } = request.params
      await attendees.revoke({ programId: id, attendeeId })
      noteChange(request, { target: { kind: 'attendee', id: attendeeId } })
      return reply.code(204).send()
    })
  }
}

// Owns: the administration of partner keys, and what the organization sees of those who came or were refused, over HTTP.
import {
  EndVisitRequest,
  type PartnerKeyAnswer,
  PartnerKeyPatch,
  PartnerKeyRequest,
  RetireKeyRequest,
  type RevocationAnswer,
  RevocationRequest,
} from '@voila/protocol'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { administration } from '../backstage/actor.ts'
import { noteChange } from '../backstage/audit.ts'
import type { Organizations } from '../backstage/organizations.ts'
import type { Programs } from '../backstage/programs.ts'
import { readBody } from '../http/body.ts'
import { readPage } from '../store/page.ts'
import type { Access } from './access.ts'

type OrganizationParams = { Params: { organizationId: string } }
type KeyParams = { Params: { organizationId: string; kid: string } }
type ProgramParams = { Params: { programId: string } }
type RevocationParams = { Params: { organizationId: string; revocationId: string } }
type AttendeeParams = { Params: { programId: string; attendeeId: string } }

const revocationTarget = ({ id, kind }: RevocationAnswer) => ({ kind: 'revocation', id, name: kind })
const byName = ({ by }: FastifyRequest): string => by?.name ?? administration.name

const keyTarget = ({ kid, name }: PartnerKeyAnswer) => ({ kind: 'partner-key', id: kid, name })

export function accessRoutes(parts: {
  access: Pick<Access, 'partnerKeys' | 'refusals' | 'attendees' | 'revocations'>
  organizations: Pick<Organizations, 'find'>
  programs: Pick<Programs, 'find'>
}): FastifyPluginAsync {
  const { organizations, programs } = parts
  const { partnerKeys, refusals, attendees, revocations } = parts.access
  const keys = '/api/organizations/:organizationId/partner-keys'
  const kept = '/api/organizations/:organizationId/revocations'

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

    app.get<OrganizationParams>(kept, async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      return await revocations.list(id, readPage(request.query))
    })
    app.post<OrganizationParams>(`${kept}/count`, async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      return { sessions: await revocations.count({ organizationId: id, request: readBody(RevocationRequest, request) }) }
    })
    app.post<OrganizationParams>(kept, async (request, reply) => {
      const { id } = await organizations.find(request.params.organizationId)
      const asked = readBody(RevocationRequest, request)
      const made = await revocations.revoke({ organizationId: id, request: asked, byName: byName(request) })
      noteChange(request, { target: revocationTarget(made), after: made })
      return reply.code(201).send(made)
    })
    app.post<RevocationParams>(`${kept}/:revocationId/lift`, async (request) => {
      const { before, after } = await revocations.lift(request.params)
      noteChange(request, { target: revocationTarget(after), before, after })
      return after
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
      const { id, organization_id } = await programs.find(request.params.programId)
      const { attendeeId } = request.params
      const { keepOut = false, reason } = readBody(EndVisitRequest, request)
      await attendees.requireThere({ programId: id, attendeeId })
      if (keepOut) {
        const revoked = { kind: 'attendee' as const, programId: id, attendeeId, ...(reason === undefined ? {} : { reason }) }
        await revocations.revoke({ organizationId: organization_id, request: revoked, byName: byName(request) })
      } else await attendees.endVisit({ programId: id, attendeeId })
      noteChange(request, { target: { kind: 'attendee', id: attendeeId }, ...(keepOut ? { after: { keptOutOf: id, reason } } : {}) })
      return reply.code(204).send()
    })
  }
}

// Owns: the administration of organizations and programs over HTTP. Who may is in the route table.
import { OrganizationRequest, ProgramPatch, ProgramRequest, StateRequest, type StreamKeyAnswer, StreamKeyRequest } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import { readBody } from '../http/body.ts'
import { readPage } from '../store/page.ts'
import type { ProgramRow } from '../store/schema.ts'
import { noteChange } from './audit.ts'
import type { Organizations } from './organizations.ts'
import { programAnswer } from './program-answers.ts'
import type { Programs } from './programs.ts'

type OrganizationParams = { Params: { organizationId: string } }
type ProgramParams = { Params: { programId: string } }

export type BackstageParts = {
  readonly organizations: Organizations
  readonly programs: Programs
  /** Where people open the website, without a slash at the end. */
  baseUrl(): string
  /** Where to publish a program's feed to, and the keys for it. */
  streamKey(program: ProgramRow): StreamKeyAnswer
}

const programTarget = ({ id, title }: ProgramRow) => ({ kind: 'program', id, name: title })

export function backstageRoutes(parts: BackstageParts): FastifyPluginAsync {
  const { organizations, programs } = parts
  const show = (row: ProgramRow) => programAnswer(row, { baseUrl: parts.baseUrl(), viewers: 0, live: false })

  return async (app) => {
    app.post('/api/organizations', async (request, reply) => {
      const organization = await organizations.create(readBody(OrganizationRequest, request))
      noteChange(request, {
        target: { kind: 'organization', id: organization.id, name: organization.name },
        after: organization,
        organizationId: organization.id,
      })
      return reply.code(201).send(organization)
    })
    app.get('/api/organizations', async (request) => await organizations.list(readPage(request.query)))
    app.get<OrganizationParams>(
      '/api/organizations/:organizationId',
      async (request) => await organizations.find(request.params.organizationId),
    )

    app.post<OrganizationParams>('/api/organizations/:organizationId/programs', async (request, reply) => {
      const row = await programs.create(request.params.organizationId, readBody(ProgramRequest, request))
      const program = show(row)
      noteChange(request, { target: programTarget(row), after: program })
      return reply.code(201).send(program)
    })
    app.get<OrganizationParams>('/api/organizations/:organizationId/programs', async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      const { items, nextCursor } = await programs.list(id, readPage(request.query))
      return { items: items.map(show), nextCursor }
    })

    app.get<ProgramParams>('/api/programs/:programId', async (request) => show(await programs.find(request.params.programId)))
    app.patch<ProgramParams>('/api/programs/:programId', async (request) => {
      const before = show(await programs.read(request.params.programId))
      const row = await programs.patch(request.params.programId, readBody(ProgramPatch, request))
      const after = show(row)
      noteChange(request, { target: programTarget(row), before, after })
      return after
    })
    app.post<ProgramParams>('/api/programs/:programId/state', async (request) => {
      const { to } = readBody(StateRequest, request)
      const { state } = await programs.read(request.params.programId)
      const row = await programs.setState(request.params.programId, to)
      noteChange(request, { target: programTarget(row), before: { state }, after: { state: to } })
      return show(row)
    })

    app.get<ProgramParams>('/api/programs/:programId/stream-key', async (request) =>
      parts.streamKey(await programs.find(request.params.programId)),
    )
    app.post<ProgramParams>('/api/programs/:programId/stream-key', async (request) => {
      const { rotate = 'both' } = readBody(StreamKeyRequest, request)
      const row = await programs.rotateStreamKey(request.params.programId, rotate)
      noteChange(request, { target: programTarget(row), after: { rotated: rotate } })
      return parts.streamKey(row)
    })
  }
}

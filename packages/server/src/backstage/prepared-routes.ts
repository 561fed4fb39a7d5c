// Owns: what is prepared for a show, over HTTP. Who may is in the route table.
import { PreparedImport, PreparedPatch, PreparedQuery, PreparedRequest } from '@voila/protocol'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { readBody, readQuery } from '../http/body.ts'
import type { PreparedRow } from '../store/schema.ts'
import { noteChange } from './audit.ts'
import { type Prepared, preparedAnswer } from './prepared.ts'
import { versionIn } from './program-routes.ts'
import type { Programs } from './programs.ts'

type ProgramParams = { Params: { programId: string } }
type PreparedParams = { Params: { programId: string; preparedId: string } }

const path = '/api/programs/:programId/prepared'
const targetOf = ({ id, title }: PreparedRow) => ({ kind: 'prepared', id, name: title })

function show(reply: FastifyReply, row: PreparedRow) {
  reply.header('etag', `"${row.version}"`)
  return preparedAnswer(row)
}

export function preparedRoutes({ prepared, programs }: { prepared: Prepared; programs: Pick<Programs, 'find'> }): FastifyPluginAsync {
  return async (app) => {
    app.get<ProgramParams>(path, async (request) => {
      const { id } = await programs.find(request.params.programId)
      const rows = await prepared.list(id, readQuery(PreparedQuery, request).kind)
      return { items: rows.map(preparedAnswer), nextCursor: null }
    })
    app.post<ProgramParams>(path, async (request, reply) => {
      const row = await prepared.make(request.params.programId, readBody(PreparedRequest, request))
      noteChange(request, { target: targetOf(row), after: preparedAnswer(row) })
      return reply.code(201).send(show(reply, row))
    })
    app.post<ProgramParams>(`${path}/import`, async (request, reply) => {
      const { programId } = request.params
      const asked = readBody(PreparedImport, request)
      const rows = await prepared.import(programId, asked)
      const { title } = await programs.find(programId)
      const after = { from: asked.programId, titles: rows.map((row) => row.title) }
      noteChange(request, { target: { kind: 'program', id: programId, name: title }, after })
      return reply.code(201).send({ items: rows.map(preparedAnswer), nextCursor: null })
    })
    app.patch<PreparedParams>(`${path}/:preparedId`, async (request, reply) => {
      const { programId, preparedId: id } = request.params
      const ifVersion = versionIn(request.headers['if-match'])
      const { before, after } = await prepared.patch({ programId, id }, { ifVersion, fields: readBody(PreparedPatch, request) })
      noteChange(request, { target: targetOf(after), before: preparedAnswer(before), after: preparedAnswer(after) })
      return show(reply, after)
    })
    app.delete<PreparedParams>(`${path}/:preparedId`, async (request, reply) => {
      const row = await prepared.remove(request.params.programId, request.params.preparedId)
      noteChange(request, { target: targetOf(row), before: preparedAnswer(row) })
      return reply.code(204).send()
    })
    app.post<PreparedParams>(`${path}/:preparedId/duplicate`, async (request, reply) => {
      const { programId, preparedId } = request.params
      const row = await prepared.duplicate(programId, preparedId)
      noteChange(request, { target: targetOf(row), after: { from: preparedId, ...preparedAnswer(row) } })
      return reply.code(201).send(show(reply, row))
    })
  }
}

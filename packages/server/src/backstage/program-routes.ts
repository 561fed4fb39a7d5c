// Owns: the administration of programs over HTTP. Who may is in the route table.
import {
  type Configuring,
  configuring,
  DuplicateRequest,
  type ImageKind,
  imageKinds,
  limits,
  type Program,
  ProgramPatch,
  ProgramQuery,
  ProgramRequest,
  Refusal,
  StateRequest,
  type StreamKeyAnswer,
  StreamKeyRequest,
} from '@voila/protocol'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { readBody, readQuery } from '../http/body.ts'
import { readPage } from '../store/page.ts'
import type { ProgramRow } from '../store/schema.ts'
import { noteChange } from './audit.ts'
import type { Checklist } from './checklist.ts'
import { type Images, imageIn } from './images.ts'
import type { Organizations } from './organizations.ts'
import { activitiesOf, type Moment, programAnswer } from './program-answers.ts'
import type { Programs } from './programs.ts'

type OrganizationParams = { Params: { organizationId: string } }
type ProgramParams = { Params: { programId: string } }
type ImageParams = { Params: { programId: string; kind: string } }

export type ProgramRouteParts = {
  readonly organizations: Pick<Organizations, 'find'>
  readonly programs: Programs
  readonly images: Images
  readonly checklist: Checklist
  /** Where people open the website, without a slash at the end. */
  baseUrl(): string
  /** Brings what an edit changes of activities into what is happening. */
  configure(program: ProgramRow, changes: readonly Configuring[]): Promise<void>
  /** What is so of these programs at this moment. */
  momentsOf(rows: readonly ProgramRow[]): Promise<(row: ProgramRow) => Moment>
  /** Where to publish a program's feed to, and the keys for it. */
  streamKey(program: ProgramRow): StreamKeyAnswer
}

const path = '/api/programs/:programId'
/** A new picture has a new address. */
const forEver = 'public, max-age=31536000, immutable'

const programTarget = ({ id, title }: ProgramRow) => ({ kind: 'program', id, name: title })

/**
 * The version that an editor had before them; undefined where they write whatever is there. A weak tag is taken too: proxies that compress
 * make weak ones of ours.
 *
 * @throws Refusal invalid_request
 */
export function versionIn(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const [, version] = /^\s*(?:W\/)?"(\d{1,15})"\s*$/.exec(ifMatch) ?? []
  if (version === undefined) throw new Refusal('invalid_request', { detail: 'If-Match: the ETag of what you read' })
  return Number(version)
}

function kindIn(text: string): ImageKind {
  const kind = imageKinds.find((each) => each === text)
  if (kind === undefined) throw new Refusal('not_found')
  return kind
}

export function programRoutes(parts: ProgramRouteParts): FastifyPluginAsync {
  const { organizations, programs, images, checklist } = parts

  /** Several rows at once, since what is so at this moment is asked for all of them together. */
  async function shown(rows: readonly ProgramRow[]): Promise<Program[]> {
    const momentOf = await parts.momentsOf(rows)
    return rows.map((row) => programAnswer(row, { baseUrl: parts.baseUrl(), ...momentOf(row) }))
  }
  async function show(reply: FastifyReply, row: ProgramRow): Promise<Program> {
    const [program] = (await shown([row])) as [Program]
    reply.header('etag', `"${row.version}"`)
    return program
  }
  /** For the audit log, which keeps what differs; what is so at this moment does not count. */
  const settled = (row: ProgramRow): Program => programAnswer(row, { baseUrl: parts.baseUrl(), viewers: 0, live: false })

  return async (app) => {
    app.post<OrganizationParams>('/api/organizations/:organizationId/programs', async (request, reply) => {
      const row = await programs.create(request.params.organizationId, readBody(ProgramRequest, request))
      noteChange(request, { target: programTarget(row), after: settled(row) })
      return reply.code(201).send(await show(reply, row))
    })
    app.get<OrganizationParams>('/api/organizations/:organizationId/programs', async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      const { items, nextCursor } = await programs.list(id, readPage(request.query), readQuery(ProgramQuery, request))
      return { items: await shown(items), nextCursor }
    })

    app.get<OrganizationParams>('/api/organizations/:organizationId/checklist', async (request) => {
      const { id } = await organizations.find(request.params.organizationId)
      return await checklist.read(id)
    })

    app.get<ProgramParams>(path, async (request, reply) => show(reply, await programs.read(request.params.programId)))
    app.patch<ProgramParams>(path, async (request, reply) => {
      const ifVersion = versionIn(request.headers['if-match'])
      const { before, after } = await programs.patch(request.params.programId, { ifVersion, fields: readBody(ProgramPatch, request) })
      noteChange(request, { target: programTarget(after), before: settled(before), after: settled(after) })
      await parts.configure(after, configuring(activitiesOf(after), activitiesOf(before)))
      return await show(reply, after)
    })
    app.delete<ProgramParams>(path, async (request, reply) => {
      const { before } = await programs.remove(request.params.programId)
      noteChange(request, { target: programTarget(before), before: settled(before) })
      return reply.code(204).send()
    })
    app.post<ProgramParams>(`${path}/duplicate`, async (request, reply) => {
      const row = await programs.duplicate(request.params.programId, readBody(DuplicateRequest, request))
      noteChange(request, { target: programTarget(row), after: { from: request.params.programId, ...settled(row) } })
      return reply.code(201).send(await show(reply, row))
    })
    app.post<ProgramParams>(`${path}/state`, async (request, reply) => {
      const { to } = readBody(StateRequest, request)
      const { before, after } = await programs.setState(request.params.programId, to)
      noteChange(request, { target: programTarget(after), before: { state: before.state }, after: { state: after.state } })
      return await show(reply, after)
    })

    app.get<ProgramParams>(`${path}/stream-key`, async (request) => parts.streamKey(await programs.find(request.params.programId)))
    app.post<ProgramParams>(`${path}/stream-key`, async (request) => {
      const { rotate = 'both' } = readBody(StreamKeyRequest, request)
      const { after } = await programs.rotateStreamKey(request.params.programId, rotate)
      noteChange(request, { target: programTarget(after), after: { rotated: rotate } })
      return parts.streamKey(after)
    })

    await app.register(async (upload) => {
      upload.removeAllContentTypeParsers()
      upload.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.imageBytes }, (_request, body, done) => done(null, body))
      upload.post<ImageParams>(`${path}/images/:kind`, async (request, reply) => {
        const { programId, kind: given } = request.params
        const kind = kindIn(given)
        const { before, after } = await programs.setImage(programId, { kind, image: imageIn(request.body) })
        noteChange(request, { target: programTarget(after), before: settled(before), after: settled(after) })
        return await show(reply, after)
      })
    })
    app.delete<ImageParams>(`${path}/images/:kind`, async (request, reply) => {
      const { programId, kind } = request.params
      const { before, after } = await programs.setImage(programId, { kind: kindIn(kind), image: undefined })
      noteChange(request, { target: programTarget(after), before: settled(before), after: settled(after) })
      return await show(reply, after)
    })
    app.get<{ Params: { imageId: string } }>('/images/:imageId', async (request, reply) => {
      const { type, bytes } = await images.find(request.params.imageId)
      // Opened by itself it is a picture and nothing else, whatever its bytes would like to be.
      return reply
        .headers({ 'content-type': type, 'cache-control': forEver, 'content-security-policy': "default-src 'none'; sandbox" })
        .send(bytes)
    })
  }
}

// Owns: the HTTP side of media: gated playlists and segments, renewed addresses, and what the team sees and takes away.
import type { MediaAnswer, MediaServer } from '@voila/media'
import { MediaRequest, type RecordingAnswer, Refusal, StreamInputRequest } from '@voila/protocol'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { noteChange } from '../backstage/audit.ts'
import type { Programs } from '../backstage/programs.ts'
import { clockOf } from '../backstage/zone-clock.ts'
import { attachment, fileNameOf } from '../http/attachment.ts'
import type { Authenticate } from '../http/authenticate.ts'
import { readBody } from '../http/body.ts'
import type { ProgramRow } from '../store/schema.ts'
import { healthAnswer } from './health-answer.ts'
import type { Media } from './media.ts'
import { mediaRoute, type Serving } from './serving.ts'

export type MediaRouteParts = {
  readonly media: Media
  readonly serve: Serving['serve']
  readonly programs: Pick<Programs, 'find' | 'chooseInput'>
  readonly authenticate: Pick<Authenticate, 'readSession'>
  /** Memory only: whether a feed comes to some node. */
  isFed(program: ProgramRow): boolean
  /** Unix milliseconds. */
  now(): number
}

type ProgramParams = { Params: { programId: string } }
type Query = Readonly<Record<string, string | string[] | undefined>>

/** `_HLS_msn`, `_HLS_part` and `_HLS_skip` of a blocking playlist reload (RFC 8216bis, 6.2.5). @throws Refusal invalid_request */
function reloadQuery(query: Query): { msn?: number; part?: number; skip?: boolean } {
  const number = (name: string): number | undefined => {
    const text = query[name]
    if (text === undefined) return undefined
    if (typeof text !== 'string' || !/^\d{1,10}$/.test(text)) throw new Refusal('invalid_request')
    return Number(text)
  }
  const msn = number('_HLS_msn')
  const part = number('_HLS_part')
  return {
    ...(msn === undefined ? {} : { msn }),
    ...(part === undefined ? {} : { part }),
    ...(query._HLS_skip === undefined ? {} : { skip: query._HLS_skip === 'YES' || query._HLS_skip === 'v2' }),
  }
}

/** What stands below a credential. */
const nameShape = /^((live|stream|plain)\.m3u8|[A-Za-z0-9_-]{1,32}\/(init-\d+\.mp4|s\d+(\.\d+)?\.m4s))$/

/** Credential and name below `/media/:programId/`; a name that stands alone comes without a credential. */
function pathOf(rest: string): { credential: string; name: string } {
  if (rest === '' || nameShape.test(rest)) return { credential: '', name: rest }
  const [credential = '', ...name] = rest.split('/')
  return { credential, name: name.join('/') }
}

function send(reply: FastifyReply, answer: MediaAnswer): FastifyReply {
  if (answer.status !== 200) throw new Refusal(answer.code)
  const { body, contentType, cacheControl } = answer
  return reply
    .headers({ 'content-type': contentType, 'cache-control': cacheControl })
    .send(Buffer.isBuffer(body) ? body : Buffer.concat(body))
}

/** Answers one range of RFC 9110, or nothing where the header asks for none or for several. @throws Refusal invalid_request */
function rangeOf(request: FastifyRequest, sizeBytes: number): { start: number; end: number } | undefined {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.headers.range ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from)
  const end = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (start > end) throw new Refusal('invalid_request')
  return { start, end }
}

/** The title, and when it began by a clock in the program's zone. */
function recordingName({ id, title, time_zone }: ProgramRow, startedAt: number): string {
  const began = clockOf(time_zone)(startedAt).slice(0, -':00'.length).replace(':', '.')
  return fileNameOf(`${title} ${began}`, { fallback: `${id} ${began}`, extension: 'mp4' })
}

export function mediaRoutes({ media, serve, programs, authenticate, isFed, now }: MediaRouteParts): FastifyPluginAsync {
  const server: MediaServer = media.server
  const showHealth = (row: ProgramRow) => healthAnswer(row, { health: server.health(row.id), isFed: isFed(row), now: now() })

  return async (app) => {
    app.get<{ Params: { programId: string; '*': string }; Querystring: Query }>(mediaRoute, async (request, reply) => {
      const { programId, '*': rest } = request.params
      const { credential, name } = pathOf(rest)
      return send(reply, await serve({ programId, credential, name, query: reloadQuery(request.query) }, reply.raw))
    })

    app.post<ProgramParams>('/api/programs/:programId/media', async (request, reply) => {
      const session = await authenticate.readSession(request)
      const { kind } = request.body === undefined || request.body === null ? { kind: 'short' as const } : readBody(MediaRequest, request)
      const { url, expiresAt } = media.accessFor(session, kind)
      return reply.header('cache-control', 'no-store').send({ url, expiresAt: new Date(expiresAt).toISOString() })
    })

    app.post<ProgramParams>('/api/programs/:programId/preview', async (request) => {
      const { id } = await programs.find(request.params.programId)
      const { by } = request
      const { url, expiresAt } = media.previewFor({ programId: id, userId: by?.kind === 'member' ? by.id : null })
      return { url, expiresAt: new Date(expiresAt).toISOString() }
    })

    app.get<ProgramParams>('/api/programs/:programId/stream-health', async (request) => {
      const program = await programs.find(request.params.programId)
      return showHealth(program)
    })
    app.post<ProgramParams>('/api/programs/:programId/stream-input', async (request) => {
      const { input } = readBody(StreamInputRequest, request)
      const { before, after } = await programs.chooseInput(request.params.programId, input)
      noteChange(request, {
        target: { kind: 'program', id: after.id, name: after.title },
        before: { input: before.stream_choice },
        after: { input: after.stream_choice },
      })
      return showHealth(after)
    })

    app.get<ProgramParams>('/api/programs/:programId/recordings', async (request) => {
      const { id } = await programs.find(request.params.programId)
      const items: RecordingAnswer[] = (await server.recordings.list(id)).map((recording) => ({
        id: recording.recordingId,
        startedAt: new Date(recording.startedAt).toISOString(),
        durationSeconds: recording.durationMs / 1_000,
        sizeBytes: recording.sizeBytes,
        complete: recording.endedAt !== undefined,
      }))
      return { items, nextCursor: null }
    })

    app.get<{ Params: { programId: string; recordingId: string } }>(
      '/api/programs/:programId/recordings/:recordingId/file',
      async (request, reply) => {
        const { programId, recordingId } = request.params
        const { program, startedAt } = await requireRecording(programId, recordingId)
        const recording = await server.recordings.open(recordingId)
        const range = rangeOf(request, recording.sizeBytes)
        const { start, end } = range ?? { start: 0, end: recording.sizeBytes - 1 }
        reply.headers({
          'content-type': recording.contentType,
          'content-length': end - start + 1,
          'content-disposition': attachment(recordingName(program, startedAt)),
          'accept-ranges': 'bytes',
          'cache-control': 'no-store',
          ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${recording.sizeBytes}` }),
        })
        return reply.code(range === undefined ? 200 : 206).send(recording.stream({ start, end }))
      },
    )

    app.delete<{ Params: { programId: string; recordingId: string } }>(
      '/api/programs/:programId/recordings/:recordingId',
      async (request, reply) => {
        const { programId, recordingId } = request.params
        const { program, startedAt } = await requireRecording(programId, recordingId)
        await server.recordings.remove(recordingId)
        noteChange(request, { target: { kind: 'recording', id: recordingId, name: recordingName(program, startedAt) } })
        return reply.code(204).send()
      },
    )
  }

  /** @throws Refusal program_unknown | recording_unknown */
  async function requireRecording(programId: string, recordingId: string): Promise<{ program: ProgramRow; startedAt: number }> {
    const program = await programs.find(programId)
    const recording = (await server.recordings.list(program.id)).find((each) => each.recordingId === recordingId)
    if (recording === undefined) throw new Refusal('recording_unknown')
    return { program, startedAt: recording.startedAt }
  }
}

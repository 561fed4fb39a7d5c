// Owns: the big screen over HTTP: its page, its links, and the pictures of slides. Who may is in the route table.
import { limits, Refusal, ScreenLinkRequest, type SlideAnswer } from '@voila/protocol'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { isScreenLink } from '../access/bearers.ts'
import { readBody } from '../http/body.ts'
import type { Pages } from '../http/pages.ts'
import type { Store } from '../store/store.ts'
import { noteChange } from './audit.ts'
import { type Images, imageIn, insertImage, slideCacheControl } from './images.ts'
import type { Programs } from './programs.ts'
import { type ScreenLinks, screenLinkAnswer } from './screen-links.ts'

type ProgramParams = { Params: { programId: string } }
type LinkParams = { Params: { programId: string; linkId: string } }
type SlideParams = { Params: { programId: string; imageId: string } }

const path = '/api/programs/:programId'
/** The link of a big screen by the bearer of a request; undefined where it brings none. @throws Refusal screen_link_invalid */
export async function screenOf(links: Pick<ScreenLinks, 'use'>, request: FastifyRequest): Promise<{ readonly linkId: string } | undefined> {
  const [, bearer = ''] = /^Bearer +(\S{1,512})$/i.exec(request.headers.authorization ?? '') ?? []
  const { programId = '' } = request.params as { programId?: string }
  return isScreenLink(bearer) ? await links.use(bearer, programId) : undefined
}

export function screenRoutes(parts: {
  store: Store
  links: ScreenLinks
  images: Images
  programs: Pick<Programs, 'find'>
  pages: Pick<Pages, 'screenPage' | 'screenHeaders'>
  baseUrl(): string
  now(): number
  teamOf(request: FastifyRequest): unknown
  /** @throws Refusal */
  readSession(request: FastifyRequest): Promise<unknown>
}): FastifyPluginAsync {
  const { store, links, images, programs, pages, now } = parts
  return async (app) => {
    // The same for everybody: what it may show is asked for by the secret in its fragment, which is not sent with the address.
    app.get<ProgramParams>('/screen/:programId', async (request, reply) =>
      reply.headers(pages.screenHeaders(request.headers.host)).send(pages.screenPage),
    )

    app.get<ProgramParams>(`${path}/screen-links`, async (request) => {
      const { id } = await programs.find(request.params.programId)
      return { items: (await links.list(id)).map(screenLinkAnswer), nextCursor: null }
    })
    app.post<ProgramParams>(`${path}/screen-links`, async (request, reply) => {
      const { id } = await programs.find(request.params.programId)
      const { row, secret } = await links.make(id, readBody(ScreenLinkRequest, request).name)
      const link = screenLinkAnswer(row)
      noteChange(request, { target: { kind: 'screen-link', id: row.id, name: row.name }, after: link })
      return reply.code(201).send({ link, url: `${parts.baseUrl()}/screen/${id}#${secret}` })
    })
    app.delete<LinkParams>(`${path}/screen-links/:linkId`, async (request, reply) => {
      const row = await links.revoke(request.params)
      noteChange(request, { target: { kind: 'screen-link', id: row.id, name: row.name }, after: screenLinkAnswer(row) })
      return reply.code(204).send()
    })

    await app.register(async (upload) => {
      upload.removeAllContentTypeParsers()
      upload.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.imageBytes }, (_request, body, done) => done(null, body))
      upload.post<ProgramParams>(`${path}/slides`, async (request, reply) => {
        const { id: programId, title } = await programs.find(request.params.programId)
        const image = imageIn(request.body)
        const imageId = await store.transaction(async (tx) => {
          const kept = await tx
            .selectFrom('images')
            .select((eb) => eb.fn.countAll<number>().as('count'))
            .where('program_id', '=', programId)
            .where('kind', '=', 'slide')
            .executeTakeFirstOrThrow()
          if (Number(kept.count) >= limits.slides) throw new Refusal('slides_full')
          return await insertImage(tx, { programId, kind: 'slide', image, at: now() })
        })
        noteChange(request, { target: { kind: 'program', id: programId, name: title }, after: { slide: imageId } })
        return reply.code(201).send({ imageId } satisfies SlideAnswer)
      })
    })
    app.get<SlideParams>(`${path}/slides/:imageId`, async (request, reply) => {
      const { programId, imageId } = request.params
      // Whoever is at the program: the team, a big screen, an attendee's session. Of attendees only those without a picture come this way.
      if (parts.teamOf(request) === undefined && (await screenOf(links, request)) === undefined) await parts.readSession(request)
      const { type, bytes } = await images.findSlide(imageId, programId)
      return reply.header('cache-control', slideCacheControl).type(type).send(bytes)
    })
  }
}

// Owns: the way of a media request from the gate to the bytes.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MediaAnswer, ReloadQuery } from '@voila/media'
import { Refusal } from '@voila/protocol'
import { type Images, type NewImage, slideCacheControl } from '../backstage/images.ts'
import type { Quick, QuickAnswer } from '../http/short-way.ts'
import { admit, requireStanding } from './gate.ts'
import type { Media } from './media.ts'

/** `credential` and `name`: what stands below `/media/:programId/`. */
export type MediaAsked = { readonly programId: string; readonly credential: string; readonly name: string; readonly query: ReloadQuery }

export const mediaRoute = '/media/:programId/*'

/** Addresses as our playlists and players write them; every other is left to the route. */
const usualUrl =
  /^\/media\/([a-z0-9]{12})\/([A-Za-z0-9_-]{70})\/([A-Za-z0-9_./-]{1,80})(?:\?_HLS_msn=(\d{1,10})(?:&_HLS_part=(\d{1,10}))?)?$/

function askedBy({ url = '' }: IncomingMessage): MediaAsked | undefined {
  const [, programId, credential, name, msn, part] = usualUrl.exec(url) ?? []
  if (programId === undefined || credential === undefined || name === undefined) return undefined
  const query = { ...(msn === undefined ? {} : { msn: Number(msn) }), ...(part === undefined ? {} : { part: Number(part) }) }
  return { programId, credential, name, query }
}

/** The pictures of slides go the way of segments: when the team turns a page, all who watch ask for the next one at once. */
const slideShape = /^slides\/([A-Za-z0-9_-]{22})$/

const answerWith = ({ type, bytes }: NewImage): Extract<MediaAnswer, { status: 200 }> => ({
  status: 200,
  contentType: type,
  cacheControl: slideCacheControl,
  body: bytes,
})

/** @param parts.now  Unix milliseconds */
export function createServing({
  media: { gate, server },
  slides,
  now,
}: {
  media: Pick<Media, 'gate' | 'server'>
  slides: Pick<Images, 'findSlide' | 'heldSlide'>
  now(): number
}) {
  const seconds = (): number => Math.floor(now() / 1_000)

  async function streamed({ programId, name, query }: MediaAsked, response: ServerResponse): Promise<MediaAnswer> {
    const gone = new AbortController()
    const leave = (): void => gone.abort()
    response.once('close', leave)
    const answer = await server.serve({ streamId: programId, name, query, signal: gone.signal })
    response.off('close', leave)
    return answer
  }

  /** The answer, at once or when what it waits for is there. @throws Refusal of the gate | image_unknown */
  async function serve(asked: MediaAsked, response: ServerResponse): Promise<MediaAnswer> {
    const { programId, credential, name } = asked
    const holder = admit(gate, { programId, credential, now: seconds() })
    const [, slide] = slideShape.exec(name) ?? []
    const answer = slide === undefined ? await streamed(asked, response) : answerWith(await slides.findSlide(slide, programId))
    // A playlist that has waited for seconds is not for somebody who was sent away meanwhile.
    requireStanding(gate, { programId, holder })
    return answer
  }

  /** What is there at this moment. @throws Refusal of the gate */
  function held({ programId, credential, name }: MediaAsked): MediaAnswer | undefined {
    admit(gate, { programId, credential, now: seconds() })
    const [, slide] = slideShape.exec(name) ?? []
    if (slide !== undefined) {
      const image = slides.heldSlide(slide, programId)
      return image === undefined ? undefined : answerWith(image)
    }
    return server.held({ streamId: programId, name })
  }

  const quickOf = (answer: MediaAnswer | undefined): QuickAnswer | undefined =>
    answer?.status === 200 ? { route: mediaRoute, ...answer } : undefined

  /** A refusal is the route's to tell. */
  function leaveToRoute(error: unknown): undefined {
    if (!(error instanceof Refusal)) throw error
  }

  const quick: Quick = (request, response) => {
    const asked = askedBy(request)
    if (asked === undefined) return undefined
    if (asked.query.msn !== undefined) return serve(asked, response).then(quickOf, leaveToRoute)
    try {
      return quickOf(held(asked))
    } catch (error) {
      return leaveToRoute(error)
    }
  }

  return { serve, quick }
}

export type Serving = ReturnType<typeof createServing>

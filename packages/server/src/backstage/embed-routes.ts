// Owns: what a page of somebody else's is given to embed the player: the script, its types, and the page of the iframe.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Refusal } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import type { Pages } from '../http/pages.ts'
import type { Organizations } from './organizations.ts'
import { embedOriginsOf, guestsOf } from './program-answers.ts'
import type { Programs } from './programs.ts'

/** Names without a hash, since customers write them into their pages: kept for minutes, so that an update arrives. */
const cacheControl = 'public, max-age=300'

const files = [
  { name: 'voila.js', type: 'text/javascript; charset=utf-8' },
  { name: 'voila.d.ts', type: 'text/plain; charset=utf-8' },
] as const

/** @throws Error when `webDir` holds no embed script */
export function embedRoutes({
  programs,
  organizations,
  pages,
  webDir,
}: {
  programs: Pick<Programs, 'find'>
  organizations: Pick<Organizations, 'find'>
  pages: Pick<Pages, 'embedPage' | 'embedHeaders'>
  webDir: string
}): FastifyPluginAsync {
  const served = files.map(({ name, type }) => {
    const plain = readFileSync(join(webDir, name))
    return { name, type, plain, gzip: gzipSync(plain), etag: `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"` }
  })

  return async (app) => {
    for (const { name, type, plain, gzip, etag } of served) {
      app.get(`/${name}`, async (request, reply) => {
        reply.headers({
          'cache-control': cacheControl,
          etag,
          vary: 'accept-encoding',
          // Other sites' pages load it, also those that ask for CORS by an integrity attribute.
          'cross-origin-resource-policy': 'cross-origin',
          'access-control-allow-origin': '*',
        })
        if (request.headers['if-none-match']?.includes(etag) === true) return reply.code(304).send()
        const zipped = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
        if (zipped) reply.header('content-encoding', 'gzip')
        return reply.type(type).send(zipped ? gzip : plain)
      })
    }

    // Says nothing of the program but where it may be embedded: who somebody is comes later, by message and by bearer.
    app.get<{ Params: { programId: string } }>('/embed/:programId', async (request, reply) => {
      const { programId } = request.params
      const program = await programs.find(programId).catch((error: unknown) => {
        const byFrame = request.headers.accept?.includes('text/html') === true
        if (byFrame && error instanceof Refusal && error.code === 'program_unknown') return undefined
        throw error
      })
      if (program === undefined) {
        // In any page, which reads no more of it than the status: so whoever wrote the id there sees what is wrong with it.
        return reply
          .code(404)
          .headers(pages.embedHeaders(request.headers.host, ['*']))
          .send(pages.embedPage({ programId, allowedOrigins: [], guests: 'none', refusal: 'program_unknown' }))
      }
      const { embedOrigins } = await organizations.find(program.organization_id)
      const allowedOrigins = [...new Set([...embedOrigins, ...embedOriginsOf(program)])]
      return reply
        .headers(pages.embedHeaders(request.headers.host, allowedOrigins))
        .send(pages.embedPage({ programId: program.id, allowedOrigins, guests: guestsOf(program) }))
    })
  }
}

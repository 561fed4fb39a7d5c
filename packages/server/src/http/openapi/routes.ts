// Owns: where the API's documentation is answered: the document, and the page that shows it.
import { readFileSync } from 'node:fs'
import type { FastifyPluginAsync } from 'fastify'
import type { Pages } from '../pages.ts'
import { openApiDocument } from './document.ts'

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }

export function openApiRoutes({ pages }: { pages: Pick<Pages, 'docsPage' | 'headers'> }): FastifyPluginAsync {
  const document = JSON.stringify(openApiDocument({ version }))
  return async (app) => {
    app.get('/api/openapi.json', async (_request, reply) =>
      reply.headers({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' }).send(document),
    )
    app.get('/api/docs', async (request, reply) => reply.headers(pages.headers(request.headers.host)).send(pages.docsPage))
  }
}

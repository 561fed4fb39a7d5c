// Owns: the routes of the site itself: the files of the website, Backstage's page, the pages of problem types, health and figures.
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { isErrorCode, Refusal } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import { sql } from 'kysely'
import type { Store } from '../store/store.ts'
import type { Metrics } from './metrics.ts'
import type { Pages } from './pages.ts'
import { problemPage, problemPageHeaders } from './problem-page.ts'

/** A probe that waits longer than this for the database says no. */
const readyMs = 2_000

/** Whether the database answers in time. */
async function isReady(store: Store): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), readyMs)
  })
  const asked = sql`select 1`.execute(store.db).then(
    () => true,
    () => false,
  )
  return await Promise.race([asked, late]).finally(() => clearTimeout(timer))
}

/** @param parts.isStopping  from then on `/readyz` says no, so that no new people are sent here */
export function siteRoutes(parts: {
  store: Store
  metrics: Metrics
  pages: Pages
  webDir: string
  isStopping(): boolean
}): FastifyPluginAsync {
  const { store, metrics, pages } = parts
  return async (app) => {
    await app.register(fastifyStatic, {
      root: join(parts.webDir, 'assets'),
      prefix: '/assets/',
      decorateReply: false,
      index: false,
      redirect: false,
      // Names carry a hash of the content, and the compressed forms lie beside the files.
      preCompressed: true,
      setHeaders: (response) => void response.setHeader('vary', 'accept-encoding'),
      immutable: true,
      maxAge: '365d',
    })

    for (const path of ['/backstage', '/backstage/*']) {
      app.get(path, async (request, reply) => reply.headers(pages.backstageHeaders(request.headers.host)).send(pages.backstagePage))
    }

    app.get<{ Params: { code: string } }>('/problems/:code', async (request, reply) => {
      const { code } = request.params
      if (!isErrorCode(code)) throw new Refusal('not_found')
      return reply.headers(problemPageHeaders).send(problemPage(code))
    })

    app.get('/healthz', async (_request, reply) => reply.header('cache-control', 'no-store').send({ ok: true }))
    app.get('/readyz', async (_request, reply) => {
      if (parts.isStopping() || !(await isReady(store))) throw new Refusal('unavailable')
      return reply.header('cache-control', 'no-store').send({ ok: true })
    })
    app.get('/metrics', async (_request, reply) => {
      const text = await metrics.registry.metrics()
      return reply.type(metrics.registry.contentType).header('cache-control', 'no-store').send(text)
    })
  }
}

// Owns: the audience of a program over HTTP. Who may is in the route table.
import { AudienceQuery } from '@voila/protocol'
import type { FastifyPluginAsync } from 'fastify'
import { fileNameOf } from '../http/attachment.ts'
import { readQuery } from '../http/body.ts'
import { sendCsv } from '../http/csv.ts'
import { readPage } from '../store/page.ts'
import type { Audience, Watched } from './audience.ts'
import type { Curve } from './curve.ts'
import type { Programs } from './programs.ts'
import { clockOf } from './zone-clock.ts'

type ProgramParams = { Params: { programId: string } }

const path = '/api/programs/:programId'

async function* rowsOf(pages: AsyncIterable<readonly Watched[]>, clock: (ms: number) => string) {
  for await (const visits of pages) {
    yield visits.map(({ attendee, fromMs, toMs }) => ({
      name: attendee.displayName,
      email: attendee.email ?? '',
      from: clock(fromMs),
      to: clock(toMs),
      minutes: Math.round((toMs - fromMs) / 6_000) / 10,
    }))
  }
}

export function audienceRoutes(parts: { programs: Pick<Programs, 'find'>; audience: Audience; curve: Curve }): FastifyPluginAsync {
  const { programs, audience, curve } = parts

  return async (app) => {
    app.get<ProgramParams>(`${path}/audience`, async (request) => {
      const { id } = await programs.find(request.params.programId)
      return await audience.list(id, readPage(request.query), readQuery(AudienceQuery, request))
    })
    app.get<ProgramParams>(`${path}/audience/curve`, async (request) => {
      const { id } = await programs.find(request.params.programId)
      return await curve.read(id)
    })
    app.get<ProgramParams>(`${path}/audience.csv`, async (request, reply) => {
      const { id, title, time_zone: zone } = await programs.find(request.params.programId)
      return sendCsv(reply, {
        fileName: fileNameOf(`${title} - audience`, { fallback: `${id} audience`, extension: 'csv' }),
        columns: { name: 'name', email: 'e-mail', from: `from (${zone})`, to: `to (${zone})`, minutes: 'minutes' },
        pages: rowsOf(audience.watched(id), clockOf(zone)),
      })
    })
  }
}

// Owns: the log of the team's doings over HTTP. Who may is in the route table.
import type { FastifyPluginAsync } from 'fastify'
import type { ProgramRow } from '../store/schema.ts'
import type { TeamActions } from './team-actions.ts'

export function teamActionRoutes(parts: {
  readonly programs: { find(id: string): Promise<ProgramRow> }
  readonly actions: TeamActions
}): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Params: { programId: string } }>('/api/programs/:programId/moderation/actions', async (request) =>
      parts.actions.list(await parts.programs.find(request.params.programId), request.query),
    )
  }
}

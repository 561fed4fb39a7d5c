// Owns: the log of what the team did in a program's activities, read from the program log.
import { type ListAnswer, limits, type Person, Refusal, type TeamActionAnswer, teamActionOf, teamActionTypes } from '@voila/protocol'
import { z } from 'zod'
import type { ProgramRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'

export type TeamActions = ReturnType<typeof createTeamActions>

const defaultItems = 50

/** `cursor`: nextCursor of the page before. */
export const TeamActionsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(limits.pageItems).optional().describe('Items of the page; 50 where it is not given.'),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe('nextCursor of the page before.'),
})

type Body = { readonly [key: string]: unknown } | null
const textIn = (body: Body): string | null => (typeof body?.text === 'string' ? body.text : null)

export function createTeamActions({
  store,
  people,
}: {
  store: Pick<Store, 'db'>
  people(ids: readonly string[], programId: string): Promise<ReadonlyMap<string, Person>>
}) {
  /** What these entries say, by their seq: the words that were approved or dismissed. */
  async function textsOf({ id, run }: Pick<ProgramRow, 'id' | 'run'>, seqs: readonly number[]): Promise<Map<number, string | null>> {
    if (seqs.length === 0) return new Map()
    const rows = await store.db
      .selectFrom('program_log')
      .select(['seq', 'body'])
      .where('program_id', '=', id)
      .where('run', '=', run)
      .where('seq', 'in', [...new Set(seqs)])
      .execute()
    return new Map(rows.map(({ seq, body }) => [seq, textIn(JSON.parse(body) as Body)]))
  }

  return {
    /** Of the run that is shown, newest first. @throws Refusal invalid_request */
    async list(program: Pick<ProgramRow, 'id' | 'run'>, query: unknown): Promise<ListAnswer<TeamActionAnswer>> {
      const read = TeamActionsQuery.safeParse(query ?? {})
      if (!read.success) throw new Refusal('invalid_request', { detail: 'cursor: take it from nextCursor of the page before' })
      const { limit = defaultItems, cursor } = read.data
      let rowsBefore = store.db
        .selectFrom('program_log')
        .select(['seq', 'at', 'type', 'actor_id', 'body'])
        .where('program_id', '=', program.id)
        .where('run', '=', program.run)
        .where('type', 'in', teamActionTypes)
      if (cursor !== undefined) rowsBefore = rowsBefore.where('seq', '<', Number(cursor))
      const rows = await rowsBefore
        .orderBy('seq', 'desc')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const done = page.flatMap(({ body: json, ...row }) => {
        const body = JSON.parse(json) as Body
        const action = teamActionOf(row.type, body)
        const of = action?.of === undefined ? undefined : body?.[action.of]
        return action === undefined ? [] : [{ ...row, body, says: action.says, of }]
      })
      const items = done.flatMap(({ of }) => (typeof of === 'number' ? [of] : []))
      const ids = done.flatMap(({ actor_id, of }) => [actor_id, ...(typeof of === 'string' ? [of] : [])])
      const [texts, named] = await Promise.all([textsOf(program, items), people([...new Set(ids)], program.id)])
      const nameOf = (id: string): string | null => named.get(id)?.displayName ?? null
      return {
        items: done.map(({ seq, at, type, actor_id, body, says, of }) => ({
          seq,
          at: new Date(at).toISOString(),
          type,
          says,
          actorId: actor_id,
          actorName: nameOf(actor_id),
          attendeeName: typeof of === 'string' ? nameOf(of) : null,
          text: textIn(body) ?? (typeof of === 'number' ? (texts.get(of) ?? null) : null),
        })),
        nextCursor: rows.length > limit ? String(page.at(-1)?.seq) : null,
      }
    },
  }
}

// Owns: programs: what they are, which state they are in, and what each node knows of them without asking the database.
import { randomInt } from 'node:crypto'
import {
  type ListAnswer,
  type ProgramPatch,
  type ProgramRequest,
  type ProgramState,
  programIdPattern,
  programStates,
  Refusal,
} from '@voila/protocol'
import type { Transaction } from 'kysely'
import type { z } from 'zod'
import { laterThanBefore } from '../store/changed.ts'
import { folded } from '../store/folded.ts'
import { createMirror } from '../store/mirror.ts'
import { isDuplicate } from '../store/outage.ts'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { ProgramRow, Schema } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { liveRun, runsAfter } from './runs.ts'

export type Programs = ReturnType<typeof createPrograms>
export type StreamInput = 'primary' | 'backup' | 'both'

const everyMs = 1_000
const idCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const idLength = 12

function newProgramId(): string {
  return Array.from({ length: idLength }, () => idCharacters[randomInt(idCharacters.length)]).join('')
}

/** Only what was given; a field that is absent stays as it is. */
function changesOf(patch: z.infer<typeof ProgramPatch>): Partial<ProgramRow> {
  return {
    ...(patch.title === undefined ? {} : { title: patch.title, title_folded: folded(patch.title) }),
    ...(patch.description === undefined ? {} : { description: patch.description }),
    ...(patch.language === undefined ? {} : { language: patch.language }),
    ...(patch.startsAt === undefined ? {} : { starts_at: Date.parse(patch.startsAt) }),
    ...(patch.signInUrl === undefined ? {} : { sign_in_url: patch.signInUrl }),
    ...(patch.embedOrigins === undefined ? {} : { embed_origins: JSON.stringify(patch.embedOrigins) }),
    ...(patch.partnerKeys === undefined ? {} : { partner_keys: patch.partnerKeys ? 1 : 0 }),
    ...(patch.accent === undefined ? {} : { accent: patch.accent }),
    ...(patch.timeZone === undefined ? {} : { time_zone: patch.timeZone }),
  }
}

export function createPrograms({ store, now, onError }: { store: Store; now(): number; onError?(error: unknown): void }) {
  const mirror = createMirror<string, ProgramRow>({
    store,
    load: (since) => store.db.selectFrom('programs').selectAll().where('changed_at', '>=', since).execute(),
    key: (row) => row.id,
    changedAt: (row) => row.changed_at,
    everyMs,
    topic: 'programs',
    now,
    ...(onError === undefined ? {} : { onError }),
  })

  function wrote(row: ProgramRow): ProgramRow {
    mirror.put(row)
    store.wake('programs')
    return row
  }

  /** From the database, for a decision that must not rest on what was so a second ago. @throws Refusal program_unknown */
  async function read(id: string): Promise<ProgramRow> {
    const row = programIdPattern.test(id)
      ? await store.db.selectFrom('programs').selectAll().where('id', '=', id).executeTakeFirst()
      : undefined
    if (row === undefined) throw new Refusal('program_unknown')
    mirror.put(row)
    return row
  }

  /** The row, locked until the transaction ends. @throws Refusal program_unknown */
  async function lock(tx: Transaction<Schema>, id: string): Promise<ProgramRow> {
    const query = tx.selectFrom('programs').selectAll().where('id', '=', id)
    const row = await (store.kind === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
    if (row === undefined) throw new Refusal('program_unknown')
    return row
  }

  /** Changes a program by what `decide` says of its present row; one change at a time. */
  async function change(
    id: string,
    decide: (tx: Transaction<Schema>, row: ProgramRow) => Promise<Partial<ProgramRow>>,
  ): Promise<ProgramRow> {
    const changed = await store.transaction(async (tx) => {
      const changes = await decide(tx, await lock(tx, id))
      return await tx
        .updateTable('programs')
        .set({ ...changes, changed_at: laterThanBefore(now()) })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow()
    })
    return wrote(changed)
  }

  async function insert(row: ProgramRow): Promise<void> {
    await store.transaction(async (tx) => {
      await tx.insertInto('programs').values(row).execute()
      await tx.insertInto('program_runs').values({ program_id: row.id, run: liveRun, kind: 'live' }).execute()
    })
  }

  return {
    /** From memory alone: a program that another node made less than a second ago may be missing. */
    get: (id: string): ProgramRow | undefined => mirror.get(id),
    onChange: mirror.onChange,
    refresh: mirror.refresh,
    close: mirror.close,

    /** From memory, else from the database. @throws Refusal program_unknown */
    find: async (id: string): Promise<ProgramRow> => mirror.get(id) ?? (await read(id)),
    read,

    /** A new draft, private as every program is. @throws Refusal organization_unknown */
    async create(organizationId: string, request: z.infer<typeof ProgramRequest>): Promise<ProgramRow> {
      const at = now()
      const known = await store.db.selectFrom('organizations').select('id').where('id', '=', organizationId).executeTakeFirst()
      if (known === undefined) throw new Refusal('organization_unknown')
      const row: ProgramRow = {
        id: newProgramId(),
        organization_id: organizationId,
        title: request.title,
        title_folded: folded(request.title),
        description: request.description ?? '',
        language: request.language ?? 'en',
        starts_at: Date.parse(request.startsAt),
        state: 'draft',
        state_since: at,
        sign_in_url: request.signInUrl ?? null,
        embed_origins: JSON.stringify(request.embedOrigins ?? []),
        partner_keys: request.partnerKeys === false ? 0 : 1,
        accent: request.accent ?? null,
        time_zone: request.timeZone ?? 'UTC',
        version: 1,
        cover_id: null,
        logo_id: null,
        run: liveRun,
        last_run: liveRun,
        stream_key_version: 1,
        backup_key_version: 1,
        stream_choice: 'auto',
        feed_node: null,
        first_fed_at: null,
        created_at: at,
        changed_at: at,
        deleted_at: null,
      }
      try {
        await insert(row)
      } catch (error) {
        // 36^12 ids: that one is taken is a broken random source rather than chance, and no reason to loop.
        if (isDuplicate(error)) throw new Refusal('conflict')
        throw error
      }
      return wrote(row)
    },

    /** @throws Refusal program_unknown */
    patch: (id: string, request: z.infer<typeof ProgramPatch>): Promise<ProgramRow> => change(id, async () => changesOf(request)),

    /**
     * Takes a program to another state; entering rehearsal makes a run, leaving it throws that run's log away.
     *
     * @throws Refusal program_unknown | state_conflict
     */
    setState: (id: string, to: ProgramState): Promise<ProgramRow> =>
      change(id, async (tx, row) => {
        const { next } = programStates[row.state]
        if (!next.includes(to)) {
          throw new Refusal('state_conflict', { detail: `From ${row.state} it can go to ${next.join(', ') || 'no other state'}.` })
        }
        return { state: to, state_since: now(), ...(await runsAfter(tx, row, to)) }
      }),

    /** Makes the present stream key of an input worthless and another one valid. @throws Refusal program_unknown */
    rotateStreamKey: (id: string, input: StreamInput): Promise<ProgramRow> =>
      change(id, async (_tx, row) => ({
        ...(input === 'backup' ? {} : { stream_key_version: row.stream_key_version + 1 }),
        ...(input === 'primary' ? {} : { backup_key_version: row.backup_key_version + 1 }),
      })),

    /** Those of one organization, newest first. */
    async list(organizationId: string, page: PageRequest): Promise<ListAnswer<ProgramRow>> {
      const query = store.db.selectFrom('programs').selectAll().where('organization_id', '=', organizationId)
      const rows = await paged(query, page, { at: 'created_at', id: 'id', order: 'newest-first' }).execute()
      return pageOf(rows, { limit: page.limit, placeOf: (row) => ({ at: row.created_at, id: row.id }), show: (row) => row })
    },
  }
}

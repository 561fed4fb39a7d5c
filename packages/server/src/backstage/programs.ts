// Owns: programs: what they are, which state they are in, and what each node knows of them without asking the database.
import {
  type DuplicateRequest,
  type ImageKind,
  type ListAnswer,
  type ProgramPatch,
  type ProgramQuery,
  type ProgramRequest,
  type ProgramState,
  programIdPattern,
  programStates,
  Refusal,
} from '@voila/protocol'
import { type SqlBool, sql, type Transaction } from 'kysely'
import type { z } from 'zod'
import { laterThanBefore } from '../store/changed.ts'
import { likeAnywhere } from '../store/folded.ts'
import { createMirror } from '../store/mirror.ts'
import { isDuplicate } from '../store/outage.ts'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { ProgramRow, Schema } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { copyImages, insertImage, type NewImage } from './images.ts'
import { changesOf, duplicateOf, newProgram } from './program-fields.ts'
import { liveRun, runsAfter } from './runs.ts'

export type Programs = ReturnType<typeof createPrograms>
export type StreamKeyInput = 'primary' | 'backup' | 'both'
/** A program before and after what was done to it, as the change itself found it. */
export type Changed = { readonly before: ProgramRow; readonly after: ProgramRow }

const everyMs = 1_000
/** Rows of programs that are gone are held so long, so that whoever listens on another node hears of it. */
const keepGoneMs = 60_000

const columnOf = { cover: 'cover_id', logo: 'logo_id' } as const satisfies Record<ImageKind, keyof ProgramRow>

function statesIn(text: string): ProgramState[] {
  const names = text.split(',')
  const unknown = names.find((name) => !Object.hasOwn(programStates, name))
  if (unknown !== undefined) throw new Refusal('invalid_request', { detail: `state: ${Object.keys(programStates).join(', ')}` })
  return names as ProgramState[]
}

export function createPrograms({ store, now, onError }: { store: Store; now(): number; onError?(error: unknown): void }) {
  const mirror = createMirror<string, ProgramRow>({
    store,
    load: (since) => store.db.selectFrom('programs').selectAll().where('changed_at', '>=', since).execute(),
    key: (row) => row.id,
    changedAt: (row) => row.changed_at,
    keep: (row, at) => row.deleted_at === null || at - row.deleted_at < keepGoneMs,
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

  function get(id: string): ProgramRow | undefined {
    const row = mirror.get(id)
    return row?.deleted_at === null ? row : undefined
  }

  /** From the database, for a decision that must not rest on what was so a second ago. @throws Refusal program_unknown */
  async function read(id: string): Promise<ProgramRow> {
    const row = programIdPattern.test(id)
      ? await store.db.selectFrom('programs').selectAll().where('id', '=', id).executeTakeFirst()
      : undefined
    if (row !== undefined) mirror.put(row)
    if (row?.deleted_at !== null) throw new Refusal('program_unknown')
    return row
  }

  /** The row, locked until the transaction ends. @throws Refusal program_unknown */
  async function lock(tx: Transaction<Schema>, id: string): Promise<ProgramRow> {
    const query = tx.selectFrom('programs').selectAll().where('id', '=', id).where('deleted_at', 'is', null)
    const row = await (store.kind === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
    if (row === undefined) throw new Refusal('program_unknown')
    return row
  }

  /** Changes a program by what `decide` says of its present row; one change at a time. Nothing is written where that is nothing. */
  async function change(id: string, decide: (tx: Transaction<Schema>, row: ProgramRow) => Promise<Partial<ProgramRow>>): Promise<Changed> {
    const changed = await store.transaction(async (tx) => {
      const before = await lock(tx, id)
      const changes = await decide(tx, before)
      if (Object.keys(changes).length === 0) return { before, after: before }
      const after = await tx
        .updateTable('programs')
        .set({ ...changes, changed_at: laterThanBefore(now()) })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow()
      return { before, after }
    })
    wrote(changed.after)
    return changed
  }

  /** @param more  what belongs to it, in the same transaction; answers the row as it is then */
  async function insert(row: ProgramRow, more?: (tx: Transaction<Schema>) => Promise<ProgramRow>): Promise<ProgramRow> {
    try {
      const inserted = await store.transaction(async (tx) => {
        await tx.insertInto('programs').values(row).execute()
        await tx.insertInto('program_runs').values({ program_id: row.id, run: liveRun, kind: 'live' }).execute()
        return (await more?.(tx)) ?? row
      })
      return wrote(inserted)
    } catch (error) {
      // 36^12 ids: that one is taken is a broken random source rather than chance, and no reason to loop.
      if (isDuplicate(error)) throw new Refusal('conflict')
      throw error
    }
  }

  return {
    /** From memory alone: a program that another node made less than a second ago may be missing. */
    get,
    /** All that this node knows, those that are gone among them. */
    all: mirror.all,
    /** Those that this node knows to be live. */
    live: (): ProgramRow[] => [...mirror.all()].filter((row) => row.state === 'live' && row.deleted_at === null),
    /** Also hears of one that is gone, by its `deleted_at`. */
    onChange: mirror.onChange,
    refresh: mirror.refresh,
    close: mirror.close,

    /** From memory, else from the database. @throws Refusal program_unknown */
    find: async (id: string): Promise<ProgramRow> => get(id) ?? (await read(id)),
    read,

    /** A new draft, private as every program is. @throws Refusal organization_unknown */
    async create(organizationId: string, request: z.infer<typeof ProgramRequest>): Promise<ProgramRow> {
      const known = await store.db.selectFrom('organizations').select('id').where('id', '=', organizationId).executeTakeFirst()
      if (known === undefined) throw new Refusal('organization_unknown')
      return await insert(newProgram(request, { organizationId, at: now() }))
    },

    /** A new draft with the same settings and pictures, and none of what happened. @throws Refusal program_unknown */
    async duplicate(id: string, { title, startsAt }: z.infer<typeof DuplicateRequest>): Promise<ProgramRow> {
      const from = await read(id)
      const row = duplicateOf(from, { title, startsAt, at: now() })
      return await insert(row, (tx) => copyImages(tx, { from, to: row, at: row.created_at }))
    },

    /**
     * Sets fields. The version grows with what really changes, and with nothing else: neither with states nor with pictures, which are no
     * part of what two people may overwrite for each other.
     *
     * @param request.ifVersion  the version that was edited; the edit is made whatever has happened since where it is absent
     * @throws Refusal program_unknown | edited_meanwhile
     */
    patch: (
      id: string,
      { ifVersion, fields }: { ifVersion?: number | undefined; fields: z.infer<typeof ProgramPatch> },
    ): Promise<Changed> =>
      change(id, async (_tx, row) => {
        if (ifVersion !== undefined && ifVersion !== row.version) {
          throw new Refusal('edited_meanwhile', { detail: `The present version is ${row.version}.` })
        }
        return changesOf(row, fields)
      }),

    /**
     * Takes a program to another state; entering rehearsal makes a run, leaving it throws that run's log away.
     *
     * @throws Refusal program_unknown | state_conflict
     */
    setState: (id: string, to: ProgramState): Promise<Changed> =>
      change(id, async (tx, row) => {
        const { next } = programStates[row.state]
        if (!next.includes(to)) {
          throw new Refusal('state_conflict', { detail: `From ${row.state} it can go to ${next.join(', ') || 'no other state'}.` })
        }
        return { state: to, state_since: now(), ...(await runsAfter(tx, row, to)) }
      }),

    /** Shows another cover or logo, or none. @throws Refusal program_unknown */
    setImage: (id: string, { kind, image }: { kind: ImageKind; image: NewImage | undefined }): Promise<Changed> =>
      change(id, async (tx, row) => {
        const column = columnOf[kind]
        const former = row[column]
        const imageId = image === undefined ? null : await insertImage(tx, { programId: id, kind, image, at: now() })
        if (former !== null) await tx.deleteFrom('images').where('id', '=', former).execute()
        return { [column]: imageId }
      }),

    /** Makes the present stream key of an input worthless and another one valid. @throws Refusal program_unknown */
    rotateStreamKey: (id: string, input: StreamKeyInput): Promise<Changed> =>
      change(id, async (_tx, row) => ({
        ...(input === 'backup' ? {} : { stream_key_version: row.stream_key_version + 1 }),
        ...(input === 'primary' ? {} : { backup_key_version: row.backup_key_version + 1 }),
      })),

    /** Which input is shown; the node with the feed hears of it as of any change. @throws Refusal program_unknown */
    chooseInput: (id: string, input: ProgramRow['stream_choice']): Promise<Changed> =>
      change(id, async (_tx, row) => (row.stream_choice === input ? {} : { stream_choice: input })),

    /** Remembers that a feed comes to a node, or that none comes to it any more. @throws Refusal program_unknown */
    noteFeed: (id: string, { nodeId, live }: { nodeId: string; live: boolean }): Promise<Changed> =>
      change(id, async (_tx, row) => {
        if (live) return { feed_node: nodeId, first_fed_at: row.first_fed_at ?? now() }
        // Another node may have taken over since.
        return row.feed_node === nodeId ? { feed_node: null } : {}
      }),

    /**
     * Takes a program away. From here on nobody knows it; what belongs to it is deleted soon after, when every node has heard.
     *
     * @throws Refusal program_unknown | state_conflict
     */
    remove: (id: string): Promise<Changed> =>
      change(id, async (_tx, { state }) => {
        if (state === 'live' || state === 'rehearsal') {
          throw new Refusal('state_conflict', { detail: `A program in ${state} can’t be deleted. End it first.` })
        }
        return { deleted_at: now() }
      }),

    /** Those of one organization, newest first. @throws Refusal invalid_request for a state that is none */
    async list(
      organizationId: string,
      page: PageRequest,
      { search, state }: z.infer<typeof ProgramQuery> = {},
    ): Promise<ListAnswer<ProgramRow>> {
      let query = store.db.selectFrom('programs').selectAll().where('organization_id', '=', organizationId).where('deleted_at', 'is', null)
      const text = search?.trim() ?? ''
      if (text !== '') {
        const pattern = sql<SqlBool>`title_folded like ${likeAnywhere(text)} escape '\\'`
        query = query.where((eb) => eb.or([pattern, eb('id', '=', text.toLowerCase())]))
      }
      if (state !== undefined && state !== '') query = query.where('state', 'in', statesIn(state))
      const rows = await paged(query, page, { at: 'created_at', id: 'id', order: 'newest-first' }).execute()
      return pageOf(rows, { limit: page.limit, placeOf: (row) => ({ at: row.created_at, id: row.id }), show: (row) => row })
    },
  }
}

// Owns: what is prepared for a program's show: polls, quizzes and decks, each kind in an order of its own.
import {
  type DeckContent,
  limits,
  type PreparedAnswer,
  type PreparedImport,
  type PreparedKind,
  type PreparedPatch,
  type PreparedRequest,
  preparedContents,
  Refusal,
} from '@voila/protocol'
import type { Kysely, Transaction } from 'kysely'
import type { z } from 'zod'
import { newId } from '../ids.ts'
import { laterThanBefore } from '../store/changed.ts'
import type { PreparedRow, Schema } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { copySlides } from './images.ts'

export type Prepared = ReturnType<typeof createPrepared>
export type PreparedChange = { readonly before: PreparedRow; readonly after: PreparedRow }

export function preparedAnswer(row: PreparedRow): PreparedAnswer {
  return {
    id: row.id,
    programId: row.program_id,
    kind: row.kind,
    position: row.position,
    title: row.title,
    content: JSON.parse(row.content) as Record<string, unknown>,
    version: row.version,
    createdAt: new Date(row.created_at).toISOString(),
    changedAt: new Date(row.changed_at).toISOString(),
  }
}

/** The content as it is kept. @throws Refusal invalid_request */
function contentOf(kind: PreparedKind, given: unknown): string {
  const read = preparedContents[kind].safeParse(given)
  if (read.success) return JSON.stringify(read.data)
  const [issue] = read.error.issues
  throw new Refusal('invalid_request', { detail: `${['content', ...(issue?.path ?? [])].join('.')}: ${issue?.message}` })
}

export function createPrepared({ store, now }: { store: Store; now(): number }) {
  const listOf = (db: Kysely<Schema>, programId: string, kind: PreparedKind | undefined) => {
    const query = db.selectFrom('prepared').selectAll().where('program_id', '=', programId)
    return (kind === undefined ? query : query.where('kind', '=', kind)).orderBy('kind').orderBy('position').orderBy('id').execute()
  }

  /** Changes of one program's lists follow one another: its row is locked until the transaction ends. @throws Refusal program_unknown */
  async function lock(tx: Transaction<Schema>, programId: string): Promise<void> {
    const query = tx.selectFrom('programs').select('id').where('id', '=', programId).where('deleted_at', 'is', null)
    const row = await (store.kind === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
    if (row === undefined) throw new Refusal('program_unknown')
  }

  /** @throws Refusal prepared_unknown */
  async function find(tx: Transaction<Schema>, { programId, id }: { programId: string; id: string }): Promise<PreparedRow> {
    const query = tx.selectFrom('prepared').selectAll().where('program_id', '=', programId).where('id', '=', id)
    const row = await query.executeTakeFirst()
    if (row === undefined) throw new Refusal('prepared_unknown')
    return row
  }

  /** Writes the positions of a kind anew where they are not those of `ids`. */
  async function place(tx: Transaction<Schema>, rows: readonly PreparedRow[], ids: readonly string[]): Promise<void> {
    for (const [position, id] of ids.entries()) {
      if (rows.find((row) => row.id === id)?.position === position) continue
      await tx.updateTable('prepared').set({ position }).where('id', '=', id).execute()
    }
  }

  /** A deck of another program with copies of its slides: they are deleted with their own program. */
  async function withOwnSlides(tx: Transaction<Schema>, row: PreparedRow, to: string): Promise<PreparedRow> {
    if (row.program_id === to) return row
    const { pages } = JSON.parse(row.content) as DeckContent
    const copies = await copySlides(tx, { from: row.program_id, to, ids: pages.map(({ imageId }) => imageId), at: now() })
    return { ...row, content: JSON.stringify({ pages: pages.map(({ imageId }) => ({ imageId: copies.get(imageId) ?? imageId })) }) }
  }

  /** Puts new ones among those of their kind; behind them where no position is given. @throws Refusal prepared_full */
  async function insert(
    tx: Transaction<Schema>,
    { programId, kind, position }: { programId: string; kind: PreparedKind; position?: number | undefined },
    things: readonly Pick<PreparedRow, 'title' | 'content'>[],
  ): Promise<PreparedRow[]> {
    const there = await listOf(tx, programId, kind)
    if (there.length + things.length > limits.preparedItems) throw new Refusal('prepared_full')
    const from = Math.min(position ?? there.length, there.length)
    const at = now()
    const made = things.map(({ title, content }, index) => ({
      ...{ id: newId(), program_id: programId, kind, position: from + index, title, content },
      ...{ version: 1, created_at: at, changed_at: at },
    }))
    if (made.length > 0) await tx.insertInto('prepared').values(made).execute()
    const ids = there.map(({ id }) => id)
    await place(tx, [...there, ...made], [...ids.slice(0, from), ...made.map(({ id }) => id), ...ids.slice(from)])
    return made
  }

  return {
    /** All of a program, in their order, those of one kind together. */
    list: (programId: string, kind?: PreparedKind): Promise<PreparedRow[]> => listOf(store.db, programId, kind),

    /** @throws Refusal program_unknown | prepared_full | invalid_request */
    make: (programId: string, { kind, title, content, position }: z.infer<typeof PreparedRequest>): Promise<PreparedRow> =>
      store.transaction(async (tx) => {
        await lock(tx, programId)
        const [made] = await insert(tx, { programId, kind, position }, [{ title, content: contentOf(kind, content) }])
        return made as PreparedRow
      }),

    /**
     * Sets title and content, and moves it among those of its kind. The version grows with what really changes of the first two: an order is
     * nothing that two people may overwrite for each other.
     *
     * @throws Refusal program_unknown | prepared_unknown | edited_meanwhile | invalid_request
     */
    patch: (
      { programId, id }: { programId: string; id: string },
      { ifVersion, fields }: { ifVersion?: number | undefined; fields: z.infer<typeof PreparedPatch> },
    ): Promise<PreparedChange> =>
      store.transaction(async (tx) => {
        await lock(tx, programId)
        const before = await find(tx, { programId, id })
        if (ifVersion !== undefined && ifVersion !== before.version) {
          throw new Refusal('edited_meanwhile', { detail: `The present version is ${before.version}.` })
        }
        if (fields.position !== undefined) {
          const rows = await listOf(tx, programId, before.kind)
          const others = rows.map((row) => row.id).filter((other) => other !== id)
          await place(tx, rows, others.toSpliced(fields.position, 0, id))
        }
        const title = fields.title ?? before.title
        const content = fields.content === undefined ? before.content : contentOf(before.kind, fields.content)
        if (title !== before.title || content !== before.content) {
          const changes = { title, content, version: before.version + 1, changed_at: laterThanBefore(now()) }
          await tx.updateTable('prepared').set(changes).where('id', '=', id).execute()
        }
        return { before, after: await find(tx, { programId, id }) }
      }),

    /** @throws Refusal program_unknown | prepared_unknown */
    remove: (programId: string, id: string): Promise<PreparedRow> =>
      store.transaction(async (tx) => {
        await lock(tx, programId)
        const row = await find(tx, { programId, id })
        await tx.deleteFrom('prepared').where('id', '=', id).execute()
        const rows = await listOf(tx, programId, row.kind)
        await place(
          tx,
          rows,
          rows.map((each) => each.id),
        )
        return row
      }),

    /** Another of it, right behind it. @throws Refusal program_unknown | prepared_unknown | prepared_full */
    duplicate: (programId: string, id: string): Promise<PreparedRow> =>
      store.transaction(async (tx) => {
        await lock(tx, programId)
        const row = await find(tx, { programId, id })
        const [made] = await insert(tx, { programId, kind: row.kind, position: row.position + 1 }, [row])
        return made as PreparedRow
      }),

    /**
     * Copies what another program of the same organization has prepared, behind what is there.
     *
     * @throws Refusal program_unknown, also of another organization's | prepared_unknown | prepared_full
     */
    import: (programId: string, { programId: from, items }: z.infer<typeof PreparedImport>): Promise<PreparedRow[]> =>
      store.transaction(async (tx) => {
        await lock(tx, programId)
        const both = await tx
          .selectFrom('programs')
          .select(['id', 'organization_id'])
          .where('id', 'in', [programId, from])
          .where('deleted_at', 'is', null)
          .execute()
        const [own, other] = [programId, from].map((wanted) => both.find(({ id }) => id === wanted)?.organization_id)
        if (own === undefined || own !== other) throw new Refusal('program_unknown')
        const there = await listOf(tx, from, undefined)
        if (items?.some((wanted) => !there.some(({ id }) => id === wanted))) throw new Refusal('prepared_unknown')
        const taken = there.filter(({ id }) => items?.includes(id) ?? true)
        const made: PreparedRow[] = []
        for (const kind of new Set(taken.map((row) => row.kind))) {
          const ofKind = taken.filter((row) => row.kind === kind)
          if (kind === 'deck') for (const [at, row] of ofKind.entries()) ofKind[at] = await withOwnSlides(tx, row, programId)
          made.push(...(await insert(tx, { programId, kind }, ofKind)))
        }
        return made
      }),
  }
}

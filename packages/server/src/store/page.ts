// Owns: how lists are cut into pages: by a place in the order, never by a count, so that nothing is shown twice or skipped.
import { type ListAnswer, limits, Refusal } from '@voila/protocol'
import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import { z } from 'zod'

/** A place in an order by time and then id. */
export type Place = { readonly at: number; readonly id: string }
export type PageRequest = { readonly limit: number; readonly after: Place | undefined }

/** What may be asked of every list. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(limits.pageItems).optional().describe(`Items of the page; 50 where it is not given.`),
  cursor: z.string().max(200).optional().describe(`nextCursor of the page before.`),
})
const cursorShape = /^(\d{1,16})\.([A-Za-z0-9_-]{1,64})$/

/** Reads `?limit=&cursor=`. @throws Refusal invalid_request */
export function readPage(query: unknown): PageRequest {
  const read = PageQuery.safeParse(query ?? {})
  if (!read.success) throw new Refusal('invalid_request', { detail: `limit: 1 to ${limits.pageItems}` })
  const { limit = 50, cursor } = read.data
  if (cursor === undefined) return { limit, after: undefined }
  const [, at, id] = cursorShape.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (at === undefined || id === undefined)
    throw new Refusal('invalid_request', { detail: 'cursor: take it from nextCursor of the page before' })
  return { limit, after: { at: Number(at), id } }
}

/** The columns of an order, as the query names them: one of times, one of ids that are unique among equal times. */
type Order = { readonly at: string; readonly id: string; readonly order: 'oldest-first' | 'newest-first' }

/** Cuts a page out of a query, with one row more than is shown. An index over what the query chooses by and then both columns serves it. */
export function paged<Db, Tables extends keyof Db, Row>(
  query: SelectQueryBuilder<Db, Tables, Row>,
  { limit, after }: PageRequest,
  { at, id, order }: Order,
): SelectQueryBuilder<Db, Tables, Row> {
  const columns = sql`(${sql.ref(at)}, ${sql.ref(id)})`
  const [relation, direction] = order === 'oldest-first' ? ([sql`>`, 'asc'] as const) : ([sql`<`, 'desc'] as const)
  const beyond = after === undefined ? query : query.where(sql<SqlBool>`${columns} ${relation} (${after.at}, ${after.id})`)
  return beyond
    .orderBy(sql.ref(at), direction)
    .orderBy(sql.ref(id), direction)
    .limit(limit + 1)
}

/** A place as it travels. */
export function cursorOf({ at, id }: Place): string {
  return Buffer.from(`${at}.${id}`, 'latin1').toString('base64url')
}

/** Makes an answer of one row more than was asked for, or fewer: the one too many tells that there is a next page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  { limit, placeOf, show }: { limit: number; placeOf(row: Row): Place; show(row: Row): Item },
): ListAnswer<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const place = rows.length > limit && last !== undefined ? placeOf(last) : undefined
  return {
    items: shown.map(show),
    nextCursor: place === undefined ? null : cursorOf(place),
  }
}

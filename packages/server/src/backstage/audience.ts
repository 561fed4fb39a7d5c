// Owns: who is at a program now, and who watched it from when to when, as the organizer may take it away.
import type { AttendeeAnswer, AudienceAnswer, ListAnswer } from '@voila/protocol'
import { type SqlBool, sql } from 'kysely'
import type { Attendees } from '../access/attendees.ts'
import { folded } from '../store/folded.ts'
import type { Nodes } from '../store/nodes.ts'
import { cursorOf, type PageRequest, type Place, pageOf } from '../store/page.ts'
import type { Store } from '../store/store.ts'

export type Audience = ReturnType<typeof createAudience>

/** A continuous visit of one attendee. `to` is the moment of asking where it goes on. */
export type Watched = { readonly attendee: AttendeeAnswer; readonly fromMs: number; readonly toMs: number }

type Present = { attendeeId: string; since: number; sessions: number }
type Stay = { id: string; attendeeId: string; fromMs: number; toMs: number }

/** Whoever is back within this time has been there all along: a reload, a change of network, a restart. */
const sameVisitMs = 60_000
const rowsAtOnce = 500
/** A search looks at so many people for one page, and goes on with the next. */
const searchedAtOnce = 20_000

const placeOf = ({ id }: AudienceAnswer): Place => ({ at: 0, id })

/** In what the organizer is told of somebody, and in nothing else. */
function isNamed({ displayName, email }: AttendeeAnswer, text: string): boolean {
  return folded(displayName).includes(text) || (email !== null && folded(email).includes(text))
}

export function createAudience({
  store,
  nodes,
  attendees,
  now,
}: {
  store: Pick<Store, 'db'>
  nodes: Pick<Nodes, 'there'>
  attendees: Pick<Attendees, 'named'>
  now(): number
}) {
  /** In the order of attendees' ids, over an index of open visits. */
  async function presentAfter(programId: string, { after, limit }: { after: string; limit: number }): Promise<Present[]> {
    const rows = await store.db
      .selectFrom('visits')
      .select((eb) => ['attendee_id', eb.fn.min('from_at').as('since'), eb.fn.count<number>('session_id').distinct().as('sessions')])
      .where('program_id', '=', programId)
      .where('to_at', 'is', null)
      .where('attendee_id', '>', after)
      .where('node_id', 'in', nodes.there())
      .groupBy('attendee_id')
      .orderBy('attendee_id')
      .limit(limit)
      .execute()
    return rows.map((row) => ({ attendeeId: row.attendee_id, since: Number(row.since), sessions: Number(row.sessions) }))
  }

  async function answers(programId: string, present: readonly Present[]): Promise<AudienceAnswer[]> {
    const known = await attendees.named(
      programId,
      present.map(({ attendeeId }) => attendeeId),
    )
    return present.flatMap(({ attendeeId, since, sessions }) => {
      const attendee = known.get(attendeeId)
      return attendee === undefined ? [] : [{ ...attendee, since: new Date(since).toISOString(), sessions }]
    })
  }

  /** Stays at a live program, those of one attendee together and in the order of their beginning. */
  async function* staysAt(programId: string): AsyncGenerator<Stay> {
    const asked = now()
    let last: Stay | undefined
    for (;;) {
      const query = store.db
        .selectFrom('visits')
        .leftJoin('nodes', 'nodes.id', 'visits.node_id')
        .select(['visits.id', 'attendee_id as attendeeId', 'from_at as fromMs', 'to_at', 'nodes.at as heard', 'node_id'])
        .where('program_id', '=', programId)
        .where('watching', '=', 1)
        .orderBy('attendee_id')
        .orderBy('from_at')
        .orderBy('visits.id')
        .limit(rowsAtOnce)
      const beyond =
        last === undefined
          ? query
          : query.where(sql<SqlBool>`(attendee_id, from_at, visits.id) > (${last.attendeeId}, ${last.fromMs}, ${last.id})`)
      const there = new Set(nodes.there())
      const rows = await beyond.execute()
      for (const { to_at, heard, node_id, ...row } of rows) {
        last = { ...row, toMs: to_at ?? (there.has(node_id) ? Math.max(asked, row.fromMs) : (heard ?? row.fromMs)) }
        yield last
      }
      if (rows.length < rowsAtOnce) return
    }
  }

  /** Stays that follow one another closely, on whatever sockets and nodes, become one visit. */
  async function* visitsAt(programId: string): AsyncGenerator<Stay> {
    let open: Stay | undefined
    for await (const stay of staysAt(programId)) {
      if (open?.attendeeId === stay.attendeeId && stay.fromMs <= open.toMs + sameVisitMs) {
        open = { ...open, toMs: Math.max(open.toMs, stay.toMs) }
        continue
      }
      if (open !== undefined) yield open
      open = stay
    }
    if (open !== undefined) yield open
  }

  return {
    /** Who is there now, in the order in which the organization came to know them. `search`: a part of a name, pseudonym or address. */
    async list(
      programId: string,
      page: PageRequest,
      { search }: { search?: string | undefined } = {},
    ): Promise<ListAnswer<AudienceAnswer>> {
      const text = folded(search?.trim() ?? '')
      const chunk = text === '' ? page.limit + 1 : rowsAtOnce
      const found: AudienceAnswer[] = []
      let after = page.after?.id ?? ''
      for (let looked = 0; found.length <= page.limit && looked < searchedAtOnce; looked += chunk) {
        const present = await presentAfter(programId, { after, limit: chunk })
        const some = await answers(programId, present)
        found.push(...(text === '' ? some : some.filter((each) => isNamed(each, text))))
        after = present.at(-1)?.attendeeId ?? after
        if (present.length < chunk) return pageOf(found, { limit: page.limit, placeOf, show: (each) => each })
      }
      const answer = pageOf(found, { limit: page.limit, placeOf, show: (each) => each })
      // Searched long enough for one answer: the next page goes on where this one stopped.
      return answer.nextCursor === null ? { ...answer, nextCursor: cursorOf({ at: 0, id: after }) } : answer
    },

    /** Every continuous visit, an attendee's together; read from the database page by page. */
    async *watched(programId: string): AsyncGenerator<Watched[]> {
      for await (const visits of inPages(visitsAt(programId), rowsAtOnce)) {
        const known = await attendees.named(programId, [...new Set(visits.map(({ attendeeId }) => attendeeId))])
        yield visits.flatMap(({ attendeeId, fromMs, toMs }) => {
          const attendee = known.get(attendeeId)
          return attendee === undefined ? [] : [{ attendee, fromMs, toMs }]
        })
      }
    },
  }
}

async function* inPages<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let page: Item[] = []
  for await (const item of items) {
    if (page.push(item) < size) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

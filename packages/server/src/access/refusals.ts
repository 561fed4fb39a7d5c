// Owns: what is remembered of tokens that were refused, and how often each key was used: in memory, written each second, bounded.
import type { ErrorCode, ListAnswer, PartnerKeyAnswer, RefusalAnswer } from '@voila/protocol'
import { type TokenErrorCode, tokenErrorCodes } from '@voila/tokens'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { type PageRequest, paged, pageOf } from '../store/page.ts'
import type { NewRefusalRow, RefusalRow } from '../store/schema.ts'
import type { Store } from '../store/store.ts'

export type RefusalBook = ReturnType<typeof createRefusalBook>
export type Refused = {
  readonly at: number
  readonly programId: string
  readonly organizationId: string
  readonly kid: string | null
  /** Whether some organization has declared this kid; otherwise it is anybody's text, and not counted. */
  readonly isDeclared: boolean
  readonly code: ErrorCode
  readonly claim: string | null
  readonly subject: string | null
}

const flushMs = 1_000
/** Kept for reading between two flushes, of all and of one (program, kid): a flood is counted, not kept. */
const maxWaiting = 500
const maxOfOne = 20
/** How long refusals are recent. */
const keptMs = 30 * 86_400_000
const hourMs = 3_600_000
const dayHours = 24
/** The hour in which a time lies, by its beginning. */
const hourOf = (at: number): number => Math.floor(at / hourMs) * hourMs

const signatureRank = tokenErrorCodes.indexOf('signature')
const subjectUnits = 256

/** Who a refused token was for, where its signature held; before that the text is anybody's. */
export function subjectIn(token: string, code: ErrorCode): string | null {
  const rank = tokenErrorCodes.indexOf(code as TokenErrorCode)
  // What is not a token's code comes after a token that was valid.
  if ((rank >= 0 && rank <= signatureRank) || code === 'payload_json') return null
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub?: unknown; email?: unknown }
    // As it is when it comes in, so that it can be kept out by it.
    const subject = typeof claims.sub === 'string' ? claims.sub : typeof claims.email === 'string' ? claims.email.toLowerCase() : null
    return typeof subject === 'string' && !subject.includes('\0') ? subject.slice(0, subjectUnits) : null
  } catch {
    return null
  }
}

function answerOf(row: RefusalRow): RefusalAnswer {
  return {
    at: new Date(row.at).toISOString(),
    code: row.code,
    claim: row.claim,
    kid: row.kid,
    programId: row.program_id,
    subject: row.subject,
  }
}

type Usage = { accepted: number; refused: number; lastUsedAt: number | null }

export function createRefusalBook({ store, now, onError }: { store: Store; now(): number; onError?(error: unknown): void }) {
  let waiting: NewRefusalRow[] = []
  let ofOne = new Map<string, number>()
  let usage = new Map<string, Usage>()
  let flushing: Promise<void> = Promise.resolve()
  let prunedAt = 0

  function usageOf(kid: string): Usage {
    const known = usage.get(kid)
    if (known !== undefined) return known
    const fresh = { accepted: 0, refused: 0, lastUsedAt: null }
    usage.set(kid, fresh)
    return fresh
  }

  async function write(rows: readonly NewRefusalRow[], used: ReadonlyMap<string, Usage>): Promise<void> {
    if (rows.length > 0) await store.db.insertInto('refusals').values(rows).execute()
    // In order, as everybody does who takes several rows.
    for (const [kid, { accepted, refused, lastUsedAt }] of [...used].sort(([a], [b]) => (a < b ? -1 : 1))) {
      await store.db
        .updateTable('partner_keys')
        .set((eb) => ({
          accepted: eb('accepted', '+', accepted),
          refused: eb('refused', '+', refused),
          ...(lastUsedAt === null
            ? {}
            : { last_used_at: sql<number>`case when last_used_at > ${lastUsedAt} then last_used_at else ${lastUsedAt} end` }),
        }))
        .where('kid', '=', kid)
        .execute()
      await store.db
        .insertInto('key_usage')
        .values({ kid, hour: hourOf(now()), accepted, refused })
        .onConflict((conflict) =>
          conflict.columns(['kid', 'hour']).doUpdateSet((eb) => ({
            accepted: eb('key_usage.accepted', '+', accepted),
            refused: eb('key_usage.refused', '+', refused),
          })),
        )
        .execute()
    }
    if (now() - prunedAt < hourMs) return
    prunedAt = now()
    await store.db
      .deleteFrom('refusals')
      .where('at', '<', now() - keptMs)
      .execute()
    await store.db
      .deleteFrom('key_usage')
      .where('hour', '<', hourOf(now()) - dayHours * hourMs)
      .execute()
  }

  /** What could not be written is lost rather than gathered: it is a help, not a record. */
  function flush(): Promise<void> {
    flushing = flushing.then(async () => {
      if (waiting.length === 0 && usage.size === 0) return
      const [rows, used] = [waiting, usage]
      waiting = []
      ofOne = new Map()
      usage = new Map()
      await write(rows, used).catch((error: unknown) => onError?.(error))
    })
    return flushing
  }
  const timer = setInterval(() => void flush(), flushMs).unref()

  async function list(
    column: { organizationId: string; kid: string } | { programId: string },
    page: PageRequest,
  ): Promise<ListAnswer<RefusalAnswer>> {
    const query = store.db.selectFrom('refusals').selectAll()
    const chosen =
      'kid' in column
        ? query.where('organization_id', '=', column.organizationId).where('kid', '=', column.kid)
        : query.where('program_id', '=', column.programId)
    const rows = await paged(chosen, page, { at: 'at', id: 'id', order: 'newest-first' }).execute()
    return pageOf(rows, { limit: page.limit, placeOf: ({ at, id }) => ({ at, id }), show: answerOf })
  }

  return {
    refused({ at, programId, organizationId, kid, isDeclared, code, claim, subject }: Refused): void {
      if (kid !== null && isDeclared) usageOf(kid).refused += 1
      const one = `${programId} ${kid}`
      const count = ofOne.get(one) ?? 0
      if (waiting.length >= maxWaiting || count >= maxOfOne) return
      ofOne.set(one, count + 1)
      waiting.push({ id: uuidv7(), at, organization_id: organizationId, program_id: programId, kid, code, claim, subject })
    },
    accepted({ kid, at }: { kid: string; at: number }): void {
      const used = usageOf(kid)
      used.accepted += 1
      used.lastUsedAt = Math.max(used.lastUsedAt ?? 0, at)
    },
    /** How often keys were used in the last 24 hours: this one, and the 23 before. Who is not named was not used. */
    async lastDay(kids: readonly string[]): Promise<ReadonlyMap<string, PartnerKeyAnswer['lastDay']>> {
      if (kids.length === 0) return new Map()
      const rows = await store.db
        .selectFrom('key_usage')
        .select((eb) => ['kid', eb.fn.sum<number | string>('accepted').as('accepted'), eb.fn.sum<number | string>('refused').as('refused')])
        .where('kid', 'in', kids)
        .where('hour', '>', hourOf(now()) - dayHours * hourMs)
        .groupBy('kid')
        .execute()
      return new Map(rows.map((row) => [row.kid, { accepted: Number(row.accepted), refused: Number(row.refused) }]))
    },
    /** Newest first. */
    ofKey: (key: { organizationId: string; kid: string }, page: PageRequest) => list(key, page),
    ofProgram: (programId: string, page: PageRequest) => list({ programId }, page),
    flush,
    /** Writes what waits. */
    async close(): Promise<void> {
      clearInterval(timer)
      await flush()
    },
  }
}

// Owns: that a token lets in one browser where a program says so: who burnt it, in the transaction that lets him in.
import type { Transaction } from 'kysely'
import type { Schema } from '../store/schema.ts'
import type { Admission } from './candidate.ts'

const keyOf = ({ kid, jti, subject }: Pick<Admission, 'kid' | 'jti' | 'subject'>): string => JSON.stringify([kid, jti, subject])

/**
 * Burns the tokens of admissions that are once-only. Two transactions that burn the same wait for each other: one of them finds the row.
 *
 * @returns the ids of the sessions that must not be, as another browser has burnt the token
 */
export async function burnTokens(tx: Transaction<Schema>, admissions: readonly Admission[]): Promise<ReadonlySet<string>> {
  const once = admissions.filter((one) => one.onceOnly)
  // In order, as everybody does who takes several rows.
  const firsts = new Map(once.toReversed().map((one) => [keyOf(one), one]))
  const refused = new Set<string>()
  for (const [key, first] of [...firsts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { kid, jti, subject } = first
    const burnt = await tx
      .insertInto('burnt_tokens')
      .values({
        kid,
        jti,
        subject,
        program_id: first.programId,
        browser_hash: first.browserHash ?? null,
        at: first.at,
        expires_at: first.tokenEndsAt ?? first.expiresAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('kid')
      .executeTakeFirst()
    const by =
      burnt !== undefined
        ? (first.browserHash ?? null)
        : (
            await tx
              .selectFrom('burnt_tokens')
              .select('browser_hash')
              .where('kid', '=', kid)
              .where('jti', '=', jti)
              .where('subject', '=', subject)
              .executeTakeFirst()
          )?.browser_hash
    for (const one of once) {
      const isFirst = burnt !== undefined && one === first
      const isBack = by != null && one.browserHash === by
      if (keyOf(one) === key && !isFirst && !isBack) refused.add(one.sessionId)
    }
  }
  return refused
}

/** Forgets tokens that no longer admit anybody. `before`: Unix milliseconds. */
export async function forgetBurntTokens(db: Pick<Transaction<Schema>, 'deleteFrom'>, before: number): Promise<void> {
  await db.deleteFrom('burnt_tokens').where('expires_at', '<', before).execute()
}

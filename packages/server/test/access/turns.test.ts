// Owns: that thousands who come at once leave the main loop to others between them.
import { generateKeyPair, importPublicKey, signToken } from '@voila/tokens'
import { expect, test } from 'vitest'
import { createAdmission } from '../../src/access/admission.ts'
import { createTurns } from '../../src/access/turns.ts'
import type { ProgramRow } from '../../src/store/schema.ts'

/** How much of something was done in each turn of the loop until it was all done. */
async function perTurn(all: number, done: () => number): Promise<number[]> {
  const counts: number[] = []
  for (let before = 0; before < all; ) {
    await new Promise((resolve) => setImmediate(resolve))
    counts.push(done() - before)
    before = done()
  }
  return counts.filter((count) => count > 0)
}

function slowClock() {
  let ms = 0
  return {
    clock: () => ms,
    spend() {
      ms += 1
    },
  }
}

test('at most five milliseconds of work are done in a turn of the loop, in the order of coming', async () => {
  const { clock, spend } = slowClock()
  const { turn } = createTurns({ clock })
  const order: number[] = []
  const all = Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      await turn()
      spend()
      order.push(index)
    }),
  )
  const counts = await perTurn(100, () => order.length)
  await all
  expect(Math.max(...counts)).toBe(5)
  expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index))
})

test('those who come one after the other within a turn share its five milliseconds', async () => {
  const { clock, spend } = slowClock()
  const { turn } = createTurns({ clock })
  let done = 0
  for (let index = 0; index < 20; index++) {
    // As each connection of a turn does, whatever the others do.
    process.nextTick(async () => {
      await turn()
      spend()
      done += 1
    })
  }
  expect(await perTurn(20, () => done)).toEqual([5, 5, 5, 5])
})

test('two hundred tokens at once are judged in slices of five milliseconds', async () => {
  const { clock, spend } = slowClock()
  const { privateKey, publicKey } = generateKeyPair()
  const kid = 'pk_0123456789abcdefghijkl'
  const program = { id: 'abcdefghij01', organization_id: 'org', partner_keys: 1 } as ProgramRow
  const now = Date.now()
  const key = { ...importPublicKey(publicKey), kid, organizationId: 'org', state: 'active' as const, notAfter: now / 1_000 + 60 }
  let judged = 0
  const admission = createAdmission({
    keyring: {
      find() {
        // A signature costs what it costs; here it costs a millisecond.
        spend()
        judged += 1
        return key
      },
      lookUp: async () => false,
    },
    jwksSources: { find: () => undefined, lookUp: async () => false },
    programs: { find: async () => program },
    entering: { requireOpen: async () => undefined, enter: async () => ({ session: {}, token: 'vs_' }) as never },
    renewal: { renew: async () => ({}) as never },
    refusals: { accepted: () => undefined, refused: () => undefined },
    turns: createTurns({ clock }),
    now: () => now,
  })
  const token = signToken(
    { organization_id: 'org', given_name: 'Ann', sub: 'ann', roles: [{ eventId: program.id }] },
    { privateKey, kid, expiresInSeconds: 600, now: Math.floor(now / 1_000) },
  )
  const all = Promise.all(Array.from({ length: 200 }, () => admission.admit({ programId: program.id, token })))
  const counts = await perTurn(200, () => judged)
  expect(await all).toHaveLength(200)
  expect(Math.max(...counts)).toBe(5)
})

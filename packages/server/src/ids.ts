// Owns: where ids and secrets get their randomness.
import { randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'

const poolBytes = 4_096
const uuidBytes = 16
let pool = Buffer.alloc(0)
let used = 0

/** Random bytes that nobody else gets. They are fetched for many at once: a call for each few was a thirtieth of letting somebody in. */
export function takeRandom(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    pool = randomBytes(Math.max(poolBytes, bytes))
    used = 0
  }
  used += bytes
  return pool.subarray(used - bytes, used)
}

/** A UUIDv7. */
export function newId(): string {
  return uuidv7({ random: takeRandom(uuidBytes) })
}

// Owns: how many frames or requests one sender may send in a time.
import { limits } from '@voila/protocol'

/** A token bucket. Two numbers, as there is one for every socket; times are Unix milliseconds. */
export type Bucket = { tokens: number; at: number }

export function fullBucket(now: number): Bucket {
  return { tokens: limits.framesBurst, at: now }
}

/** Takes one token; false when there is none. A clock that goes back refills nothing. */
export function takeToken(bucket: Bucket, now: number): boolean {
  const refilled = bucket.tokens + (Math.max(0, now - bucket.at) * limits.framesPerSecond) / 1_000
  bucket.tokens = Math.min(limits.framesBurst, refilled)
  bucket.at = now
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}

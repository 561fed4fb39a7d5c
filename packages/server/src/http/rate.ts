// Owns: how often one session may ask. Never an address: eight thousand people come from one office in a minute.
import { Refusal } from '@voila/protocol'

type Bucket = { tokens: number; at: number }

/** Buckets that are remembered; one that has refilled is as good as none. */
const maxBuckets = 50_000

/** @param options.burst  at once; refilled at `perSecond` */
export function createLimiter({ burst, perSecond, now }: { burst: number; perSecond: number; now(): number }) {
  const buckets = new Map<string, Bucket>()
  return {
    /** @throws Refusal rate_limited */
    take(key: string): void {
      const at = now()
      const bucket = buckets.get(key) ?? { tokens: burst, at }
      const tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) * perSecond) / 1_000)
      buckets.delete(key)
      buckets.set(key, { tokens: Math.max(0, tokens - 1), at })
      const [oldest] = buckets.keys()
      if (buckets.size > maxBuckets && oldest !== undefined) buckets.delete(oldest)
      if (tokens < 1) throw new Refusal('rate_limited', { retryAfterMs: Math.ceil(((1 - tokens) / perSecond) * 1_000) })
    },
  }
}

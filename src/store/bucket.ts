type Bucket = { tokens: number; at: number; rate: number; limit: number }

/**
 * Token buckets of one process: `limit` at once, then evenly `limit` per `windowMs`. Answers 0 when a token was taken, else
 * the milliseconds until there is one; then nothing was taken and the caller asks again.
 */
export const buckets = (now: () => number) => {
  const all = new Map<string, Bucket>()
  return (budget: string, limit: number, windowMs: number): number => {
    if (all.size > 10_000) dropFull(all, now())
    const bucket = refill(all.get(budget), { limit, rate: limit / windowMs, now: now() })
    all.set(budget, bucket)
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / bucket.rate)
    bucket.tokens -= 1
    return 0
  }
}

const refill = (
  old: Bucket | undefined,
  { limit, rate, now }: { limit: number; rate: number; now: number },
): Bucket => {
  const tokens = old ? Math.min(limit, old.tokens + Math.max(0, now - old.at) * rate) : limit
  return { tokens, at: now, rate, limit }
}

/** A full bucket is the same as none. */
const dropFull = (all: Map<string, Bucket>, now: number): void => {
  for (const [budget, { tokens, at, rate, limit }] of all) if (tokens + (now - at) * rate >= limit) all.delete(budget)
}

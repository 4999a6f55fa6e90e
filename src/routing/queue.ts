/** One conversation in the queue. `openedAt` is its original age: declines and re-routes do not change it. */
export type Queued = { openedAt: Date; priority: number; slaMs: number | null }

/** Extra minutes at the moment a response target is missed; half of them have come when three quarters of the time are gone. */
const URGENCY_MINUTES = 30

/**
 * Who is served first: the highest score. Minutes waited, plus the rule's head start, plus urgency that grows over the
 * second half of the pool's response target and stays. Everybody's score grows at least a minute a minute and urgency
 * is bounded, so whoever came early enough is ahead of every newcomer: nobody starves.
 */
export function queueScore({ openedAt, priority, slaMs }: Queued, now: Date): number {
  const waitedMs = Math.max(0, now.getTime() - openedAt.getTime())
  const used = slaMs === null || slaMs <= 0 ? 0 : waitedMs / slaMs
  const urgency = Math.min(1, Math.max(0, used * 2 - 1))
  return waitedMs / 60_000 + priority + urgency * URGENCY_MINUTES
}

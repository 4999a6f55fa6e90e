/** One conversation in the queue. `openedAt` is its original age: declines and re-routes do not change it. */
export type Queued = { openedAt: Date; priority: number; ageing: number; respondBy: Date | null }

/** Extra minutes at the moment a response target is missed; half of them have come when three quarters of the time are gone. */
const URGENCY_MINUTES = 30

/**
 * Who is served first: the highest score. Minutes waited times the rule's ageing, plus its head start, plus urgency that
 * grows over the second half of the way to the response target and stays. Everybody's score keeps growing and urgency is
 * bounded, so whoever came early enough is ahead of every newcomer: nobody starves. `queueOrder` is the same in SQL.
 */
export function queueScore({ openedAt, priority, ageing, respondBy }: Queued, now: Date): number {
  const waitedMs = Math.max(0, now.getTime() - openedAt.getTime())
  const allowedMs =
    respondBy === null ? Number.POSITIVE_INFINITY : Math.max(1, respondBy.getTime() - openedAt.getTime())
  const urgency = Math.min(1, Math.max(0, (waitedMs / allowedMs) * 2 - 1))
  return (waitedMs / 60_000) * ageing + priority + urgency * URGENCY_MINUTES
}

/** The score of a row `v` of conversations at the moment `$1`. */
export const queueOrder = `(
  with waited as (select greatest(0, extract(epoch from ($1::timestamptz - v.opened_at))) as seconds)
  select seconds / 60 * v.ageing + v.priority + case when v.respond_by is null then 0 else ${URGENCY_MINUTES} * least(1, greatest(0,
    seconds / greatest(0.001, extract(epoch from (v.respond_by - v.opened_at))) * 2 - 1)) end from waited)`

import type { Pool, PoolClient } from 'pg'
import type { ClaimedEvent } from '../inbox/events.ts'
import { askForDayLists, setDayClock } from '../tasks/day.ts'
import { waits } from '../store/waits.ts'
import { morningOf, nextLook } from './business-day.ts'
import { LostLease } from './conflict.ts'
import type { ActiveRules } from './rules.ts'

type Clock = {
  pool: Pool
  rules: () => ActiveRules
  now: () => Date
  inTransaction: <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>) => Promise<T>
  wake: (what: 'inbox') => void
}

/**
 * The bank has opened, or opened some time ago this morning: the day's lists are asked for, and the clock is set anew. In the
 * afternoon and at night nothing is sent, however long the process was away.
 */
export const beginDay = async (it: Clock, { id, fence }: ClaimedEvent): Promise<void> => {
  const now = it.now()
  const calendar = it.rules().rules.opening
  const today = calendar && morningOf(calendar, now)
  const told = await it.inTransaction(it.pool, async (tx) => {
    const { rowCount } = await tx.query(
      `update inbox set state = 'done', done_at = now(), lease_until = null where id = $1 and fence = $2 and ${waits()}`,
      [id, fence],
    )
    if (rowCount !== 1) throw new LostLease()
    await keepDayClock(tx, it)
    return today ? askForDayLists(tx, today) : 0
  })
  if (told > 0) it.wake('inbox')
}

/** There is a ring at the next opening; without a calendar there is no day that begins. */
export const keepDayClock = async (
  db: Pool | PoolClient,
  { rules, now }: Pick<Clock, 'rules' | 'now'>,
): Promise<void> => {
  const calendar = rules().rules.opening
  const next = calendar && nextLook(calendar, now())
  if (next) await setDayClock(db, next)
}

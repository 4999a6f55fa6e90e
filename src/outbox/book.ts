import type { Pool, PoolClient } from 'pg'
import { inGroups } from '../store/in-groups.ts'
import { finishDone } from './finish-done.ts'
import { finishProfiles } from './finish-profiles.ts'
import { finish, isPlain, type FinishMeans } from './finish.ts'
import { isDone, type Succeeded, type Tried } from './row.ts'

type Means = FinishMeans & {
  pool: Pool
  inTransaction: <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>) => Promise<T>
}

const most = 64

/**
 * Books tries: plain successes that end while others are booked share the next transaction, and so do profiles; whatever else has
 * one of its own. Answers false when the errand was not ours any more.
 */
export const createBook = ({ pool, inTransaction, ...means }: Means): ((it: Tried) => Promise<boolean>) => {
  const bookDone = inGroups(async (tried: readonly Tried[]) => {
    const ours = await inTransaction(pool, (tx) => finishDone(tx, tried as readonly Succeeded[]))
    return tried.map(({ row }) => ours.has(row.id))
  }, most)
  const bookAlone = (it: Tried) => inTransaction(pool, (tx) => finish(tx, it, means))
  // Whoever holds a customer's row may have been paused: nobody waits long with him, and his errand is tried again.
  const impatiently = <T>(work: (tx: PoolClient) => Promise<T>) =>
    inTransaction(pool, async (tx) => {
      await tx.query("set local lock_timeout = '500ms'")
      return work(tx)
    })
  const bookProfiles = inGroups((tried: readonly Succeeded[]) => impatiently((tx) => finishProfiles(tx, tried)), most)
  // A hundred readings can end in one moment: they do not take every connection from what people wait for.
  const bookInTurn = inGroups(
    async ([it]: readonly Tried[]) => [await impatiently((tx) => finish(tx, it as Tried, means))],
    1,
  )

  return async (it) => {
    if (isPlain(it)) return bookDone(it)
    if (it.row.kind !== 'kf/profile') return bookAlone(it)
    const booked = isDone(it) ? await bookProfiles(it) : null
    return booked ?? bookInTurn(it)
  }
}

import type { Pool, PoolClient } from 'pg'
import { inGroups } from '../store/in-groups.ts'
import { finishDone } from './finish-done.ts'
import { finish, isPlain, type FinishMeans } from './finish.ts'
import type { Succeeded, Tried } from './row.ts'

type Means = FinishMeans & {
  pool: Pool
  inTransaction: <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>) => Promise<T>
}

const most = 64

/**
 * Books tries: plain successes that end while others are booked share the next transaction, whatever else has one of its own.
 * Answers false when the errand was not ours any more.
 */
export const createBook = ({ pool, inTransaction, ...means }: Means): ((it: Tried) => Promise<boolean>) => {
  const bookDone = inGroups(async (tried: readonly Tried[]) => {
    const ours = await inTransaction(pool, (tx) => finishDone(tx, tried as readonly Succeeded[]))
    return tried.map(({ row }) => ours.has(row.id))
  }, most)
  return (it) => (isPlain(it) ? bookDone(it) : inTransaction(pool, (tx) => finish(tx, it, means)))
}

import type { Pool, PoolClient } from 'pg'
import { inGroups } from '../../store/in-groups.ts'
import { together } from '../../store/together.ts'
import { commit, type CommitMeans } from './commit.ts'
import type { ReadyTurn } from './ready-turn.ts'

type Means = CommitMeans & {
  pool: Pool
  inTransaction: <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>) => Promise<T>
}

const most = 32

/**
 * Turns that are ready while others are written share the next transaction. One that makes two customers the same person is
 * written alone: it locks what belongs to others, in an order of its own.
 */
export const createTurnWriter = ({ pool, inTransaction, ...means }: Means): ((turn: ReadyTurn) => Promise<void>) => {
  const writeAlone = (turn: ReadyTurn): Promise<void> => inTransaction(pool, (tx) => commit(tx, [turn], means))
  const write = inGroups(async (turns: readonly ReadyTurn[]): Promise<void[]> => {
    await inTransaction(pool, (tx) =>
      together(tx, () => [tx.query("set local lock_timeout = '500ms'"), commit(tx, turns, means)]),
    )
    return turns.map(() => undefined)
  }, most)
  return async (turn) => {
    if (turn.changes.identity) return writeAlone(turn)
    // Whoever holds an RM's row may have been paused: only a turn that needs that RM waits for him, and holds up no other.
    return write(turn).catch((error: unknown) => (waitedForLock(error) ? writeAlone(turn) : Promise.reject(error)))
  }
}

/** lock_not_available */
const waitedForLock = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '55P03'

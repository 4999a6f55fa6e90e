import type { Pool, PoolClient } from 'pg'
import { inGroups } from '../store/in-groups.ts'
import { together } from '../store/together.ts'
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
  const writeAll = async (turns: readonly ReadyTurn[]): Promise<void[]> => {
    await inTransaction(pool, (tx) =>
      together(tx, () => [
        // Whoever holds an RM's row may have been paused: those who do not need that RM are not kept waiting with the one who does.
        turns.length > 1 && tx.query("set local lock_timeout = '500ms'"),
        commit(tx, turns, means),
      ]),
    )
    return turns.map(() => undefined)
  }
  const write = inGroups(writeAll, most)
  return async (turn) => {
    if (turn.changes.identity) await writeAll([turn])
    else await write(turn)
  }
}

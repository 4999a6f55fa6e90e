import type { Pool, PoolClient } from 'pg'
import { together } from './together.ts'

/** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
export const inTransaction = async <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect()
  let broken = false
  try {
    // Not waited for: with pipelining the first statements of `work` are on their way at the same time.
    const [, result] = await together(client, () => [client.query('begin'), work(client)])
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that cannot roll back (frozen, gone) is thrown away: the server rolls back by itself.
    await client.query('rollback').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.release(broken)
  }
}

import type { Pool, PoolClient } from 'pg'

type Corkable = { connection?: { stream?: { cork?(): void; uncork?(): void } } }
type Results<Work extends readonly unknown[]> = { -readonly [Index in keyof Work]: Awaited<Work[Index]> }

/**
 * Runs several pieces of work on one connection at the same time. With pipelining their first statements leave in one packet:
 * a dozen statements cost one write instead of twelve, on both sides of the socket. When one fails the others are waited for
 * before it is told, so that none of them can reach the connection after the transaction was rolled back.
 */
export const together = async <const Work extends readonly unknown[]>(
  tx: Pool | PoolClient,
  work: () => Work,
): Promise<Results<Work>> => {
  const results = await Promise.allSettled(corked(tx, work))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as Results<Work>
}

const corked = <T>(tx: Pool | PoolClient, work: () => T): T => {
  const stream = (tx as Corkable).connection?.stream
  stream?.cork?.()
  try {
    return work()
  } finally {
    stream?.uncork?.()
  }
}

import type { Pool, PoolClient } from 'pg'
import { waits } from '../store/waits.ts'
import type { OutboxRow, Result } from './row.ts'

type Ended = { row: OutboxRow; result: Exclude<Result, { end: 'again' }> }

/** Ends rows; answers the ids of those that were still ours. What a lost lease tried, somebody else books. */
export const mark = async (tx: Pool | PoolClient, ended: readonly Ended[]): Promise<Set<string>> => {
  const { rows } = await tx.query<{ id: string }>({
    name: 'outbox-mark',
    text: `update outbox o set state = n.state, answer = n.answer, error = n.error, done_at = now(), lease_until = null
           from unnest($1::bigint[], $2::bigint[], $3::text[], $4::jsonb[], $5::text[]) as n (id, fence, state, answer, error)
           where o.id = n.id and o.fence = n.fence and ${waits('o')}
           returning o.id`,
    values: [
      ended.map(({ row }) => row.id),
      ended.map(({ row }) => row.fence),
      ended.map(({ result }) => (result.end === 'refused' ? 'failed' : result.end)),
      ended.map(({ result }) => answerOf(result)),
      ended.map(({ result }) => (result.end === 'done' ? null : result.reason.slice(0, 500))),
    ],
  })
  return new Set(rows.map(({ id }) => id))
}

const answerOf = (result: Ended['result']): string | null =>
  result.end === 'done' ? JSON.stringify({ ...result.answer, ...(result.code && { code: true }) }) : null

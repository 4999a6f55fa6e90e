import type { Pool, PoolClient } from 'pg'
import { record } from '../ledger/record.ts'

export type Conn = Pool | PoolClient

/** The touchpoint of a task, from its row: ids and kinds, never its title or note. */
export type Line = {
  id: string
  kind: string
  rm: string | null
  externalUserId: string | null
  customerId: string | null
  conversationId: string | null
  channel: string | null
  createdBy: string
  outcome: string | null
}
export const line = `id, kind, rm, external_userid as "externalUserId", customer_id as "customerId", conversation_id as "conversationId",
  created_by as "createdBy", outcome, (select channel from customers c where c.id = tasks.customer_id) as channel`

export type What = 'task.created' | 'task.passed' | 'task.done' | 'task.cancelled'
type Told = { what: What; rows: readonly Line[]; now: Date; by?: string }
export const tell = (tx: Conn, { what, rows, now, by }: Told): Promise<void> =>
  record(
    tx,
    rows.map(({ id, kind, createdBy, outcome, ...ids }) => ({
      ...ids,
      at: now,
      kind: what,
      data: { taskId: id, kind, createdBy, ...(outcome && { outcome }), ...(by && { by }) },
    })),
  )

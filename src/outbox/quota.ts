import type { Pool, PoolClient } from 'pg'
import { getAcquisitionQuota } from '../wecom/endpoints/contact.ts'
import { WecomError } from '../wecom/error.ts'
import type { Delivery } from './deliver.ts'
import type { Errand } from './effects.ts'
import type { OutboxRow, Result } from './row.ts'

/** Asks WeCom how many customers are left of what the bank has paid for (获客助手). */
export const quotaErrand: Errand = { kind: 'contact/quota', subject: 'acquisition', lane: 2, payload: {} }

type Answer = { total?: number; balance?: number; batches?: { expiresAt: string; balance: number }[]; trouble?: string }

export const readQuota = async (_: OutboxRow, { call }: Delivery): Promise<Result> => {
  try {
    const { total, balance, quota_list } = await call(getAcquisitionQuota, {})
    const batches = quota_list.map((batch) => ({
      expiresAt: new Date(batch.expire_date * 1000).toISOString(),
      balance: batch.balance,
    }))
    return { end: 'done', answer: { total, balance, batches } }
  } catch (error) {
    if (!(error instanceof WecomError) || ['retry', 'back_off', 'refresh_token'].includes(error.failure)) throw error
    // Not bought, or not allowed to this app: known from now on, and asked again tomorrow.
    return { end: 'done', answer: { trouble: error.message.slice(0, 300) } }
  }
}

export const storeQuota = async (tx: Pool | PoolClient, answer: object, now: Date): Promise<void> => {
  const { total = null, balance = null, batches = [], trouble = null } = answer as Answer
  await tx.query(
    `insert into acquisition_quota as q (total, balance, batches, trouble, read_at) values ($1, $2, $3, $4, $5)
     on conflict (one) do update set total = coalesce(excluded.total, q.total), balance = excluded.balance,
       batches = excluded.batches, trouble = excluded.trouble, read_at = excluded.read_at`,
    [total, balance, JSON.stringify(batches), trouble, now],
  )
}

/** Once a day, and once an hour when little is left; answers whether somebody has been sent to ask. */
export const askForQuota = async (pool: Pool, now: Date): Promise<boolean> => {
  const { rowCount } = await pool.query(
    `insert into outbox (kind, subject, lane, payload)
     select $2, $3, $4, '{"then": []}'
     where not exists (select from outbox where subject = $3 and state = 'new')
       and not exists (select from acquisition_quota
         where read_at > $1::timestamptz - case when balance between 1 and 50 then interval '1 hour' else interval '1 day' end)`,
    [now, quotaErrand.kind, quotaErrand.subject, quotaErrand.lane],
  )
  return (rowCount ?? 0) > 0
}

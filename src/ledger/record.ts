import type { Pool, PoolClient } from 'pg'
import type { NewTouchpoint } from './touchpoint.ts'

const insert = {
  name: 'ledger-record',
  text: `insert into touchpoints (at, kind, external_userid, customer_id, channel, rm, conversation_id, source_id, data)
         select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::jsonb[])
         on conflict (at, source_id) do nothing`,
}

/** Appends touchpoints in the caller's transaction: they are there exactly when what they tell of has happened. */
export const record = async (tx: Pool | PoolClient, touchpoints: readonly NewTouchpoint[]): Promise<void> => {
  if (touchpoints.length === 0) return
  const column = <T>(read: (touchpoint: NewTouchpoint) => T) => touchpoints.map(read)
  await tx.query({
    ...insert,
    values: [
      column((t) => t.at.toISOString()),
      column((t) => t.kind),
      column((t) => t.externalUserId ?? null),
      column((t) => t.customerId ?? null),
      column((t) => t.channel ?? null),
      column((t) => t.rm ?? null),
      column((t) => t.conversationId ?? null),
      column((t) => t.sourceId ?? null),
      column((t) => JSON.stringify(t.data ?? {})),
    ],
  })
}

import type { Pool, PoolClient } from 'pg'
import type { Errand } from './effects.ts'

const insert = {
  name: 'outbox-add',
  text: `insert into outbox (kind, subject, lane, payload, conversation_id, inbox_id, not_after)
         select * from unnest($1::text[], $2::text[], $3::smallint[], $4::jsonb[], $5::bigint[], $6::bigint[], $7::timestamptz[])
         returning id`,
}

type Origin = { conversationId: string | null; inboxId: string | null }

/** Stores errands in the transaction that ends the event they come from; answers their ids in order. */
export const addErrands = async (
  tx: Pool | PoolClient,
  errands: readonly Errand[],
  origin: Origin,
): Promise<string[]> => {
  if (errands.length === 0) return []
  const { rows } = await tx.query<{ id: string }>({
    ...insert,
    values: [
      errands.map((errand) => errand.kind),
      errands.map((errand) => errand.subject),
      errands.map((errand) => errand.lane),
      errands.map((errand) => JSON.stringify({ ...errand.payload, then: errand.then ?? [] })),
      errands.map(() => origin.conversationId),
      errands.map(() => origin.inboxId),
      errands.map((errand) => errand.notAfter?.toISOString() ?? null),
    ],
  })
  return rows.map((row) => row.id)
}

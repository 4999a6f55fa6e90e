import type { Pool, PoolClient } from 'pg'
import type { Errand } from './effects.ts'

const insert = {
  name: 'outbox-add',
  text: `insert into outbox (kind, subject, lane, payload, conversation_id, inbox_id, not_after)
         select * from unnest($1::text[], $2::text[], $3::smallint[], $4::jsonb[], $5::bigint[], $6::bigint[], $7::timestamptz[])`,
}

/** Errands with the conversation and the event that they come from. */
export type NewErrands = { errands: readonly Errand[]; conversationId: string | null; inboxId: string | null }

/** Stores errands, in their order, in the transaction that ends the events they come from. */
export const addErrands = async (tx: Pool | PoolClient, added: readonly NewErrands[]): Promise<void> => {
  const rows = added.flatMap(({ errands, ...origin }) => errands.map((errand) => ({ errand, ...origin })))
  if (rows.length === 0) return
  await tx.query({
    ...insert,
    values: [
      rows.map(({ errand }) => errand.kind),
      rows.map(({ errand }) => errand.subject),
      rows.map(({ errand }) => errand.lane),
      rows.map(({ errand }) => JSON.stringify({ ...errand.payload, then: errand.then ?? [] })),
      rows.map(({ conversationId }) => conversationId),
      rows.map(({ inboxId }) => inboxId),
      rows.map(({ errand }) => errand.notAfter?.toISOString() ?? null),
    ],
  })
}

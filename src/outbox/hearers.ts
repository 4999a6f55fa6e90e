import type { Pool, PoolClient } from 'pg'
import type { NewTouchpoint } from '../ledger/touchpoint.ts'
import type { OutboxRow } from './row.ts'

export type Hearer = { customer_id: string | null; channel: string | null }

/** The customers that errands are about, by the errand's id. */
export const hearersOf = async (
  tx: Pool | PoolClient,
  rows: readonly OutboxRow[],
): Promise<(row: OutboxRow) => Hearer> => {
  const { rows: found } =
    rows.length === 0 ? { rows: [] } : await tx.query<Hearer & { row: string }>({ ...query, values: valuesOf(rows) })
  const known = new Map(found.map(({ row, ...hearer }) => [row, hearer]))
  return ({ id }) => known.get(id) ?? { customer_id: null, channel: null }
}

const query = {
  name: 'outbox-customer',
  text: `select n.row, c.id as customer_id, coalesce(v.channel, c.channel) as channel
         from unnest($1::bigint[], $2::text[], $3::bigint[]) as n (row, external_userid, conversation_id)
         join customers c on c.external_userid = n.external_userid
         left join conversations v on v.id = n.conversation_id`,
}
const valuesOf = (rows: readonly OutboxRow[]) => [
  rows.map(({ id }) => id),
  rows.map(externalUserIdOf),
  rows.map((row) => row.conversation_id),
]

/** Most lines are the customer's own; a welcome has one apart. */
const externalUserIdOf = ({ payload, subject }: OutboxRow): string =>
  'externalUserId' in payload ? payload.externalUserId : subject

export const lineFor = (row: OutboxRow, who: Hearer, line: NewTouchpoint): NewTouchpoint => ({
  ...line,
  externalUserId: row.subject,
  customerId: who.customer_id,
  channel: who.channel,
  conversationId: row.conversation_id,
})

import { sql } from 'kysely'
import type { Db } from '../store/open.ts'

/** Of a customer, what figures group him by and the ledger keeps: whether he is a client of the bank, and his segment. */
export type Described = { id: string; client: boolean; segment: string }

const client = sql`c.client_no is not null`
const segment = sql`c.kind || coalesce('/' || c.tier, '')`

/** As these customers stand now; of one who is not there yet, nothing. */
export const describedNow = async (db: Db, ids: readonly string[]): Promise<Described[]> => {
  const { rows } = await sql<Described>`select c.id, ${client} as client, ${segment} as segment from customers c
    where c.id = any(${ids}::bigint[])`.execute(db)
  return rows
}

/**
 * Writes a line for each of them who stands otherwise than before; who was not there before counts as a stranger without a tier.
 * It is the bank's word and no meeting: it goes by the customer's id alone.
 */
export const recordDescribed = async (
  db: Db,
  ids: readonly string[],
  before: readonly Described[] = [],
): Promise<void> => {
  if (ids.length === 0) return
  await sql`insert into touchpoints (at, kind, customer_id, data)
    select now(), 'customer.described', c.id, jsonb_build_object('client', ${client}, 'segment', ${segment})
    from customers c
    left join jsonb_to_recordset(${JSON.stringify(before)}::jsonb) as b (id bigint, client boolean, segment text) on b.id = c.id
    where c.id = any(${ids}::bigint[])
      and (${client}, ${segment}) is distinct from (coalesce(b.client, false), coalesce(b.segment, 'person'))
    order by c.id`.execute(db)
}

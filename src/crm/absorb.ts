import { sql } from 'kysely'
import type { Db } from '../store/open.ts'

export type Merge = { from: string; into: string }

/**
 * Makes a customer that turned out to be somebody we know under another name part of that one. The row stays with
 * `merged_into` set, because the ledger refers to it and cannot be changed; its names and contacts move, and its
 * facts fill what the other does not know. Only a customer without an external_userid may be absorbed:
 * conversations hang on that. Call it in a transaction.
 */
export const absorb = async (db: Db, { from, into }: Merge): Promise<void> => {
  const { rows } = await sql<{ client_no: string | null; unionid: string | null }>`
    with old as (select id, client_no, unionid from customers where id = ${from} for update)
    update customers c set client_no = null, unionid = null, merged_into = ${into}, updated_at = now()
    from old where c.id = old.id returning old.client_no, old.unionid`.execute(db)
  const names = rows[0]
  if (!names) return
  await sql`update customers c set
      client_no = coalesce(c.client_no, ${names.client_no}), unionid = coalesce(c.unionid, ${names.unionid}),
      name = coalesce(c.name, o.name), kind = case when c.known then c.kind else o.kind end,
      tier = coalesce(c.tier, o.tier), owner = coalesce(c.owner, o.owner), branch = coalesce(c.branch, o.branch),
      firm_no = coalesce(c.firm_no, o.firm_no), firm_name = coalesce(c.firm_name, o.firm_name),
      tags = case when cardinality(c.tags) = 0 then o.tags else c.tags end,
      avoid = c.avoid || array(select rm from unnest(o.avoid) rm where rm <> all(c.avoid)),
      channel = coalesce(c.channel, o.channel), known = c.known or o.known,
      first_seen_at = least(c.first_seen_at, o.first_seen_at)
    from customers o where c.id = ${into} and o.id = ${from}`.execute(db)
  await sql`update customers set merged_into = ${into} where merged_into = ${from}`.execute(db)
  await sql`insert into contacts (customer_id, rm, state, since, added_at, first_added_at, lost_at, lost_by, wecom_state, add_way, remark, tags, read_at)
    select ${into}, rm, state, since, added_at, first_added_at, lost_at, lost_by, wecom_state, add_way, remark, tags, read_at
    from contacts where customer_id = ${from}
    on conflict (customer_id, rm) do nothing`.execute(db)
}

/** A customer's own id and those that were merged into it: what the ledger may know him by. */
export const idsOf = async (db: Db, customerId: string): Promise<string[]> => {
  const merged = await db.selectFrom('customers').select('id').where('merged_into', '=', customerId).execute()
  return [customerId, ...merged.map((row) => row.id)]
}

import { sql } from 'kysely'
import { customerFromRow, selectCustomers, type Customer, type CustomerFacts } from './customer.ts'
import type { Db } from '../store/open.ts'
import { describedNow, recordDescribed } from './described.ts'
import { mergeCustomers } from './merge.ts'
import { everything, seesCustomer, type Scope } from './scope.ts'

export type CustomerFilter = { owner?: string | undefined; branch?: string | undefined; clientNo?: string | undefined }
type Page = { scope: Scope; filter: CustomerFilter; before: string | null; limit: number }

/** Customers, the newest first, before the given id. */
export const listCustomers = async (db: Db, { scope, filter, before, limit }: Page): Promise<Customer[]> => {
  let query = selectCustomers(db).orderBy('customers.id', 'desc').limit(limit)
  for (const condition of seesCustomer(scope)) query = query.where(condition)
  if (before !== null) query = query.where('customers.id', '<', before)
  if (filter.owner !== undefined) query = query.where('customers.owner', '=', filter.owner)
  if (filter.branch !== undefined) query = query.where('customers.branch', '=', filter.branch)
  if (filter.clientNo !== undefined) query = query.where('customers.client_no', '=', filter.clientNo)
  return (await query.execute()).map(customerFromRow)
}

/** Null when there is no such customer, or he is out of scope. */
export const getCustomer = async (db: Db, externalUserId: string, scope = everything): Promise<Customer | null> => {
  let query = selectCustomers(db).where('customers.external_userid', '=', externalUserId)
  for (const condition of seesCustomer(scope)) query = query.where(condition)
  const row = await query.executeTakeFirst()
  return row ? customerFromRow(row) : null
}

const columns = (facts: CustomerFacts) => ({
  name: facts.name,
  kind: facts.kind,
  tier: facts.tier,
  owner: facts.owner?.toLowerCase() ?? null,
  branch: facts.branch,
  tags: facts.tags,
  avoid: (facts.avoid ?? []).map((rm) => rm.toLowerCase()),
  client_no: facts.clientNo,
  firm_name: facts.firm,
  firm_no: facts.firmNo,
  known: true,
})

const holderOf = (db: Db, clientNo: string) =>
  db
    .selectFrom('customers')
    .select(['id', 'external_userid'])
    .where('client_no', '=', clientNo)
    .forUpdate()
    .executeTakeFirst()

/**
 * Creates or replaces what the bank says about a customer of WeCom. A customer who was so far known by his client
 * number only becomes one with him. `client-no-taken`: the number belongs to another customer of WeCom. Call it in
 * a transaction.
 */
export const putCustomer = async (
  db: Db,
  externalUserId: string,
  facts: CustomerFacts,
): Promise<Customer | 'client-no-taken'> => {
  const holder = facts.clientNo === null ? undefined : await holderOf(db, facts.clientNo)
  if (holder && holder.external_userid !== null && holder.external_userid !== externalUserId) return 'client-no-taken'
  const { id } = await firstTouch(db, { externalUserId })
  const before = await describedNow(db, [id])
  if (holder && holder.id !== id) await mergeCustomers(db, { from: holder.id, into: id, via: 'bank' })
  await db
    .updateTable('customers')
    .set(columns(facts))
    .set({ updated_at: sql`now()` })
    .where('id', '=', id)
    .execute()
  await recordDescribed(db, [id], before)
  const stored = await getCustomer(db, externalUserId)
  if (!stored) throw new Error('a customer vanished within its own transaction')
  return stored
}

/**
 * The customer of this external_userid, entered now if he was never seen; one statement, safe against itself. The
 * channel of the first touch stays: it is set only while none is known.
 */
export const firstTouch = async (
  db: Db,
  { externalUserId, channel = null }: { externalUserId: string; channel?: string | null },
): Promise<{ id: string; created: boolean }> => {
  const { rows } = await sql<{ id: string; created: boolean }>`
    with found as (select id from customers where external_userid = ${externalUserId}),
    attributed as (
      update customers set channel = ${channel} where external_userid = ${externalUserId} and channel is null
        and ${channel}::text is not null),
    made as (
      insert into customers as c (external_userid, channel) select ${externalUserId}, ${channel} where not exists (select from found)
      on conflict (external_userid) do update set channel = coalesce(c.channel, excluded.channel)
      returning id, xmax = 0 as created)
    select id, false as created from found union all select id, created from made`.execute(db)
  const row = rows[0]
  if (!row) throw new Error('first touch of a customer answered no row')
  return row
}

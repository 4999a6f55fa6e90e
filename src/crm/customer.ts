import { sql } from 'kysely'
import type { Db } from '../store/open.ts'

export type Identity = { kind: 'external_userid' | 'unionid' | 'client_no'; value: string }
/** A customers' group that he is in. */
export type Group = { chatId: string; name: string | null; owner: string | null; since: Date }
export type Contact = { rm: string; since: Date; state: 'half' | 'active' | 'lost' }

/** What the bank says about a customer. */
export type CustomerFacts = {
  name: string | null
  kind: 'person' | 'sme'
  tier: string | null
  owner: string | null
  branch: string | null
  tags: string[]
  clientNo: string | null
  firm: string | null
  firmNo: string | null
  /** RMs whom this customer shall not get. */
  avoid?: string[] | undefined
}
/**
 * A customer under all his names. `externalUserId` is null until he has met us in WeCom. `known`: the bank told us
 * who this is. `channel`: the one of his first touch.
 */
export type Customer = CustomerFacts & {
  id: string
  externalUserId: string | null
  avoid: string[]
  unionid: string | null
  known: boolean
  channel: string | null
  identities: Identity[]
  contacts: Contact[]
  groups: Group[]
  firstSeenAt: Date
  updatedAt: Date
}

const contacts = sql<{ rm: string; since: string; state: Contact['state'] }[]>`(
  select coalesce(json_agg(json_build_object('rm', k.rm, 'since', k.since, 'state', k.state) order by k.since, k.rm), '[]')
  from contacts k where k.customer_id = customers.id)`

const groups = sql<{ chatId: string; name: string | null; owner: string | null; since: string }[]>`(
  select coalesce(json_agg(json_build_object('chatId', g.chat_id, 'name', g.name, 'owner', g.owner, 'since', m.joined_at) order by m.joined_at, g.chat_id), '[]')
  from group_members m join customer_groups g using (chat_id)
  where m.member_id = customers.external_userid and m.present and g.dismissed_at is null)`

/** Customers as queries read them; those merged into another one are left out. */
export const selectCustomers = (db: Db) =>
  db
    .selectFrom('customers')
    .selectAll('customers')
    .select(contacts.as('contacts'))
    .select(groups.as('groups'))
    .where('customers.merged_into', 'is', null)

export type CustomerRow = Awaited<ReturnType<ReturnType<typeof selectCustomers>['executeTakeFirstOrThrow']>>

const identities = (row: CustomerRow): Identity[] =>
  (['external_userid', 'unionid', 'client_no'] as const).flatMap((kind) => {
    const value = row[kind]
    return value === null ? [] : [{ kind, value }]
  })

export const customerFromRow = (row: CustomerRow): Customer => ({
  id: row.id,
  externalUserId: row.external_userid,
  unionid: row.unionid,
  clientNo: row.client_no,
  name: row.name,
  kind: row.kind,
  tier: row.tier,
  owner: row.owner,
  branch: row.branch,
  tags: row.tags,
  avoid: row.avoid,
  firm: row.firm_name,
  firmNo: row.firm_no,
  known: row.known,
  channel: row.channel,
  identities: identities(row),
  contacts: row.contacts.map((contact) => ({ ...contact, since: new Date(contact.since) })),
  groups: row.groups.map((group) => ({ ...group, since: new Date(group.since) })),
  firstSeenAt: row.first_seen_at,
  updatedAt: row.updated_at,
})

import type { Pool } from 'pg'
import { contactFromRow, type Contact } from '../contact.ts'
import { customerFromRow } from './gather.ts'
import type { Customer } from '../turn/turn.ts'

/** How he last came in by a kf link, whatever the account. */
export type LastEntry = { channel: string | null; campaign: string | null; openKfId: string; account: string; at: Date }
export type GatheredContact = {
  customer: Customer
  /** Everybody in whose contact list he is or was. */
  contacts: readonly Contact[]
  entry: LastEntry | null
  /** This RM's welcome has reached him within a day, or is on its way. */
  welcomed: boolean
  /** His last conversation, open or closed. */
  conversationId: string | null
}

const query = {
  name: 'dispatch-gather-contact',
  text: `select to_jsonb(c) as customer,
           (select coalesce(jsonb_agg(to_jsonb(k) order by k.rm), '[]') from contacts k where k.customer_id = c.id) as contacts,
           (select to_jsonb(h) || jsonb_build_object('account', a.name)
            from kf_chats h left join kf_accounts a using (open_kfid) where h.external_userid = c.external_userid and h.entered_at is not null
            order by h.entered_at desc limit 1) as chat,
           (select v.id::text from conversations v where v.external_userid = c.external_userid order by v.id desc limit 1) as conversation,
           exists (select from welcomes w where w.external_userid = $1 and w.rm = $2 and w.outcome in ('waiting', 'delivered', 'already')
             and w.code_at > $3::timestamptz - interval '1 day') as welcomed
         from customers c where c.external_userid = $1`,
}
type Row = {
  customer: Record<string, unknown>
  contacts: Record<string, unknown>[]
  chat: Record<string, unknown> | null
  conversation: string | null
  welcomed: boolean
}

type Asked = { externalUserId: string; rm: string; at: Date }
/** Everything known about a customer and the RMs who have him; a customer never seen before is entered first. */
export const gatherContact = async (pool: Pool, asked: Asked): Promise<GatheredContact> => {
  const { externalUserId, rm, at } = asked
  const { rows } = await pool.query<Row>({ ...query, values: [externalUserId, rm, at] })
  const row = rows[0]
  if (!row) {
    await pool.query('insert into customers (external_userid) values ($1) on conflict (external_userid) do nothing', [
      externalUserId,
    ])
    return gatherContact(pool, asked)
  }
  return {
    customer: customerFromRow(row.customer),
    contacts: row.contacts.map(contactFromRow),
    entry: row.chat && entryFromRow(row.chat),
    conversationId: row.conversation,
    welcomed: row.welcomed,
  }
}

const entryFromRow = (row: Record<string, unknown>): LastEntry => {
  const entry = row['entry'] as { channel?: string; scene?: string; campaign?: string }
  return {
    channel: entry.channel ?? entry.scene ?? null,
    campaign: entry.campaign ?? null,
    openKfId: row['open_kfid'] as string,
    account: (row['account'] as string | null) ?? '',
    at: new Date(row['entered_at'] as string),
  }
}
